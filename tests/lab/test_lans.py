"""More than one network on the LAN side."""

from typing import Iterator

import pytest

from .clients import download, seen_address, upload
from .echoes import tcp_echo, udp_echo
from .lab import Lab, RouterMaker
from .plan import GUEST, ISP_1, ISP_2, OFFICE, Lan, Plan, Uplink
from .services import ECHO_PORT
from .settled import settled

_VLAN_UPLINK = Uplink(2, ISP_2.address, ISP_2.gateway, vlan=200)


@pytest.fixture(scope="module")
def office_lab(make_router: RouterMaker) -> Iterator[Lab]:
    """A second LAN at a port of its own."""
    with Lab(Plan(lans=(Lan(), OFFICE)), make_router) as lab:
        lab.services.python(lab["pc4"], "echo", "0.0.0.0", ECHO_PORT)
        yield lab


@pytest.fixture
def offices(office_lab: Lab) -> Iterator[Lab]:
    yield from settled(office_lab)


@pytest.fixture(scope="module")
def vlan_lab(spillway: None, make_router: RouterMaker) -> Iterator[Lab]:
    """A second LAN in VLAN 100 of the first one's port, and ISP_2 in VLAN 200 of its own."""
    with Lab(Plan(lans=(Lan(), GUEST), uplinks=(ISP_1, _VLAN_UPLINK)), make_router) as lab:
        lab.services.python(lab["pc3"], "echo", "0.0.0.0", ECHO_PORT)
        yield lab


@pytest.fixture
def vlans(vlan_lab: Lab) -> Iterator[Lab]:
    yield from settled(vlan_lab)


def test_R30_R43_both_lans_reach_the_internet(offices: Lab, uplink: Uplink) -> None:
    """By each uplink, with its address."""
    for pc in ("pc1", "pc4"):
        assert download(offices[pc], uplink.pinned_server, 2_000_000).intact
        assert seen_address(offices[pc], uplink.pinned_server) == uplink.ip


def test_R22_lans_reach_each_other_untranslated(offices: Lab) -> None:
    """Connected to Connected: no uplink, no translation."""
    assert tcp_echo(offices["pc1"], ("192.168.24.10", ECHO_PORT), b"across" * 10_000)
    assert udp_echo(offices["pc2"], ("192.168.24.10", ECHO_PORT), b"across")
    said = offices["pc1"].run("traceroute", "-n", "-q", "1", "192.168.24.10").stdout
    assert " 1  192.168.22.1 " in said and " 2  192.168.24.10 " in said


def test_R25_R43_vlan_hosts_reach_the_internet(vlans: Lab, uplink: Uplink) -> None:
    """802.1Q on the LAN, on the uplink, and on both."""
    for pc in ("pc1", "pc3"):
        assert download(vlans[pc], uplink.pinned_server, 2_000_000).intact
        assert upload(vlans[pc], uplink.pinned_server, 2_000_000, vlans.folder).intact
        assert seen_address(vlans[pc], uplink.pinned_server) == uplink.ip


def test_R25_vlans_reach_each_other_by_the_router(vlans: Lab) -> None:
    """One port, two networks: in by one tag, out by the other."""
    assert tcp_echo(vlans["pc1"], ("192.168.23.10", ECHO_PORT), b"across" * 10_000)
    said = vlans["pc3"].run("traceroute", "-n", "-q", "1", "192.168.22.10").stdout
    assert " 1  192.168.23.1 " in said and " 2  192.168.22.10 " in said


def test_R20_R43_network_behind_the_lan(lab: Lab, uplink: Uplink) -> None:
    """10.5.0.0/16 stands behind a router in the LAN (a static route)."""
    assert download(lab["deep"], uplink.pinned_server, 2_000_000).intact
    assert seen_address(lab["deep"], uplink.pinned_server) == uplink.ip
    said = lab["deep"].run("traceroute", "-n", "-q", "1", uplink.pinned_server).stdout
    for hop, address in enumerate(("10.5.0.1", "192.168.22.1", uplink.gateway), start=1):
        assert f" {hop}  {address} " in said
