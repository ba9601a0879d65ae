"""Datagrams longer than the path takes at once (R24)."""

from dataclasses import replace
from pathlib import Path
from typing import Iterator

import pytest

from .echoes import udp_echo
from .lab import Lab, RouterMaker
from .namespace import Namespace
from .plan import Plan, PortForward, Uplink, Wire
from .router.router import Router
from .router.spillway import SpillwayRouter
from .services import ECHO_PORT
from .settled import settled

pytestmark = pytest.mark.several_workers

_LONG = bytes(range(256)) * 32  # 8192 bytes: six fragments
_DEFAULT = Plan()
_WIRED = replace(
    _DEFAULT,
    uplinks=tuple(replace(u, wire=Wire()) for u in _DEFAULT.uplinks),
    forwards=(PortForward("udp", 7007, "192.168.22.10", ECHO_PORT),),
)


def _on_taps(namespace: Namespace, plan: Plan, folder: Path) -> Router:
    return SpillwayRouter(namespace, plan, folder, taps=True)


@pytest.fixture(scope="module", params=["packet sockets", "taps"])
def fragment_lab(request: pytest.FixtureRequest, make_router: RouterMaker) -> Iterator[Lab]:
    """Packet sockets of DPDK get fragments joined by the kernel; taps show them to the router."""
    if request.param == "taps":
        request.getfixturevalue("spillway")
        make_router = _on_taps
    with Lab(_WIRED, make_router) as lab:
        lab.services.python(lab["pc1"], "echo", "0.0.0.0", ECHO_PORT)
        yield lab


@pytest.fixture
def fragments(fragment_lab: Lab) -> Iterator[Lab]:
    yield from settled(fragment_lab)


def test_R24_long_datagrams_both_ways(fragments: Lab, uplink: Uplink) -> None:
    """8 kB from the LAN, and 8 kB back."""
    assert udp_echo(fragments["pc1"], (uplink.pinned_server, ECHO_PORT), _LONG)


def test_R24_long_datagrams_from_outside(fragments: Lab, uplink: Uplink) -> None:
    """8 kB into a port forward."""
    assert udp_echo(fragments["internet"], (uplink.ip, 7007), _LONG, source=uplink.pinned_server)


def test_R24_long_pings(fragments: Lab, uplink: Uplink) -> None:
    """Echo is translated by an identifier that only the first fragment has."""
    command = ["ping", "-s", "8000", "-c", "3", "-i", "0.05", "-W", "5", uplink.pinned_server]
    assert "3 received" in fragments["pc2"].run(*command).stdout


def test_R24_fragments_out_of_order(fragments: Lab, uplink: Uplink) -> None:
    """The uplink's wire keeps every third frame back, so that others overtake it."""
    fragments.faults.impair(uplink, "reorder", "30")
    try:
        server = (uplink.pinned_server, ECHO_PORT)
        assert all(udp_echo(fragments["pc1"], server, _LONG) for _ in range(10))
        counters = fragments.wires[uplink.isp].counters()
        assert counters["ab"]["reordered"] > 0 and counters["ba"]["reordered"] > 0
    finally:
        fragments.faults.impair(uplink, "reorder", "0")
