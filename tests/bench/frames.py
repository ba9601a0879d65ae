"""The frames of traffic.h as a capture, for programs that read one."""

import random
import struct
from pathlib import Path

_HOSTS_FROM = 0x0A000002
_SERVERS_FROM = 0x50000000


def _checksum(header: bytes) -> int:
    total = sum(struct.unpack(f">{len(header) // 2}H", header))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def _frame(i: int, router: bytes) -> bytes:
    src, port = _HOSTS_FROM + i // 32768 % 250, 1024 + i % 32768
    udp = struct.pack(">HHHH", port, 443, 26, 0) + bytes(18)
    header = struct.pack(
        ">BBHHHBBHII", 0x45, 0, 46, i & 0xFFFF, 0, 64, 17, 0, src, _SERVERS_FROM + i // 1024
    )
    header = header[:10] + struct.pack(">H", _checksum(header)) + header[12:]
    return router + bytes.fromhex("020000000063") + b"\x08\x00" + header + udp


def write_capture(path: Path, connections: int, router: str) -> None:
    """One frame of each connection, in a random order, to the router's MAC address."""
    frames = [_frame(i, bytes.fromhex(router.replace(":", ""))) for i in range(connections)]
    random.Random(1).shuffle(frames)
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for frame in frames:
            file.write(struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame)
