"""scripts/bench: clocks of the packets' way beside the goals, and what others take.

Every figure is the median of rounds that take turns, so that the machine's moods fall on all.
"""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from . import peers
from .machine import last_cpu, memory, memory_name, run

_BUILD = Path(os.environ.get("SPILLWAY_BUILD", "build/bench")) / "tests/bench"
_EAL = ["--no-pci", "--no-telemetry", "--log-level=error"]
_MEMORY_MIB = {4194304: 3072, 8000000: 3584}  # for so many connections; less does otherwise
_COUNTS = (1, 1024, 65536, 1048576, 4194304)
_GOALS = {1: 65, 1024: 70, 65536: 95, 1048576: 215, 4194304: 240}
_NEW_GOAL = 1000
_BYTES_GOAL = 256
_RATE_COUNTS = (1048576, 8000000)
_RATE_GOALS_MIB = {8000000: 4096}
_PARALLEL_GOAL = 90


_PARTS = ["packets", "beside", "rates", "parallel", "ports", "kernel"]


@dataclass
class Figures:
    """All rounds of one case and number of connections."""

    values: list[float] = field(default_factory=list)
    lowest: float = float("inf")
    highest: float = 0.0

    def add(self, value: float, lowest: float, highest: float) -> None:
        self.values.append(value)
        self.lowest = min(self.lowest, lowest)
        self.highest = max(self.highest, highest)

    @property
    def value(self) -> float:
        return median(self.values)


Results = dict[tuple[str, int], Figures]


def _eal(extra: list[str], cpus: str = "") -> list[str]:
    return [*_EAL, "-l", cpus or str(last_cpu()), *extra]


def _collect(results: Results, text: str) -> None:
    for line in text.splitlines():
        name, connections, value, lowest, highest = line.split()
        figures = results.setdefault((name, int(connections)), Figures())
        figures.add(float(value), float(lowest), float(highest))


def _packets(
    counts: list[int], cases: list[str], rounds: int, cpus: str = ""
) -> tuple[Results, str]:
    results: Results = {}
    workers = len(cpus.split(","))
    with memory(workers * max(_MEMORY_MIB.get(n, 1280) for n in counts)) as arguments:
        for _ in range(rounds):
            for count in counts:
                for case in cases:
                    command = [str(_BUILD / "pipeline_bench"), *_eal(arguments, cpus), "--"]
                    _collect(results, run([*command, case, str(count), "7"]))
    return results, memory_name(arguments)


def _print_packets(results: Results, counts: list[int]) -> None:
    columns = "connections", "udp64", "goal", "lowest", "imix", "new", "goal", "bytes", "goal"
    print(("{:>12}" + "{:>9}" * 8).format(*columns))
    for count in counts:
        udp, imix = results[("udp64", count)], results.get(("imix", count))
        new, size = results[("open", count)].value, results[("bytes", count)].value
        # One connection says nothing about the cost of opening or storing many.
        tail = [f"{new:.0f}", _NEW_GOAL, f"{size:.0f}", _BYTES_GOAL] if count > 1 else ["-"] * 4
        cells = [f"{udp.value:.1f}", _GOALS.get(count, "-"), f"{udp.lowest:.1f}"]
        cells += [f"{imix.value:.1f}" if imix else "-", *tail]
        print(f"{count:>12}" + "".join(f"{cell:>9}" for cell in cells))


def _print_rest(results: Results) -> None:
    names = {
        "close": "clocks for each of the four packets that close a TCP connection",
        "expire": "clocks to end a connection that is over",
        "avalanche": "clocks for a packet while half of the connections time out at once",
        "scan": "clocks for a stranger's SYN that is dropped",
        "beside-questions": "% more for a packet while all connections are listed",
        "beside-expiry": "% more for a packet while the wheel turns",
        "beside-probes": "% more while 16 uplinks are probed ten times a second",
        "beside-reload": "% more while the configuration is read a hundred times a second",
        "beside-list": "% more while all connections are listed over and over",
    }
    for (name, count), figures in sorted(results.items()):
        if name in names:
            spread = f"({figures.lowest:.1f} .. {figures.highest:.1f})"
            print(f"{figures.value:>9.1f}  {names[name]}, {count} connections {spread}")


