"""A wire between two stations, and frames that can be told apart."""

import random
import struct
from pathlib import Path

from . import links
from .lab import unique_name
from .links import End
from .namespace import Namespace
from .station import EXPERIMENTAL_TYPE, Station
from .waiting import until
from .wires import start_wire

MACS = bytes.fromhex("020000000002" "020000000001")
PATIENCE_S = 20.0
_TYPE = struct.pack(">H", EXPERIMENTAL_TYPE)
_BEGIN = 14  # of what is behind the Ethernet header


class Bench:
    """left:eth0 ─ wire ─ right:eth0, a station at each end."""

    def __init__(self, folder: Path) -> None:
        name = unique_name()
        self.folder = folder
        self.ends = [Namespace(f"{name}-left"), Namespace(f"{name}-right")]
        self.middle = Namespace(f"{name}-wire")

    def build(self) -> None:
        for namespace in [*self.ends, self.middle]:
            namespace.create()
        for number, (end, side) in enumerate(zip(self.ends, "ab"), start=1):
            address = f"10.0.0.{number}/24"
            links.connect(End(end, "eth0", address), End(self.middle, f"wire-{side}"))
        self.left, self.right = (Station(end, "eth0") for end in self.ends)

    def remove(self) -> None:
        for namespace in [*self.ends, self.middle]:
            namespace.delete()


class Wire:
    """A running wire and the frames that crossed it."""

    def __init__(self, bench: Bench, options: dict[str, str], vlan: int | None, seed: int) -> None:
        self.bench = bench
        self.process, self.control = start_wire(
            bench.middle, "wire", bench.folder, options, vlan, seed
        )

    def cross(self, frames: list[bytes], expected: int) -> list[bytes]:
        """What comes out on the right, which must be `expected` frames."""
        for frame in frames:
            self.bench.left.send(frame)
        out = self.bench.right.receive_all(
            lambda got: len(got) >= expected, PATIENCE_S, EXPERIMENTAL_TYPE
        )
        assert len(out) == expected
        return out

    def settle(self, received: int) -> dict[str, int]:
        """The counters from left to right when nothing is on its way any more."""

        def settled() -> dict[str, int] | None:
            c = self.control.counters()["ab"]
            return c if c["received"] >= received and c["waiting"] == 0 else None

        return until(settled, "the wire is empty")


def numbered_frames(count: int, size: int = 100) -> list[bytes]:
    """Numbered from 0."""
    filling = random.Random(7).randbytes(size)
    return [MACS + _TYPE + struct.pack(">I", n) + filling for n in range(count)]


def numbers_of(frames: list[bytes]) -> list[int]:
    return [struct.unpack_from(">I", frame, _BEGIN)[0] for frame in frames]
