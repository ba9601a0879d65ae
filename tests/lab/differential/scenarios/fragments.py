"""Datagrams in pieces (R24)."""

from scapy.layers.inet import ICMP, IP, UDP, fragment
from scapy.packet import Packet

from ...plan import ISP_1
from ..bench import HOSTS
from ..exchange import Exchange

_HOST, _SERVER = HOSTS[0], ISP_1.pinned_server
_PIECE = 1480


def _pieces(packet: Packet) -> list[Packet]:
    """As a host with an MTU of 1500 cuts it."""
    return fragment(IP(bytes(packet)), _PIECE)


def _question(port: int, identification: int, size: int = 4000) -> Packet:
    data = bytes(range(256)) * (size // 256)
    header = IP(src=_HOST, dst=_SERVER, id=identification)
    return header / UDP(sport=port, dport=53) / data


def R24_in_order(x: Exchange) -> None:
    x.send("question", "lan", *_pieces(_question(8000, 1)))
    port = x.translations.outside("udp", ISP_1.ip, _HOST, 8000)
    answer = IP(src=_SERVER, dst=ISP_1.ip, id=2) / UDP(sport=53, dport=port) / (b"a" * 4000)
    x.send("answer", "wan1", *_pieces(answer))


def R24_out_of_order(x: Exchange) -> None:
    first, second, third = _pieces(_question(8010, 3))
    x.send("last one first", "lan", third, second, first)
    port = x.translations.outside("udp", ISP_1.ip, _HOST, 8010)
    answer = IP(src=_SERVER, dst=ISP_1.ip, id=4) / UDP(sport=53, dport=port) / (b"a" * 4000)
    first, second, third = _pieces(answer)
    x.send("middle one last", "wan1", third, first, second)


def R24_echo_in_pieces(x: Exchange) -> None:
    request = IP(src=_HOST, dst=_SERVER, id=5) / ICMP(id=800, seq=1) / (b"p" * 4000)
    x.send("request", "lan", *_pieces(request))
    given = x.translations.outside("icmp", ISP_1.ip, _HOST, 800)
    reply = IP(src=_SERVER, dst=ISP_1.ip, id=6) / ICMP(type=0, id=given, seq=1) / (b"p" * 4000)
    x.send("reply", "wan1", *_pieces(reply))


def R24_one_piece_is_missing(x: Exchange) -> None:
    """Nothing comes out: neither now nor when the next datagram follows."""
    first, _, third = _pieces(_question(8020, 7))
    x.send("without the middle", "lan", first, third)
    x.send("the next one", "lan", *_pieces(_question(8021, 8)))


def R24_pieces_come_twice(x: Exchange) -> None:
    pieces = _pieces(_question(8030, 9))
    x.send("the first twice", "lan", pieces[0], *pieces)


def R24_pieces_overlap(x: Exchange) -> None:
    """Nothing comes out of a datagram whose pieces contradict each other (RFC 5722 for IPv6)."""
    first, second, third = _pieces(_question(8040, 10))
    second.frag -= 10
    x.send("overlapping", "lan", first, second, third)


def R24_two_datagrams_interleaved(x: Exchange) -> None:
    one, two = _pieces(_question(8050, 11)), _pieces(_question(8051, 12))
    x.send("interleaved", "lan", *[piece for pair in zip(one, two) for piece in pair])


def R15_R24_unsolicited_pieces(x: Exchange) -> None:
    answer = IP(src=_SERVER, dst=ISP_1.ip, id=13) / UDP(sport=53, dport=8099) / (b"a" * 4000)
    x.send("all of them", "wan1", *_pieces(answer))
    x.send("a later one alone", "wan1", _pieces(answer)[1])
