"""Port forwards, from outside and from the LAN itself."""

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.packet import Raw

from ...plan import ISP_1, ISP_2
from ..bench import HOSTS
from ..exchange import Exchange
from ..translations import sender_of

_HOST, _TARGET = HOSTS[0], HOSTS[1]
_CLIENT = "9.9.9.9"


def _sender(got: list[bytes], otherwise: tuple[str, int]) -> tuple[str, int]:
    """Address and port under which the target sees its client, if the packet reached it."""
    sender = sender_of(got[0]) if got else None
    return (sender[0], sender[2]) if sender else otherwise


def R38_forward_by_every_uplink(x: Exchange) -> None:
    """The same client and port by both: two connections, each answered by its own uplink."""
    for side, uplink in (("wan1", ISP_1), ("wan2", ISP_2)):
        syn = TCP(sport=4000, dport=8080, flags="S", seq=1)
        got = x.send(f"SYN by {uplink.name}", side, IP(src=_CLIENT, dst=uplink.ip) / syn)
        _, port = _sender(got, (_CLIENT, 4000))
        answer = TCP(sport=80, dport=port, flags="SA", seq=9, ack=2)
        x.send(f"SYN+ACK by {uplink.name}", "lan", IP(src=_TARGET, dst=_CLIENT) / answer)
        ack = TCP(sport=4000, dport=8080, flags="A", seq=2, ack=10)
        x.send(f"ACK by {uplink.name}", side, IP(src=_CLIENT, dst=uplink.ip) / ack)


def R38_udp_forward(x: Exchange) -> None:
    question = UDP(sport=4010, dport=5353) / b"q"
    x.send("question", "wan1", IP(src=_CLIENT, dst=ISP_1.ip) / question)
    answer = UDP(sport=53, dport=4010) / b"a"
    x.send("answer", "lan", IP(src=_TARGET, dst=_CLIENT) / answer)


def R18_R38_error_about_a_forwarded_packet(x: Exchange) -> None:
    """The target has nobody at that port: its 3/3 goes back as from the uplink's address."""
    question = IP(src=_CLIENT, dst=ISP_1.ip) / UDP(sport=4020, dport=5353) / (b"q" * 20)
    got = x.send("question", "wan1", question)
    about = got[0] if got else bytes(question)
    error = IP(src=_TARGET, dst=_CLIENT) / ICMP(type=3, code=3) / Raw(about[:28])
    x.send("port unreachable", "lan", error)


def R20_R38_forwarded_packet_expires(x: Exchange) -> None:
    """TTL 1 into a forward: the client is told by the uplink's address."""
    for ttl in (2, 1):
        datagram = UDP(sport=4030 + ttl, dport=5353) / b"trace"
        x.send(f"TTL {ttl}", "wan1", IP(src=_CLIENT, dst=ISP_1.ip, ttl=ttl) / datagram)


def R07_hairpin(x: Exchange) -> None:
    """A LAN host by the uplink's public address: the target sees that address (RFC 4787 REQ-9)."""
    syn = TCP(sport=4040, dport=8080, flags="S", seq=1)
    got = x.send("SYN", "lan", IP(src=_HOST, dst=ISP_1.ip) / syn)
    seen, port = _sender(got, (ISP_1.ip, 4040))
    answer = TCP(sport=80, dport=port, flags="SA", seq=9, ack=2)
    x.send("SYN+ACK", "lan", IP(src=_TARGET, dst=seen) / answer)
    x.send(
        "ACK", "lan", IP(src=_HOST, dst=ISP_1.ip) / TCP(sport=4040, dport=8080, flags="A", seq=2)
    )


def R07_hairpin_to_oneself(x: Exchange) -> None:
    question = UDP(sport=4050, dport=5353) / b"q"
    got = x.send("question", "lan", IP(src=_TARGET, dst=ISP_1.ip) / question)
    seen, port = _sender(got, (ISP_1.ip, 4050))
    x.send("answer", "lan", IP(src=_TARGET, dst=seen) / UDP(sport=53, dport=port) / b"a")


def R15_ports_beside_the_forward(x: Exchange) -> None:
    for port in (8079, 8081, 80):
        syn = TCP(sport=4060, dport=port, flags="S", seq=1)
        x.send(f"TCP {port}", "wan1", IP(src=_CLIENT, dst=ISP_1.ip) / syn)
    x.send("UDP 8080", "wan1", IP(src=_CLIENT, dst=ISP_1.ip) / UDP(sport=4061, dport=8080) / b"?")


def R03_forwarded_port_is_not_handed_out(x: Exchange) -> None:
    """A LAN host with the source port of a forward gets another one."""
    x.send("TCP", "lan", IP(src=_HOST, dst=_CLIENT) / TCP(sport=8080, dport=80, flags="S", seq=1))
    x.send("UDP", "lan", IP(src=_HOST, dst=_CLIENT) / UDP(sport=5353, dport=53) / b"q")
