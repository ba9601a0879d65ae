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
_MEMORY_MIB = {4194304: 3072}  # for so many connections; less does otherwise
_COUNTS = (1, 1024, 65536, 1048576, 4194304)
_GOALS = {1: 65, 1024: 70, 65536: 95, 1048576: 215, 4194304: 240}
_NEW_GOAL = 1000
_BYTES_GOAL = 256


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


def _eal(extra: list[str]) -> list[str]:
    return [*_EAL, "-l", str(last_cpu()), *extra]


def _collect(results: Results, text: str) -> None:
    for line in text.splitlines():
        name, connections, value, lowest, highest = line.split()
        figures = results.setdefault((name, int(connections)), Figures())
        figures.add(float(value), float(lowest), float(highest))


def _packets(counts: list[int], cases: list[str], rounds: int) -> tuple[Results, str]:
    results: Results = {}
    with memory(max(_MEMORY_MIB.get(n, 1280) for n in counts)) as arguments:
        for _ in range(rounds):
            for count in counts:
                for case in cases:
                    command = [str(_BUILD / "pipeline_bench"), *_eal(arguments), "--"]
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
        "scan": "clocks for a stranger's SYN that is dropped",
        "beside-questions": "% more for a packet while all connections are listed",
        "beside-expiry": "% more for a packet while the wheel turns",
    }
    for (name, count), figures in sorted(results.items()):
        if name in names:
            spread = f"({figures.lowest:.1f} .. {figures.highest:.1f})"
            print(f"{figures.value:>9.1f}  {names[name]}, {count} connections {spread}")


def _ports(rounds: int) -> dict[str, float]:
    """Clocks per packet between a looped capture and a null port."""
    found: dict[str, list[float]] = {"spillway": [], "testpmd io": [], "testpmd 5tswap": []}
    with tempfile.TemporaryDirectory() as folder, memory(1280) as arguments:
        capture = Path(folder) / "lan.pcap"
        peers.write_port_capture(capture)
        ports = peers.port_arguments(capture)
        for _ in range(rounds):
            out = run([str(_BUILD / "worker_bench"), *_eal(arguments), *ports, "--", "7"])
            found["spillway"].append(float(out.split()[2]))
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
    parser.add_argument("what", nargs="*", choices=["packets", "beside", "ports", "kernel"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, nargs="+", default=list(_COUNTS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures, for programs")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    what = arguments.what or ["packets", "beside", "ports", "kernel"]
    counts, written = arguments.connections, {}
    results: Results = {}
    if "packets" in what:
        packets, kind = _packets(counts, ["udp64", "imix"], arguments.rounds)
        print(f"clocks per packet and per new connection; {kind}; {os.cpu_count()} cores")
        _print_packets(packets, counts)
        results |= packets
    if "beside" in what:
        cases = ["close", "scan", "questions", "expiry"]
        beside, _ = _packets([65536, 1048576], cases, arguments.rounds)
        print()
        _print_rest(beside)
        results |= beside
    if "ports" in what:
        written["ports"] = _ports(arguments.rounds)
        print("\nclocks per packet from a looped net_pcap to net_null, drivers included")
        for name, clocks in written["ports"].items():
            print(f"{clocks:>9.1f}  {name}")
    if "kernel" in what and os.geteuid() == 0:
        written["kernel"] = _kernel(arguments.rounds)
        print(f"\n{written['kernel']:>9.1f}  clocks: the Linux kernel's masquerade, between veths")
    if arguments.json:
        cases = {f"{n} {c}": [f.value, f.lowest, f.highest] for (n, c), f in results.items()}
        arguments.json.write_text(json.dumps({"clocks": cases, **written}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
