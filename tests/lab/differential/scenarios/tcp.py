"""TCP from the first SYN to the last ACK, and segments that do not fit in."""

from scapy.layers.inet import IP, TCP

from ...plan import ISP_1, ISP_2
from ..bench import HOSTS
from ..exchange import Exchange

_HOST, _OTHER, _SERVER = HOSTS[0], HOSTS[1], ISP_1.pinned_server
_WEB = 80
_MSS = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (1000, 0)), ("WScale", 7)]


class Connection:
    """One between a LAN host and the server, with the sequence numbers of both sides."""

    def __init__(self, x: Exchange, port: int, host: str = _HOST) -> None:
        self.x, self.host, self.own = x, host, port
        self.client, self.server = 1000, 5000

    @property
    def given(self) -> int:
        return self.x.translations.outside("tcp", ISP_1.ip, self.host, self.own)

    def out(self, label: str, flags: str, data: bytes = b"", **fields: object) -> None:
        """A segment of the client; what it carries is counted."""
        values = {"seq": self.client, "ack": self.server, "window": 8192} | fields
        segment = TCP(sport=self.own, dport=_WEB, flags=flags, **values) / data
        self.x.send(label, "lan", IP(src=self.host, dst=_SERVER) / segment)
        self.client += len(data) + ("S" in flags) + ("F" in flags)

    def back(self, label: str, flags: str, data: bytes = b"", **fields: object) -> None:
        values = {"seq": self.server, "ack": self.client, "window": 8192} | fields
        segment = TCP(sport=_WEB, dport=self.given, flags=flags, **values) / data
        self.x.send(label, "wan1", IP(src=_SERVER, dst=ISP_1.ip) / segment)
        self.server += len(data) + ("S" in flags) + ("F" in flags)

    def open(self) -> "Connection":
        self.out("SYN", "S", options=_MSS, ack=0)
        self.back("SYN+ACK", "SA", options=_MSS)
        self.out("ACK", "A")
        return self


def R13_open_talk_close(x: Exchange) -> None:
    c = Connection(x, 6000).open()
    c.out("request", "PA", b"GET / HTTP/1.0\r\n\r\n")
    c.back("answer", "PA", b"HTTP/1.0 200 OK\r\n\r\n")
    c.back("server's FIN", "FA")
    c.out("ACK of the FIN", "A")
    c.out("client's FIN", "FA")
    c.back("last ACK", "A")


def R13_opened_again_after_close(x: Exchange) -> None:
    """The same ports, new sequence numbers."""
    c = Connection(x, 6010).open()
    c.out("client's FIN", "FA")
    c.back("FIN+ACK", "FA")
    c.out("last ACK", "A")
    c.client, c.server = 900_000, 950_000
    c.open()
    c.back("data", "PA", b"again")


def R13_syn_is_repeated(x: Exchange) -> None:
    c = Connection(x, 6020)
    for number in (1, 2):
        c.client = 1000
        c.out(f"SYN {number}", "S", ack=0)
    c.back("SYN+ACK", "SA")
    c.out("ACK", "A")


def R14_reset_by_the_server(x: Exchange) -> None:
    c = Connection(x, 6030).open()
    c.back("RST in the window", "RA")
    c.back("data after it", "PA", b"late")


def R14_reset_by_the_client(x: Exchange) -> None:
    c = Connection(x, 6040).open()
    c.out("RST", "R")
    c.back("data after it", "PA", b"late")


def R14_connection_refused(x: Exchange) -> None:
    c = Connection(x, 6050)
    c.out("SYN", "S", ack=0)
    c.back("RST+ACK", "RA", seq=0)


def R14_reset_far_outside_the_window(x: Exchange) -> None:
    """A blind attacker's RST does not end the connection (RFC 5961)."""
    c = Connection(x, 6060).open()
    c.back("RST from afar", "R", seq=c.server + 1_000_000_000)
    c.back("data after it", "PA", b"alive")
    c.out("client's data", "PA", b"alive too")


def R13_data_far_outside_the_window(x: Exchange) -> None:
    c = Connection(x, 6070).open()
    c.back("data from afar", "PA", b"forged", seq=c.server + 1_000_000_000)
    c.back("honest data", "PA", b"honest", seq=c.server - len(b"forged"))


def R16_picked_up_in_the_middle(x: Exchange) -> None:
    """A connection that was open before the router started, from the LAN."""
    c = Connection(x, 6080)
    c.out("data", "PA", b"in the middle")
    c.back("answer", "A")
    c.back("answer with data", "PA", b"as well")


def R15_R16_not_picked_up_from_outside(x: Exchange) -> None:
    outside = IP(src=_SERVER, dst=ISP_1.ip)
    for flags in ("S", "SA", "A", "PA", "FA", "R", ""):
        segment = TCP(sport=_WEB, dport=6090, flags=flags, seq=1, ack=1)
        x.send(f"flags {flags or 'none'}", "wan1", outside / segment)


def R13_flags_that_make_no_sense(x: Exchange) -> None:
    """From the LAN, on no connection."""
    for number, flags in enumerate(("", "SF", "SR", "FPU", "FSRPAU")):
        segment = TCP(sport=6100 + number, dport=_WEB, flags=flags, seq=1, ack=1)
        x.send(f"flags {flags or 'none'}", "lan", IP(src=_HOST, dst=_SERVER) / segment)


def R13_answer_first(x: Exchange) -> None:
    """SYN+ACK and RST from the LAN that answer nothing."""
    for number, flags in enumerate(("SA", "RA", "R")):
        segment = TCP(sport=6110 + number, dport=_WEB, flags=flags, seq=1, ack=1)
        x.send(f"flags {flags}", "lan", IP(src=_HOST, dst=_SERVER) / segment)


def R13_simultaneous_open(x: Exchange) -> None:
    """RFC 5382 REQ-2."""
    c = Connection(x, 6120)
    c.out("SYN", "S", ack=0)
    c.back("SYN from the other side", "S", ack=0)
    c.client -= 1
    c.out("SYN+ACK", "SA")
    c.server -= 1
    c.back("SYN+ACK from the other side", "SA")
    c.out("data", "PA", b"open")


def R01_two_hosts_want_one_port(x: Exchange) -> None:
    connections = [Connection(x, 6130, host) for host in (_HOST, _OTHER)]
    for c in connections:
        c.open()
    for c in reversed(connections):
        c.back(f"data for {c.host}", "PA", c.host.encode())
        c.out(f"data of {c.host}", "PA", c.host.encode())


def R17_mss_is_clamped_to_the_narrow_uplink(x: Exchange) -> None:
    syn = TCP(sport=6140, dport=_WEB, flags="S", seq=1, options=_MSS)
    x.send("SYN", "lan", IP(src=_HOST, dst=ISP_2.pinned_server) / syn)
    port = x.translations.outside("tcp", ISP_2.ip, _HOST, 6140)
    answer = TCP(sport=_WEB, dport=port, flags="SA", seq=9, ack=2, options=_MSS)
    x.send("SYN+ACK", "wan2", IP(src=ISP_2.pinned_server, dst=ISP_2.ip) / answer)
    small = TCP(sport=6141, dport=_WEB, flags="S", seq=1, options=[("MSS", 536)])
    x.send("SYN with a smaller one", "lan", IP(src=_HOST, dst=ISP_2.pinned_server) / small)
