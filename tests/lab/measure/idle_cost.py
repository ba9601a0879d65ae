"""`scripts/lab idle`: what each way to wait costs, in latency and in CPU time.

Pings through the router, seldom ones, which find it at rest, and frequent ones; and how much of a CPU
its worker takes meanwhile, and when nothing comes. Linux as the router is what the network itself
takes. The ways take turns, so that the machine's moods fall on all.
"""

import re
import statistics
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator, Optional

from ..errors import LabError
from ..lab import Lab, RouterMaker, unique_name
from ..plan import ISP_1, Plan
from ..router.kernel import KernelRouter
from ..router.spillway import SpillwayRouter

WAYS = ("poll", "pause", "sleep")
_LINUX = "Linux itself"
_REST_S = 2.0
#: Seconds between two pings, and how many of them in a round.
_SELDOM = (0.1, 30)
_OFTEN = (0.002, 1000)


@dataclass
class Cost:
    """Round-trip times in microseconds; shares of one CPU."""

    seldom: list[float] = field(default_factory=list)
    often: list[float] = field(default_factory=list)
    at_rest: list[float] = field(default_factory=list)
    at_work: list[float] = field(default_factory=list)


def run(rounds: int) -> None:
    costs: dict[str, Cost] = {way: Cost() for way in (*WAYS, _LINUX)}
    for _ in range(rounds):
        for way, cost in costs.items():
            with Lab(_plan(way), _maker(way), unique_name()) as lab:
                _measure(lab, cost)
    print("\n".join(_table(costs)))


def _plan(way: str) -> Plan:
    return Plan(workers={"count": 1, "idle": way} if way in WAYS else {})


def _maker(way: str) -> RouterMaker:
    if way in WAYS:
        return SpillwayRouter
    return lambda namespace, plan, folder: KernelRouter(namespace, plan)


def _measure(lab: Lab, cost: Cost) -> None:
    _pings(lab, 0.01, 10)  # addresses are resolved, the connection is open
    worker = _worker(lab)
    with _Share(worker, cost.at_rest):
        time.sleep(_REST_S)
    cost.seldom += _pings(lab, *_SELDOM)
    with _Share(worker, cost.at_work):
        cost.often += _pings(lab, *_OFTEN)


def _pings(lab: Lab, interval: float, count: int) -> list[float]:
    """Always with the same identifier: one connection."""
    command = ["ping", "-n", "-e", "77", "-i", f"{interval:g}", "-c", str(count), "-W", "2"]
    out = lab["pc1"].run(*command, ISP_1.pinned_server).stdout
    times = [float(ms) * 1000 for ms in re.findall(r"time=([0-9.]+) ms", out)]
    if len(times) < count:
        raise LabError(f"{count - len(times)} of {count} pings were lost")
    return times


def _worker(lab: Lab) -> Optional[Path]:
    """The kernel's account of the worker's thread."""
    if not isinstance(lab.router, SpillwayRouter) or lab.router.process is None:
        return None
    tasks = Path(f"/proc/{lab.router.process.pid}/task")
    names = {task: (task / "comm").read_text() for task in tasks.iterdir()}
    return next(task / "schedstat" for task, name in names.items() if "worker" in name)


class _Share:
    """Of one CPU, that a thread takes while this is entered."""

    def __init__(self, thread: Optional[Path], shares: list[float]) -> None:
        self.thread = thread
        self.shares = shares
        self.began = (0.0, 0.0)

    def _now(self) -> tuple[float, float]:
        ran = int(self.thread.read_text().split()[0]) / 1e9 if self.thread else 0.0
        return ran, time.monotonic()

    def __enter__(self) -> None:
        self.began = self._now()

    def __exit__(self, *_: object) -> None:
        ran, at = self._now()
        if self.thread:
            self.shares.append((ran - self.began[0]) / (at - self.began[1]))


def _table(costs: dict[str, Cost]) -> Iterator[str]:
    yield f"Round trip in µs, median and 99 of 100 stay below; pings every {_SELDOM[0] * 1000:g} ms"
    yield f"and every {_OFTEN[0] * 1000:g} ms; part of one CPU that the worker takes:"
    yield ""
    yield "| `idle` | seldom pings | frequent pings | CPU, nothing comes | CPU, frequent pings |"
    yield "|---|---:|---:|---:|---:|"
    for way, cost in costs.items():
        cells = [_times(cost.seldom), _times(cost.often), _share(cost.at_rest), _share(cost.at_work)]
        yield f"| {way} | " + " | ".join(cells) + " |"


def _times(times: list[float]) -> str:
    highest = statistics.quantiles(times, n=100)[98]
    return f"{statistics.median(times):.0f}, {highest:.0f}"


def _share(shares: list[float]) -> str:
    return f"{statistics.median(shares) * 100:.1f} %" if shares else ""
