"""What hosts in the LAN may not make the router send (R22, R23). That nothing wrong left any uplink
is verified after every test, here after packets that were made for the purpose."""

import socket

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import Ether

from . import links
from .echoes import udp_echo
from .lab import Lab
from .plan import WEB_SERVER
from .services import ECHO_PORT

_FORGED = {
    "a network that is not ours": "172.16.5.5",
    "another uplink's address": "2.2.2.65",
    "the gateway": "1.1.1.1",
    "an address of the internet": "9.9.9.10",
    "loopback": "127.0.0.1",
    "nobody": "0.0.0.0",
    "a group": "224.0.0.5",
    "everybody": "255.255.255.255",
    "our network's broadcast": "192.168.22.255",
}


@pytest.mark.parametrize("source", _FORGED.values(), ids=_FORGED.keys())
def test_R22_R23_forged_sources_stay_inside(lab: Lab, source: str) -> None:
    """From pc1 to a server in the internet; an honest packet behind it comes through."""
    station = Ether(src=links.mac(lab["pc1"], "eth0"), dst=links.mac(lab["router"], "lan0"))
    packet = IP(src=source, dst=WEB_SERVER) / UDP(sport=4000, dport=ECHO_PORT) / b"forged"
    with lab["pc1"].open_socket(socket.AF_PACKET, socket.SOCK_RAW) as sender:
        sender.bind(("eth0", 0))
        sender.send(bytes(station / packet))
    assert udp_echo(lab["pc1"], (WEB_SERVER, ECHO_PORT), b"honest")
