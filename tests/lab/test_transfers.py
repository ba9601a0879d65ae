"""Large and many transfers, each compared by checksum (R21, R43)."""

import itertools
from functools import partial

import pytest

from .clients import at_once, download, iperf, seen_address, upload
from .lab import Lab
from .plan import Uplink

_MB = 1_000_000

pytestmark = pytest.mark.several_workers


def test_R21_R43_download_arrives_unchanged(lab: Lab, uplink: Uplink) -> None:
    """curl GET of a large file."""
    assert download(lab["pc1"], uplink.pinned_server, 64 * _MB).intact


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_R21_R43_upload_arrives_unchanged(lab: Lab, uplink: Uplink, method: str) -> None:
    """curl PUT and POST of a large file."""
    assert upload(lab["pc1"], uplink.pinned_server, 32 * _MB, lab.folder, method).intact


def test_R23_server_sees_the_uplinks_address(lab: Lab, uplink: Uplink) -> None:
    """Source NAT to the address of the uplink that carries the connection."""
    assert seen_address(lab["pc1"], uplink.pinned_server) == uplink.ip


def test_R01_R43_fifty_downloads_at_once(lab: Lab) -> None:
    """Fifty connections of two hosts by two uplinks, no file mixed up with another."""
    servers = [u.pinned_server for u in lab.plan.uplinks[:2]]
    clients = itertools.cycle(itertools.product(("pc1", "pc2"), servers))
    actions = [
        partial(download, lab[pc], server, _MB, seed)
        for seed, (pc, server) in zip(range(50), clients)
    ]
    assert all(transfer.intact for transfer in at_once(actions))


@pytest.mark.parametrize("reverse", [(), ("--reverse",)], ids=["upload", "download"])
def test_R43_iperf_tcp(lab: Lab, uplink: Uplink, reverse: tuple[str, ...]) -> None:
    """iperf3 TCP, both directions."""
    end = iperf(lab["pc1"], uplink.pinned_server, "--bytes", "50M", *reverse)
    # The sender stops when it has sent them all; the receiver's count may end a window earlier.
    assert end["sum_sent"]["bytes"] >= 50 * _MB
    assert end["sum_received"]["bytes"] > 0


@pytest.mark.parametrize("reverse", [(), ("--reverse",)], ids=["upload", "download"])
def test_R43_iperf_udp(lab: Lab, uplink: Uplink, reverse: tuple[str, ...]) -> None:
    """iperf3 UDP both directions; that nothing at all is lost, the game shows."""
    options = ("--udp", "--bitrate", "2M", "--length", "1200", "--time", "1")
    end = iperf(lab["pc1"], uplink.pinned_server, *options, *reverse)
    assert end["sum"]["packets"] > 0
    assert end["sum"]["lost_percent"] < 20
