"""Reads what a pcapng file says beside its bytes: interfaces and directions."""

import struct
from dataclasses import dataclass
from pathlib import Path

_SECTION, _INTERFACE, _PACKET = 0x0A0D0D0A, 1, 6
_NAME, _FLAGS = 2, 2
_DIRECTIONS = {0: "", 1: "in", 2: "out"}


@dataclass(frozen=True)
class Captured:
    interface: str
    direction: str  # "in", "out"; empty where the file does not say
    time_ns: int
    length: int  # on the wire
    frame: bytes


def read(file: Path) -> list[Captured]:
    """All packets of a whole file."""
    data = file.read_bytes()
    names: list[str] = []
    packets: list[Captured] = []
    at = 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        body = data[at + 8 : at + length - 4]
        assert struct.unpack_from("<I", data, at + length - 4)[0] == length, "a damaged block"
        if kind == _INTERFACE:
            names.append(_options(body[8:])[_NAME].decode())
        elif kind == _PACKET:
            interface, high, low, kept, wire = struct.unpack_from("<IIIII", body)
            options = _options(body[20 + (kept + 3) // 4 * 4 :])
            flags = struct.unpack("<I", options.get(_FLAGS, bytes(4)))[0]
            packets.append(
                Captured(
                    names[interface],
                    _DIRECTIONS[flags & 3],
                    high << 32 | low,
                    wire,
                    body[20 : 20 + kept],
                )
            )
        else:
            assert kind == _SECTION, f"a block of an unknown kind {kind}"
        at += length
    return packets


def _options(data: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from("<HH", data, at)
        if code == 0:
            break
        found[code] = data[at + 4 : at + 4 + length]
        at += 4 + (length + 3) // 4 * 4
    return found
