"""Packets that no honest host sends (R21, R22, R23)."""

from scapy.layers.inet import IP, TCP, UDP
from scapy.packet import Raw

from ...plan import ISP_1, ISP_2
from ..bench import HOSTS
from ..description import checksum
from ..exchange import Exchange

_HOST, _SERVER = HOSTS[0], ISP_1.pinned_server


def R22_sources_that_cannot_be(x: Exchange) -> None:
    sources = ("127.0.0.1", "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255")
    for number, source in enumerate(sources):
        datagram = UDP(sport=9000 + number, dport=53) / b"martian"
        x.send(f"{source} from the LAN", "lan", IP(src=source, dst=_SERVER) / datagram)
        x.send(f"{source} from ISP_1", "wan1", IP(src=source, dst=ISP_1.ip) / datagram)


def R22_sources_of_somebody_else(x: Exchange) -> None:
    for number, source in enumerate(("172.16.0.9", "9.9.9.9", ISP_1.ip, ISP_2.ip, "192.168.22.1")):
        datagram = UDP(sport=9010 + number, dport=53) / b"forged"
        x.send(f"{source} from the LAN", "lan", IP(src=source, dst=_SERVER) / datagram)
    for number, source in enumerate((_HOST, "192.168.22.1", ISP_1.ip)):
        datagram = UDP(sport=9020 + number, dport=53) / b"forged"
        x.send(f"{source} from ISP_1", "wan1", IP(src=source, dst=ISP_1.ip) / datagram)


def R22_destinations_that_cannot_be(x: Exchange) -> None:
    targets = ("127.0.0.1", "0.0.0.0", "240.0.0.1", "255.255.255.255", "224.0.0.5", "239.1.1.1")
    for number, target in enumerate((*targets, "192.168.22.255", "1.1.1.255")):
        datagram = UDP(sport=9030 + number, dport=53) / b"nowhere"
        x.send(f"to {target}", "lan", IP(src=_HOST, dst=target) / datagram)


def R22_source_routes(x: Exchange) -> None:
    """Loose and strict: an option that lets the sender choose the way."""
    for name, kind in (("loose", 0x83), ("strict", 0x89)):
        option = bytes([kind, 7, 4, 9, 9, 9, 9, 0])
        datagram = UDP(sport=9040, dport=53) / b"routed"
        x.send(f"{name} from the LAN", "lan", IP(src=_HOST, dst=_SERVER, options=option) / datagram)
        outside = IP(src=_SERVER, dst=ISP_1.ip, options=option)
        x.send(f"{name} from ISP_1", "wan1", outside / datagram)


def R23_from_one_uplink_to_the_other(x: Exchange) -> None:
    datagram = UDP(sport=53, dport=9050) / b"transit"
    x.send("to the other gateway", "wan1", IP(src="9.9.9.9", dst=ISP_2.gateway) / datagram)
    x.send("to the internet", "wan1", IP(src="9.9.9.9", dst="9.9.9.10") / datagram)
    x.send("to a LAN host", "wan1", IP(src="9.9.9.9", dst=_HOST) / datagram)
    x.send("to the other uplink's address", "wan1", IP(src="9.9.9.9", dst=ISP_2.ip) / datagram)


def R21_bad_ip_headers(x: Exchange) -> None:
    good = bytes(IP(src=_HOST, dst=_SERVER) / UDP(sport=9060, dport=53) / b"damaged")
    damages = {
        "checksum": lambda p: p[:10] + b"\x12\x34" + p[12:],
        "version 5": lambda p: b"\x55" + p[1:],
        "header of 16 bytes": lambda p: b"\x44" + p[1:],
        "header longer than the packet": lambda p: b"\x4f" + p[1:],
        "total length too long": lambda p: p[:2] + b"\x05\x00" + p[4:],
        "total length too short": lambda p: p[:2] + b"\x00\x10" + p[4:],
    }
    for name, damage in damages.items():
        packet = damage(good)
        if name != "checksum":
            packet = _with_checksum(packet)
        x.send(name, "lan", _as_is(packet))


def R21_bad_transport_checksums(x: Exchange) -> None:
    """In both directions, on a connection."""
    base = IP(src=_HOST, dst=_SERVER)
    x.send("UDP out", "lan", base / UDP(sport=9070, dport=53, chksum=0x1111) / b"bad")
    x.send("TCP out", "lan", base / TCP(sport=9071, dport=80, flags="S", chksum=0x1111))
    x.send("good UDP out", "lan", base / UDP(sport=9072, dport=53) / b"good")
    port = x.translations.outside("udp", ISP_1.ip, _HOST, 9072)
    answer = IP(src=_SERVER, dst=ISP_1.ip) / UDP(sport=53, dport=port, chksum=0x1111) / b"bad"
    x.send("UDP back", "wan1", answer)


def R21_bad_transport_headers(x: Exchange) -> None:
    base = IP(src=_HOST, dst=_SERVER)
    x.send("UDP length too long", "lan", base / UDP(sport=9080, dport=53, len=100) / b"short")
    x.send("UDP length too short", "lan", base / UDP(sport=9081, dport=53, len=7) / b"short")
    x.send("UDP header cut", "lan", IP(src=_HOST, dst=_SERVER, proto=17) / Raw(b"\x23\x7a\x00"))
    x.send("TCP header cut", "lan", IP(src=_HOST, dst=_SERVER, proto=6) / Raw(b"\x23\x7a" * 6))
    short = TCP(sport=9082, dport=80, flags="S", dataofs=4)
    x.send("TCP header of 16 bytes", "lan", base / short)
    far = TCP(sport=9083, dport=80, flags="S", dataofs=15)
    x.send("TCP options beyond the end", "lan", base / far)


def R21_other_protocols(x: Exchange) -> None:
    """GRE, ESP, and one that nobody has."""
    for number in (47, 50, 253):
        x.send(
            f"protocol {number}", "lan", IP(src=_HOST, dst=_SERVER, proto=number) / Raw(b"\0" * 24)
        )


def R21_trailing_bytes_are_cut(x: Exchange) -> None:
    """Ethernet pads short frames; what is behind the total length is no part of the packet."""
    packet = bytes(IP(src=_HOST, dst=_SERVER) / UDP(sport=9090, dport=53) / b"q")
    x.send("padded", "lan", _as_is(packet + bytes(17)))


def _with_checksum(packet: bytes) -> bytes:
    blank = packet[:10] + b"\0\0" + packet[12:]
    header = blank[: (packet[0] & 15) * 4]
    return blank[:10] + checksum(header).to_bytes(2, "big") + blank[12:]


def _as_is(packet: bytes) -> Raw:
    """Bytes that are sent as they are; their sender stands where it always does."""
    raw = Raw(packet)
    raw.src = _HOST
    return raw