def _print_rates(results: Results) -> None:
    """The terms are those of RFC 9693; a rate is that of one worker."""
    columns = "connections", "establish", "tear down", "capacity", "memory", "goal"
    print(("{:>12}" + "{:>12}" * 5).format(*columns))
    for count in sorted({n for name, n in results if name == "establish"}):
        figures = {name: f.value for (name, n), f in results.items() if n == count}
        rates = [f"{figures['hz'] / figures[name] / 1e6:.2f} M/s" for name in ("establish", "evict")]
        goal = f"{_RATE_GOALS_MIB[count]} MiB" if count in _RATE_GOALS_MIB else "-"
        cells = [*rates, f"{figures['capacity']:.0f}", f"{figures['memory']:.0f} MiB", goal]
        print(f"{count:>12}" + "".join(f"{cell:>12}" for cell in cells))


def _print_parallel(results: Results) -> None:
    for (name, count), figures in sorted(results.items()):
        workers = name.removeprefix("parallel-")
        spread = f"({figures.lowest:.0f} .. {figures.highest:.0f})"
        print(
            f"{figures.value:>9.0f}  % of {workers} times one: {workers} workers at once, {count} "
            f"connections each {spread}, goal {_PARALLEL_GOAL}"
        )


def _first_cpus(count: int) -> str:
    cpus = sorted(os.sched_getaffinity(0))
    return ",".join(str(cpu) for cpu in cpus[:count])


def _ports(rounds: int, beside: Results) -> dict[str, float]:
    """Clocks per packet between a looped capture and a null port; and what the control core's
    doings add."""
    found: dict[str, list[float]] = {"spillway": [], "testpmd io": [], "testpmd 5tswap": []}
    with tempfile.TemporaryDirectory() as folder, memory(1280) as arguments:
        capture = Path(folder) / "lan.pcap"
        peers.write_port_capture(capture)
        ports = peers.port_arguments(capture)
        for _ in range(rounds):
            out = run([str(_BUILD / "worker_bench"), *_eal(arguments), *ports, "--", "7"])
            results: Results = {}
            _collect(results, out)
            found["spillway"].append(results.pop(("worker", 0)).value)
            for key, figures in results.items():
                beside.setdefault(key, Figures()).add(
                    figures.value, figures.lowest, figures.highest
                )
            for mode in ("io", "5tswap"):
                found[f"testpmd {mode}"].append(peers.testpmd_clocks(mode, arguments, capture))
    return {name: median(values) for name, values in found.items()}


def _kernel(rounds: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        capture = Path(folder) / "lan.pcap"
        with peers.KernelRouter(f"bench-{os.getpid()}", _BUILD / "flood", capture) as router:
            return median(router.clocks() for _ in range(rounds))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("what", nargs="*", choices=_PARTS)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", help="other numbers than usual")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures, for programs")
    return parser.parse_args()


def _given(arguments: argparse.Namespace, usual: tuple[int, ...]) -> list[int]:
    return arguments.connections or list(usual)


def main() -> int:
    arguments = _arguments()
    what = arguments.what or _PARTS
    counts, written = _given(arguments, _COUNTS), {}
    results: Results = {}
    if "packets" in what:
        packets, kind = _packets(counts, ["udp64", "imix"], arguments.rounds)
        print(f"clocks per packet and per new connection; {kind}; {os.cpu_count()} cores")
        _print_packets(packets, counts)
        results |= packets
    if "beside" in what:
        cases = ["close", "scan", "questions", "expiry", "avalanche"]
        beside, _ = _packets([65536, 1048576], cases, arguments.rounds)
        print()
        _print_rest(beside)
        results |= beside
    if "rates" in what:
        rates, kind = _packets(_given(arguments, _RATE_COUNTS), ["rates"], arguments.rounds)
        print(f"\nconnections of one worker, and the memory of the whole program; {kind}")
        _print_rates(rates)
        results |= rates
    cpus = len(os.sched_getaffinity(0))
    for workers in [n for n in (2, 4, 8) if n <= cpus and "parallel" in what]:
        parallel, _ = _packets(
            _given(arguments, (65536, 1048576)), ["parallel"], arguments.rounds, _first_cpus(workers)
        )
        print()
        _print_parallel(parallel)
        results |= parallel
    if "ports" in what:
        beside = {}
        written["ports"] = _ports(arguments.rounds, beside)
        print("\nclocks per packet from a looped net_pcap to net_null, drivers included")
        for name, clocks in written["ports"].items():
            print(f"{clocks:>9.1f}  {name}")
        _print_rest(beside)
        results |= beside
    if "kernel" in what and os.geteuid() == 0:
        written["kernel"] = _kernel(arguments.rounds)
        print(f"\n{written['kernel']:>9.1f}  clocks: the Linux kernel's masquerade, between veths")
    if arguments.json:
        cases = {f"{n} {c}": [f.value, f.lowest, f.highest] for (n, c), f in results.items()}
        arguments.json.write_text(json.dumps({"clocks": cases, **written}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
