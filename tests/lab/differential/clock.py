"""Packets that mark a moment: what a router was given before one of them has come out before it."""

import struct

from scapy.layers.inet import IP, UDP
from scapy.packet import Packet

from ..plan import ISP_1, ISP_2

_MARK = b"clock of the differential test "
_PORT = 4444
_UPLINKS = {"wan1": ISP_1, "wan2": ISP_2}
_UDP_SOURCE = 20  # offset in an IPv4 packet without options


class Clock:
    """On connections of its own, by each uplink."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._ticks = 0
        self._translated = dict.fromkeys(_UPLINKS, _PORT)

    def outbound(self, uplink_side: str) -> Packet:
        server = _UPLINKS[uplink_side].pinned_server
        return IP(src=self._host, dst=server) / UDP(sport=_PORT, dport=_PORT) / self._mark()

    def inbound(self, uplink_side: str) -> Packet:
        """An answer; `learn` must have seen the question leave."""
        uplink = _UPLINKS[uplink_side]
        ports = UDP(sport=_PORT, dport=self._translated[uplink_side])
        return IP(src=uplink.pinned_server, dst=uplink.ip) / ports / self._mark()

    def packet(self, side: str) -> Packet:
        """One that enters the router at `side`."""
        return self.outbound("wan1") if side == "lan" else self.inbound(side)

    def learn(self, uplink_side: str, packet: bytes) -> None:
        self._translated[uplink_side] = struct.unpack_from(">H", packet, _UDP_SOURCE)[0]

    def _mark(self) -> bytes:
        self._ticks += 1
        return _MARK + struct.pack(">I", self._ticks)


def is_clock(packet: bytes) -> bool:
    return packet[:-4].endswith(_MARK)
