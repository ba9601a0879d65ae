"""Datagrams and echo: out, back, and to nobody."""

from scapy.layers.inet import ICMP, IP, UDP

from ...plan import ISP_1, ISP_2
from ..bench import HOSTS
from ..exchange import Exchange

_HOST, _OTHER = HOSTS[0], HOSTS[1]
_SERVER, _SERVER_2 = ISP_1.pinned_server, ISP_2.pinned_server


def R02_R21_udp_there_and_back(x: Exchange) -> None:
    for side, uplink in (("wan1", ISP_1), ("wan2", ISP_2)):
        server = uplink.pinned_server
        x.send("question", "lan", IP(src=_HOST, dst=server) / UDP(sport=5000, dport=53) / b"q")
        port = x.translations.outside("udp", uplink.ip, _HOST, 5000)
        x.send("answer", side, IP(src=server, dst=uplink.ip) / UDP(sport=53, dport=port) / b"a")
        x.send("again", "lan", IP(src=_HOST, dst=server) / UDP(sport=5000, dport=53) / b"q2")


def R21_headers_are_kept(x: Exchange) -> None:
    """Type of service, identification, DF and options that harm nobody."""
    record = IP(src=_HOST, dst=_SERVER, tos=0xB8, id=4711, flags="DF", ttl=17)
    x.send("ToS and DF", "lan", record / UDP(sport=5010, dport=53) / b"q")
    no_operation = IP(src=_HOST, dst=_SERVER, options=b"\x01\x01\x01\x00")
    x.send("no-operation option", "lan", no_operation / UDP(sport=5011, dport=53) / b"q")
    router_alert = IP(src=_HOST, dst=_SERVER, options=b"\x94\x04\x00\x00")
    x.send("router alert option", "lan", router_alert / UDP(sport=5012, dport=53) / b"q")


def R21_zero_udp_checksum_stays_zero(x: Exchange) -> None:
    question = UDP(sport=5020, dport=53, chksum=0) / b"no checksum"
    x.send("question", "lan", IP(src=_HOST, dst=_SERVER) / question)
    port = x.translations.outside("udp", ISP_1.ip, _HOST, 5020)
    answer = UDP(sport=53, dport=port, chksum=0) / b"none either"
    x.send("answer", "wan1", IP(src=_SERVER, dst=ISP_1.ip) / answer)


def R01_R02_two_hosts_want_one_port(x: Exchange) -> None:
    """The second gets another port; the answers find the right one."""
    for host in (_HOST, _OTHER):
        x.send(host, "lan", IP(src=host, dst=_SERVER) / UDP(sport=5030, dport=53) / b"q")
    for host in (_OTHER, _HOST):
        port = x.translations.outside("udp", ISP_1.ip, host, 5030)
        answer = IP(src=_SERVER, dst=ISP_1.ip) / UDP(sport=53, dport=port) / b"a"
        x.send(f"answer to {host}", "wan1", answer)


def R02_one_port_to_two_servers(x: Exchange) -> None:
    """No clash: the remote endpoints differ."""
    for server in ("9.9.9.9", "9.9.9.10"):
        x.send(server, "lan", IP(src=_HOST, dst=server) / UDP(sport=5040, dport=53) / b"q")


def R18_echo_there_and_back(x: Exchange) -> None:
    for number in (1, 2):
        request = ICMP(id=600, seq=number) / b"ping"
        x.send("request", "lan", IP(src=_HOST, dst=_SERVER) / request)
        given = x.translations.outside("icmp", ISP_1.ip, _HOST, 600)
        reply = ICMP(type=0, id=given, seq=number) / b"ping"
        x.send("reply", "wan1", IP(src=_SERVER, dst=ISP_1.ip) / reply)


def R18_two_hosts_want_one_identifier(x: Exchange) -> None:
    for host in (_HOST, _OTHER):
        x.send(host, "lan", IP(src=host, dst=_SERVER) / ICMP(id=601, seq=1) / b"ping")
    for host in (_OTHER, _HOST):
        given = x.translations.outside("icmp", ISP_1.ip, host, 601)
        reply = IP(src=_SERVER, dst=ISP_1.ip) / ICMP(type=0, id=given, seq=1) / b"ping"
        x.send(f"reply to {host}", "wan1", reply)


def R18_echo_to_the_router(x: Exchange) -> None:
    x.send("from the LAN", "lan", IP(src=_HOST, dst="192.168.22.1") / ICMP(id=602) / b"ping")
    x.send("to an uplink", "lan", IP(src=_HOST, dst=ISP_1.ip) / ICMP(id=603) / b"ping")
    for side, uplink in (("wan1", ISP_1), ("wan2", ISP_2)):
        request = IP(src=uplink.gateway, dst=uplink.ip) / ICMP(id=604) / b"ping"
        x.send(f"from the gateway of {uplink.name}", side, request)
        request = IP(src=uplink.pinned_server, dst=uplink.ip) / ICMP(id=605) / b"ping"
        x.send(f"from the internet by {uplink.name}", side, request)


def R15_R19_unsolicited(x: Exchange) -> None:
    """Nobody asked: dropped without a word."""
    for side, uplink in (("wan1", ISP_1), ("wan2", ISP_2)):
        stranger = IP(src="9.9.9.9", dst=uplink.ip)
        x.send("UDP", side, stranger / UDP(sport=53, dport=5099) / b"?")
        x.send("echo reply", side, stranger / ICMP(type=0, id=699, seq=1) / b"?")
        x.send("timestamp request", side, stranger / ICMP(type=13, id=698, seq=1))
    x.send("question", "lan", IP(src=_HOST, dst=_SERVER) / UDP(sport=5050, dport=53) / b"q")
    port = x.translations.outside("udp", ISP_1.ip, _HOST, 5050)
    reply = UDP(sport=53, dport=port) / b"a"
    x.send("answer from another host", "wan1", IP(src="9.9.9.9", dst=ISP_1.ip) / reply)
    x.send("answer by the other uplink", "wan2", IP(src=_SERVER, dst=ISP_1.ip) / reply)
    other_port = UDP(sport=54, dport=port) / b"a"
    x.send("answer from another port", "wan1", IP(src=_SERVER, dst=ISP_1.ip) / other_port)
    x.send("the right answer", "wan1", IP(src=_SERVER, dst=ISP_1.ip) / reply)
