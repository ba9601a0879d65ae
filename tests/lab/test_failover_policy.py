"""What becomes of connections when an uplink dies, and when it is back, as the configuration says
(R35, R36)."""

import socket
from contextlib import contextmanager
from typing import Iterator

import pytest

from .failover import (
    PLAN,
    Watch,
    await_way,
    broken,
    endless,
    fetches,
    reloaded,
    sound,
    way,
)
from .fetch import Fetch
from .lab import Lab
from .plan import ISP_1, ISP_2, WEB_SERVER
from .router.spillway import SpillwayRouter
from .services import ECHO_PORT
from .waiting import until


@pytest.fixture(scope="module")
def policy_lab(spillway: None) -> Iterator[Lab]:
    with Lab(PLAN, SpillwayRouter) as lab:
        lab.services.python(lab["pc2"], "echo", "0.0.0.0", ECHO_PORT)
        yield lab


@pytest.fixture
def lab(policy_lab: Lab) -> Iterator[Lab]:
    yield from sound(policy_lab)


def _echoes(client: socket.socket) -> bool:
    client.sendall(b"echo")
    return client.recv(64) == b"echo"


def test_R35_kept_connections_wait_for_their_uplink(lab: Lab) -> None:
    """`keep`: new ones go by the other uplink, the old ones arrive after all."""
    watch = Watch(lab)
    with reloaded(lab, failure={"connections": "keep"}):
        kept = fetches(lab, WEB_SERVER)
        with broken(lab, ISP_1, "silent gateway"):
            watch.await_active(ISP_2)
            assert way(lab) == ISP_2.ip
        assert all(fetch.intact() for fetch in kept)
    assert watch.events("failover") == []


def test_R35_flushed_connections_are_not_told(lab: Lab) -> None:
    """`flush`: the client learns it from the server, when it sends by the other uplink."""
    watch = Watch(lab)
    with reloaded(lab, failure={"connections": "flush"}):
        with lab["pc1"].connect(WEB_SERVER, ECHO_PORT, timeout=30) as client:
            with broken(lab, ISP_1, "silent gateway"):
                watch.await_event("failover", state="done")
                # Later packets to the same host have arrived: a reset would have, too.
                assert way(lab) == ISP_2.ip
                client.setblocking(False)
                with pytest.raises(BlockingIOError):
                    client.recv(1)
                client.settimeout(30)
                client.sendall(b"anybody there?")
                with pytest.raises(ConnectionResetError):
                    client.recv(1)


@contextmanager
def _fled(lab: Lab, watch: Watch, failback: dict[str, object]) -> Iterator[list[Fetch]]:
    """Downloads that began by ISP_2 while ISP_1 was away; it is back in the body."""
    with reloaded(lab, failure=failback):
        with broken(lab, ISP_1, "silent gateway"):
            watch.await_active(ISP_2)
            downloads = endless(lab)
        watch.await_active(ISP_1)
        try:
            yield downloads
        finally:
            for download in downloads:
                download.stop()


def test_R36_stay(lab: Lab) -> None:
    """Who fled goes on where it is; new connections go home."""
    watch = Watch(lab)
    with _fled(lab, watch, {"failback": "stay"}) as downloads:
        await_way(lab, ISP_1)
        so_far = [download.received for download in downloads]
        for download, before in zip(downloads, so_far):
            until(lambda: download.received > before + 50_000, "it goes on")
            assert download.running
    assert watch.events("failback") == []


def test_R36_now(lab: Lab) -> None:
    """Who fled is told at once; who is there by a rule, or came in there, is not."""
    watch = Watch(lab)
    with reloaded(lab, failure={"failback": "now"}):
        with broken(lab, ISP_1, "silent gateway"):
            watch.await_active(ISP_2)
            fled, bound = endless(lab), fetches(lab, ISP_2.pinned_server)
            inbound = lab["internet"].connect(ISP_2.ip, 7007, timeout=30)
            assert _echoes(inbound)
        for download in fled:
            assert "reset by peer" in download.error()
        done = watch.await_event("failback", state="done")
        assert int(done["facts"]["connections"]) >= len(fled)
        with inbound:
            assert _echoes(inbound)
        assert all(download.intact() for download in bound)
        assert way(lab) == ISP_1.ip


def test_R36_drain(lab: Lab) -> None:
    """Who fled may go on for a second, and is told then."""
    watch = Watch(lab)
    with _fled(lab, watch, {"failback": "drain", "drain_s": 1}) as downloads:
        for download in downloads:
            assert "reset by peer" in download.error()
    up = watch.await_event("health", subject="ISP_1", to="up")
    begins = watch.await_event("failback", state="begins")
    assert begins["uptime_s"] - up["uptime_s"] >= 1.0, "by the router's own clock"
