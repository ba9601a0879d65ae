"""Watches the far end of every uplink for packets that may not leave the router there (R23)."""

import itertools
import socket
import struct
from functools import partial
from pathlib import Path

from .errors import LabError
from .namespace import Namespace
from .plan import Plan, Uplink
from .processes import Process
from .station import EXPERIMENTAL_TYPE, VLAN_TYPE
from .topology import Topology
from .waiting import attempt, until

_MARK_ADDRESSES = bytes.fromhex("ffffffffffff" "020000000001")
_GLOBAL_HEADER = 24
_RECORD = struct.Struct("<IIII")
_SNAP = 256

_numbers = itertools.count(1)


def frames(file: Path) -> list[bytes]:
    """Those of a classic pcap file; one that is still being written may lack its last."""
    data = file.read_bytes() if file.exists() else b""
    found, at = [], _GLOBAL_HEADER
    while at + _RECORD.size <= len(data):
        length = _RECORD.unpack_from(data, at)[2]
        frame = data[at + _RECORD.size : at + _RECORD.size + length]
        if len(frame) == length:
            found.append(frame)
        at += _RECORD.size + length
    return found


class UplinkCapture:
    """tcpdump where the ISP stands. It keeps only what is wrong: any packet, ARP included, whose
    sender is not the uplink's own address, and anything that is neither IPv4 nor ARP."""

    def __init__(self, topology: Topology, uplink: Uplink, folder: Path) -> None:
        self.uplink = uplink
        self.router: Namespace = topology["router"]
        self.file = folder / f"{uplink.isp}.pcap"
        condition = f"ether proto {EXPERIMENTAL_TYPE} or not src host {uplink.ip}"
        command = [
            "tcpdump",
            "-i",
            "router",
            "-Q",
            "in",
            "-n",
            "-p",
            "-U",
            "--immediate-mode",
            "-s",
            str(_SNAP),
        ]
        command += ["-Z", "root", "-w", str(self.file), condition]
        self.process = Process(topology[uplink.isp], command, folder / f"{uplink.isp}-tcpdump.log")
        self.process.wait_ready(self._sees_mark, "captures")

    def strangers(self) -> list[bytes]:
        """All wrong frames among those that left the router before this call."""
        until(self._sees_mark, f"tcpdump at {self.uplink.name} sees a mark")
        return [f for f in frames(self.file) if f[12:14] != EXPERIMENTAL_TYPE.to_bytes(2, "big")]

    def stop(self) -> None:
        self.process.stop()

    def _sees_mark(self) -> bool:
        """Sends a frame by the router's own port. The capture has seen everything before it when it
        has seen that; a wire may lose it, and then the next call sends another."""
        mark = struct.pack(">HI", EXPERIMENTAL_TYPE, next(_numbers))
        tag = struct.pack(">HH", VLAN_TYPE, self.uplink.vlan) if self.uplink.vlan else b""
        with self.router.open_socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
            sender.bind((self.uplink.port, 0))
            sender.send(_MARK_ADDRESSES + tag + mark + bytes(46 - 4))

        def seen() -> bool:
            return any(f[12:18] == mark for f in frames(self.file))

        wait = partial(until, seen, "the mark", seconds=0.5, every=0.005)
        return attempt(wait, LabError) is not None


class UplinkCaptures:
    """One at each uplink of a plan."""

    def __init__(self, topology: Topology, plan: Plan, folder: Path) -> None:
        self._captures = [UplinkCapture(topology, uplink, folder) for uplink in plan.uplinks]

    @property
    def processes(self) -> list[Process]:
        return [capture.process for capture in self._captures]

    def strangers(self) -> dict[str, list[str]]:
        """Wrong frames by uplink, as hexadecimal text; empty when all is right."""
        found = {c.uplink.name: [f.hex() for f in c.strangers()] for c in self._captures}
        return {name: wrong for name, wrong in found.items() if wrong}
