"""Which port or ICMP identifier a router gave to which host, learned from what came out."""

import struct
from typing import Optional

from .description import ICMP, TCP, UDP, dotted

_HEADER = 20  # without options
_ECHO_REQUEST = 8
_NUMBERS = {"icmp": ICMP, "tcp": TCP, "udp": UDP}

Endpoint = tuple[str, int, int]  # address, protocol, port or identifier


def sender_of(packet: bytes) -> Optional[Endpoint]:
    """None where a packet has none: fragments, ICMP errors, other protocols."""
    header = (packet[0] & 15) * 4
    protocol, fragment = packet[9], int.from_bytes(packet[6:8], "big") & 0x1FFF
    if fragment or len(packet) < header + 8:
        return None
    address = dotted(packet[12:16])
    if protocol in (TCP, UDP):
        return address, protocol, struct.unpack_from(">H", packet, header)[0]
    if protocol == ICMP and packet[header] == _ECHO_REQUEST:
        return address, protocol, struct.unpack_from(">H", packet, header + 4)[0]
    return None


class Translations:
    def __init__(self) -> None:
        self._host: dict[Endpoint, Endpoint] = {}  # outside -> inside

    def learn(self, sent: bytes, came_out: list[bytes]) -> None:
        """What came out after a host, or a client of a port forward, had sent a packet."""
        inside = sender_of(sent)
        for packet in came_out:
            outside = sender_of(packet)
            if inside and outside and inside[1] == outside[1]:
                self._host[outside] = inside

    def outside(self, protocol: str, uplink: str, host: str, own: int) -> int:
        """The port behind which a host's own one is found. The host's own where none was seen:
        what then comes out shows what the router did."""
        inside = (host, _NUMBERS[protocol], own)
        for (address, _, port), known in self._host.items():
            if known == inside and address == uplink:
                return port
        return own

    def name(self, address: str, protocol: int, port: int) -> str:
        """A port that the router kept is told by itself, one that it chose by whom it serves."""
        inside = self._host.get((address, protocol, port))
        return f"of {inside[0]}:{inside[2]}" if inside and inside[2] != port else str(port)
