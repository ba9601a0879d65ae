"""ICMP errors: those that hosts and routers send about translated packets, and the router's own."""

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.packet import Packet, Raw

from ...plan import ISP_1, ISP_2
from ..bench import HOSTS
from ..exchange import Exchange

_HOST, _SERVER, _SERVER_2 = HOSTS[0], ISP_1.pinned_server, ISP_2.pinned_server
_ON_THE_WAY = "7.7.7.7"  # a router in the internet
_CODES = {"unreachable": (3, 1), "port unreachable": (3, 3), "expired": (11, 0), "too big": (3, 4)}
_QUOTED = 28  # RFC 792: the header and 8 bytes


def _error(kind: str, about: bytes, source: str, target: str) -> Packet:
    number, code = _CODES[kind]
    header = ICMP(type=number, code=code)
    if kind == "too big":
        header.nexthopmtu = 1280
    return IP(src=source, dst=target) / header / Raw(about)


def _seen(x: Exchange, label: str, packet: Packet) -> bytes:
    """How a packet of the host looked when it left; itself when it did not."""
    out = x.send(label, "lan", packet)
    return out[0] if out else bytes(packet)


def R18_errors_about_what_a_host_sent(x: Exchange) -> None:
    """From outside: matched by the packet they quote, translated within too (RFC 5508)."""
    packets = {
        "UDP": IP(src=_HOST, dst=_SERVER) / UDP(sport=7000, dport=53) / (b"x" * 40),
        "TCP": IP(src=_HOST, dst=_SERVER) / TCP(sport=7001, dport=80, flags="S", seq=77),
        "echo": IP(src=_HOST, dst=_SERVER) / ICMP(id=700, seq=1) / (b"x" * 40),
    }
    for name, packet in packets.items():
        seen = _seen(x, name, packet)
        for kind in _CODES:
            for length in (_QUOTED, len(seen)):
                error = _error(kind, seen[:length], _ON_THE_WAY, ISP_1.ip)
                x.send(f"{kind} about {length} bytes of {name}", "wan1", error)


def R18_errors_about_what_a_server_sent(x: Exchange) -> None:
    """From the LAN host, about an answer that it got."""
    packets = {
        "UDP": (UDP(sport=7010, dport=53), lambda p: UDP(sport=53, dport=p) / (b"y" * 40)),
        "TCP": (
            TCP(sport=7011, dport=80, flags="S", seq=1),
            lambda p: TCP(sport=80, dport=p, flags="SA", seq=5, ack=2),
        ),
    }
    for name, (question, answer) in packets.items():
        x.send(f"{name} question", "lan", IP(src=_HOST, dst=_SERVER) / question)
        port = x.translations.outside(name.lower(), ISP_1.ip, _HOST, question.sport)
        reply = IP(src=_SERVER, dst=ISP_1.ip) / answer(port)
        got = x.send(f"{name} answer", "wan1", reply)
        about = got[0] if got else bytes(reply)
        for kind in ("port unreachable", "expired"):
            error = _error(kind, about[:_QUOTED], _HOST, _SERVER)
            x.send(f"{kind} about {name}", "lan", error)


def R19_errors_about_nothing_of_ours(x: Exchange) -> None:
    """Dropped without a word."""
    never = bytes(IP(src=ISP_1.ip, dst=_SERVER) / UDP(sport=7990, dport=53) / b"never sent")
    x.send("about no connection", "wan1", _error("unreachable", never, _ON_THE_WAY, ISP_1.ip))
    packet = IP(src=_HOST, dst=_SERVER) / UDP(sport=7020, dport=53) / (b"x" * 40)
    seen = _seen(x, "a packet", packet)
    cut = _error("unreachable", seen[:24], _ON_THE_WAY, ISP_1.ip)
    x.send("quotes too little", "wan1", cut)
    x.send("by the other uplink", "wan2", _error("unreachable", seen, _ON_THE_WAY, ISP_2.ip))
    changed = bytes(IP(src=ISP_1.ip, dst="9.9.9.10") / UDP(sport=7020, dport=53))
    x.send("about another server", "wan1", _error("unreachable", changed, _ON_THE_WAY, ISP_1.ip))
    bad = _error("unreachable", seen, _ON_THE_WAY, ISP_1.ip)
    bad[ICMP].chksum = 0x1234
    x.send("with a bad checksum", "wan1", bad)
    damaged = seen[:10] + b"\x12\x34" + seen[12:]
    x.send("quotes a damaged header", "wan1", _error("unreachable", damaged, _ON_THE_WAY, ISP_1.ip))
    about_error = bytes(IP(src=ISP_1.ip, dst=_SERVER) / ICMP(type=11) / Raw(seen))
    x.send("about an error", "wan1", _error("unreachable", about_error, _ON_THE_WAY, ISP_1.ip))


def R20_time_to_live_ends_here(x: Exchange) -> None:
    """From the LAN: 11/0 by the LAN's address, quoting what the host sent."""
    for ttl in (1, 2):
        base = IP(src=_HOST, dst=_SERVER, ttl=ttl)
        x.send(f"UDP with TTL {ttl}", "lan", base / UDP(sport=7030 + ttl, dport=33434) / b"trace")
        x.send(f"echo with TTL {ttl}", "lan", base / ICMP(id=730 + ttl, seq=1) / b"trace")
        segment = TCP(sport=7040 + ttl, dport=80, flags="S", seq=1)
        x.send(f"TCP with TTL {ttl}", "lan", base / segment)


def R20_time_to_live_of_answers(x: Exchange) -> None:
    """From outside, on a connection: the server is told by the uplink's address."""
    x.send("question", "lan", IP(src=_HOST, dst=_SERVER) / UDP(sport=7050, dport=53) / b"q")
    port = x.translations.outside("udp", ISP_1.ip, _HOST, 7050)
    for ttl in (2, 1):
        answer = IP(src=_SERVER, dst=ISP_1.ip, ttl=ttl) / UDP(sport=53, dport=port) / b"a"
        x.send(f"answer with TTL {ttl}", "wan1", answer)


def R20_too_big_for_the_uplink(x: Exchange) -> None:
    """ISP_2 takes 1400 bytes: with DF 3/4 with that MTU, without it two fragments (R24)."""
    for name, flags in (("with DF", "DF"), ("without DF", 0)):
        packet = IP(src=_HOST, dst=_SERVER_2, flags=flags, id=99)
        x.send(f"1500 bytes {name}", "lan", packet / UDP(sport=7060, dport=53) / (b"z" * 1472))
        x.send(f"1400 bytes {name}", "lan", packet / UDP(sport=7060, dport=53) / (b"z" * 1372))
        segment = TCP(sport=7061, dport=80, flags="A", seq=1, ack=1) / (b"z" * 1400)
        x.send(f"TCP of 1440 bytes {name}", "lan", packet / segment)


def R19_no_error_about_an_error(x: Exchange) -> None:
    """What expires or is too big and is an ICMP error itself, or a later fragment."""
    x.send("question", "lan", IP(src=_HOST, dst=_SERVER) / UDP(sport=7070, dport=53) / b"q")
    port = x.translations.outside("udp", ISP_1.ip, _HOST, 7070)
    got = x.send(
        "answer", "wan1", IP(src=_SERVER, dst=ISP_1.ip) / UDP(sport=53, dport=port) / (b"a" * 20)
    )
    error = _error("port unreachable", (got or [b"\x45" + bytes(39)])[0], _HOST, _SERVER)
    error.ttl = 1
    x.send("an error with TTL 1", "lan", error)
