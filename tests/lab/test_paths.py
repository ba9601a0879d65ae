"""Programs that look at the way itself: ping, traceroute, tracepath, path MTU discovery."""

import re

import pytest

from .clients import download, upload
from .lab import Lab
from .plan import ISP_3, Uplink

_TRACEROUTE = {"udp": (), "icmp": ("--icmp",), "tcp": ("--tcp",)}


def test_R18_ping(lab: Lab, uplink: Uplink) -> None:
    """Echo requests of two hosts with the same identifier."""
    for pc in ("pc1", "pc2"):
        said = lab[pc].run("ping", "-c", "5", "-i", "0.05", "-e", "77", uplink.pinned_server).stdout
        assert "5 received" in said


@pytest.mark.parametrize("probe", _TRACEROUTE)
def test_R18_R20_traceroute(lab: Lab, uplink: Uplink, probe: str) -> None:
    """The router names itself by the address of the asking side, then come gateway and server."""
    command = ["traceroute", "-n", "-q", "1", "-w", "5", *_TRACEROUTE[probe], uplink.pinned_server]
    said = lab["pc1"].run(*command).stdout
    hops = re.findall(r"^ *\d+  (\S+)", said, re.MULTILINE)
    assert hops == ["192.168.22.1", uplink.gateway, uplink.pinned_server]


def test_R20_tracepath(lab: Lab, uplink: Uplink) -> None:
    """The whole path has the MTU of an Ethernet."""
    said = lab["pc1"].run("tracepath", "-n", uplink.pinned_server).stdout
    assert "pmtu 1500" in said
    assert f" {uplink.gateway} " in said
    assert "Resume: pmtu 1500 hops 3" in said


def test_R20_tracepath_finds_the_narrow_path(lab: Lab) -> None:
    """ISP_3's line takes 1280 bytes; its 3/4 reaches the LAN host (RFC 1191)."""
    said = lab["pc2"].run("tracepath", "-n", ISP_3.pinned_server).stdout
    assert "Resume: pmtu 1280 hops 3" in said


def test_R20_too_long_a_ping_is_answered(lab: Lab) -> None:
    """ICMP 3/4 about an echo request, inside and out translated, with the next hop's MTU."""
    command = ["ping", "-M", "do", "-s", "1400", "-c", "1", "-W", "5", ISP_3.pinned_server]
    lab["pc1"].run("ip", "route", "flush", "cache")
    said = lab["pc1"].run(*command, check=False).stdout
    assert re.search(r"Frag needed and DF set \(mtu = 1280\)", said), said
    assert f"From {ISP_3.gateway}" in said


def test_R20_R43_upload_finds_the_narrow_path(lab: Lab) -> None:
    """TCP segments of 1500 bytes with DF: the upload ends well because the host learns the MTU."""
    lab["pc1"].run("ip", "route", "flush", "cache")
    assert upload(lab["pc1"], ISP_3.pinned_server, 2_000_000, lab.folder).intact
    route = lab["pc1"].run("ip", "route", "get", ISP_3.pinned_server).stdout
    assert "mtu 1280" in route


def test_R20_R43_download_by_the_narrow_path(lab: Lab) -> None:
    """The other direction: the server's segments are short anyway."""
    assert download(lab["pc1"], ISP_3.pinned_server, 2_000_000).intact


@pytest.mark.parametrize("transport", ["+notcp", "+tcp"])
def test_R18_R43_names_are_resolved(lab: Lab, transport: str) -> None:
    """DNS over UDP and TCP."""
    for number, isp in enumerate(("isp1", "isp2", "isp3"), start=11):
        answer = lab["pc1"].run("dig", "+short", transport, f"{isp}.lab.test", "@8.8.8.8").stdout
        assert answer.strip() == f"9.9.9.{number}"
