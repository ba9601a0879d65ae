"""The router's own programs: those that are open, and the silence of those that are not."""

import errno
import selectors
import socket
import time
from functools import partial

import pytest

from .clients import at_once, download, seen_address
from .lab import Lab
from .plan import OTHER_SERVER, WEB_SERVER, Uplink

pytestmark = pytest.mark.several_workers

# RFC 5382 REQ-4: no answer to an unsolicited SYN for at least six seconds.
_SILENCE_S = 6.2
_CLOSED_PORTS = (22, 81, 443, 8080, 40000)


def test_R38_web_server_by_all_uplinks_at_once(lab: Lab) -> None:
    """WANn->ROS: the kernel's default route is ISP_1, the answers leave by their own uplink."""
    actions = [
        partial(download, lab["internet"], u.ip, 3_000_000, seed)
        for u in lab.plan.uplinks
        for seed in range(3)
    ]
    assert all(transfer.intact for transfer in at_once(actions))


def test_R38_web_server_from_the_lan(lab: Lab) -> None:
    """By the LAN's address and by an uplink's."""
    assert download(lab["pc1"], "192.168.22.1", 1_000_000).intact
    assert seen_address(lab["pc1"], lab.plan.uplinks[0].ip) == "192.168.22.10"


def test_R18_router_answers_echo_by_every_uplink(lab: Lab) -> None:
    """From two outside addresses, so that both ways back are tried."""
    for uplink in lab.plan.uplinks:
        for source in (WEB_SERVER, OTHER_SERVER):
            command = ["ping", "-c", "2", "-i", "0.05", "-W", "5", "-I", source, uplink.ip]
            assert "2 received" in lab["internet"].run(*command).stdout


def test_R15_R19_closed_ports_are_silent(lab: Lab) -> None:
    """Neither a RST nor an ICMP error comes back for six seconds."""
    selector = selectors.DefaultSelector()
    for uplink in lab.plan.uplinks:
        for port in _CLOSED_PORTS:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                selector.register(_knock(lab, uplink, port, kind), selectors.EVENT_READ, port)
    until, answered = time.monotonic() + _SILENCE_S, set[int]()
    while not answered and (left := until - time.monotonic()) > 0:
        answered = {key.data for key, _ in selector.select(left)}
    assert answered == set()
    for key in list(selector.get_map().values()):
        key.fileobj.close()  # type: ignore[union-attr]


def _knock(lab: Lab, uplink: Uplink, port: int, kind: int) -> socket.socket:
    """A SYN or a datagram from outside; the socket becomes readable when anything answers."""
    knocker = lab["internet"].open_socket(socket.AF_INET, kind)
    knocker.setblocking(False)
    knocker.bind((WEB_SERVER, 0))
    started = knocker.connect_ex((uplink.ip, port))
    assert started in (0, errno.EINPROGRESS)
    if kind == socket.SOCK_DGRAM:
        knocker.send(b"anybody there?")
    return knocker
