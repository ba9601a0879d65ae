"""`scripts/lab failover`: how long an outage lasts for those who open connections.

From the last new connection that an ISP has let through to the first one that leaves by the other
ISP, by captures behind both; and until a client whose connection broke has fetched a page again.
"""

import random
import statistics
import time
from dataclasses import dataclass, replace
from typing import Iterator

from ..errors import LabError
from ..failover import Watch, broken
from ..lab import Lab, unique_name
from ..plan import ISP_1, ISP_2, WEB_SERVER, Plan, Settings
from ..router.spillway import SpillwayRouter
from ..services import ECHO_PORT, HTTP_PORT
from ..waiting import until
from .knocker import Holder, Knocker
from .sightings import Sightings

_TARGETS: Settings = {"hosts": ["8.8.8.8", "9.9.9.10"]}
# A return to service that does not keep the measurement waiting.
_SOON: Settings = {"hold_down": {"least_ms": 200, "most_ms": 200}}

_PROBES_PACE_S = 0.5

#: What breaks, under which probes.
CASES: tuple[tuple[str, str], ...] = (
    ("link cut", "default"),
    ("silent gateway", "default"),
    ("silent gateway", "fast"),
    ("black hole", "default"),
    ("black hole", "fast"),
)
#: Of other routers with their own defaults (docs/failover.md), in seconds.
PEERS = (("pfSense", "12 to 14"), ("RouterOS", "20"), ("mwan3", "about 50"))


@dataclass(frozen=True)
class Times:
    """Seconds."""

    failover: float
    reconnect: float


def run(runs: int) -> None:
    with Lab(Plan(), SpillwayRouter, unique_name()) as lab:
        print("\n".join(_table(lab, runs)))


def _table(lab: Lab, runs: int) -> Iterator[str]:
    yield f"Seconds from the fault, median (and worst) of {runs} runs:"
    yield ""
    yield "| fault | probes | first new connection by the other uplink | a client is back |"
    yield "|---|---|---:|---:|"
    for fault, profile in CASES:
        probes = {"profile": profile, "targets": _TARGETS, **_SOON}
        lab.router.reload(replace(lab.plan, probes=probes))
        times = [_measure(lab, fault) for _ in range(runs)]
        cells = [_cell([t.failover for t in times]), _cell([t.reconnect for t in times])]
        yield f"| {fault} | {profile} | {cells[0]} | {cells[1]} |"
    for peer, seconds in PEERS:
        yield f"| silent gateway, {peer} | its defaults | {seconds} | |"


def _cell(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.3f} ({max(seconds):.3f})"


def _measure(lab: Lab, fault: str) -> Times:
    watch = Watch(lab)
    for uplink in lab.plan.uplinks:
        watch.await_health(uplink, "up")
    watch.await_active(ISP_1)
    here, there = (Sightings(lab[u.isp], "net", WEB_SERVER) for u in (ISP_1, ISP_2))
    holder = Holder(lab["pc1"], (WEB_SERVER, ECHO_PORT), (WEB_SERVER, HTTP_PORT))
    knocker = Knocker(lab["pc1"], (WEB_SERVER, HTTP_PORT))
    try:
        until(lambda: here.last, "new connections leave by ISP_1")
        # A fault has no regard to when the last probe was sent.
        time.sleep(random.uniform(0, _PROBES_PACE_S))
        with broken(lab, ISP_1, fault):
            until(lambda: there.first and holder.back, "new connections leave by ISP_2")
            died = here.last
    finally:
        knocker.stop()
        holder.stop()
        here.stop()
        there.stop()
    if died is None or there.first is None or holder.back is None:
        raise LabError(f"{fault}: nothing was seen")
    return Times(there.first - died, holder.back - died)
