"""An uplink dies in one way or another: who is told, who goes where, and who notices nothing (R33,
R35)."""

import socket
from typing import Iterator

import pytest

from .failover import FAULTS, PLAN, Watch, await_way, broken, endless, fetches, sound, way
from .lab import Lab
from .plan import ISP_1, ISP_2, WEB_SERVER
from .router.spillway import SpillwayRouter
from .services import ECHO_PORT
from .waiting import attempt, until


pytestmark = pytest.mark.several_workers


@pytest.fixture(scope="module")
def failing_lab(spillway: None) -> Iterator[Lab]:
    with Lab(PLAN, SpillwayRouter) as lab:
        yield lab


@pytest.fixture
def lab(failing_lab: Lab) -> Iterator[Lab]:
    yield from sound(failing_lab)


def _udp(lab: Lab) -> socket.socket:
    client = lab["pc1"].open_socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(1)
    client.connect((WEB_SERVER, ECHO_PORT))
    return client


def _echoes(client: socket.socket) -> bool:
    return bool(attempt(lambda: (client.send(b"echo"), client.recv(64))[1], TimeoutError))


def _pings(lab: Lab) -> bool:
    """Always with the same identifier: it is one connection to the router."""
    command = ["ping", "-c", "1", "-W", "1", "-e", "77", WEB_SERVER]
    return lab["pc1"].run(*command, check=False).returncode == 0


@pytest.mark.parametrize("fault", FAULTS)
def test_R33_R35_an_uplink_dies(lab: Lab, fault: str) -> None:
    """Its connections are told and go elsewhere; those of the other one arrive unchanged. Those
    that a rule binds to it can go nowhere else: they stand still, and arrive once it is back."""
    watch = Watch(lab)
    healthy, bound = fetches(lab, ISP_2.pinned_server, 4), fetches(lab, ISP_1.pinned_server)
    lost = endless(lab)
    waiting = lab["pc1"].connect(WEB_SERVER, ECHO_PORT, timeout=30)
    with _udp(lab) as udp, waiting, broken(lab, ISP_1, fault):
        watch.await_health(ISP_1, "down")
        for fetch in lost:
            assert "reset by peer" in fetch.error()
        with pytest.raises(ConnectionResetError):
            waiting.recv(1)
        assert way(lab) == ISP_2.ip
        until(lambda: _echoes(udp), "the same UDP socket goes on")
        until(lambda: _pings(lab), "ping goes on")
    assert watch.await_event("switch", to="ISP_2")["facts"]["cause"].startswith("ISP_1 is down")
    done = watch.await_event("failover", subject="ISP_1", state="done")
    assert int(done["facts"]["connections"]) >= len(lost) + 1
    watch.await_health(ISP_1, "up")
    await_way(lab, ISP_1)
    assert all(fetch.intact() for fetch in healthy + bound)


def test_R35_the_events_come_in_order(lab: Lab) -> None:
    """Each with its cause and figures."""
    watch = Watch(lab)
    with broken(lab, ISP_1, "silent gateway"):
        watch.await_event("failover", state="done")
    watch.await_event("switch", to="ISP_1")
    kinds = [(e["kind"], e["facts"].get("to") or e["facts"].get("state")) for e in watch.events()]
    assert kinds == [
        ("health", "down"),
        ("switch", "ISP_2"),
        ("failover", "begins"),
        ("failover", "done"),
        ("health", "hold-down"),
        ("health", "up"),
        ("switch", "ISP_1"),
    ]
    health = watch.events("health")
    assert health[0]["text"] == "ISP_1: up -> down: gateway 1.1.1.1 does not answer ARP"
    assert float(health[0]["facts"]["loss"]) > 0
    held = int(health[1]["facts"]["hold_down_ms"])
    assert held in (300, 600, 1200, 2400), "doubled by each failure that still counts"
    assert f"trusted again after {held / 1000:.1f} s" in health[1]["text"]
    assert "ISP_1_rx" in watch.events("switch")[0]["facts"]


def test_R35_the_routers_own_connections_follow_the_same_rules(lab: Lab) -> None:
    """Its Linux is told, and its next connection leaves by the other uplink."""
    watch = Watch(lab)
    waiting = lab["router"].connect(WEB_SERVER, ECHO_PORT, timeout=30)
    with waiting, broken(lab, ISP_1, "silent gateway"):
        watch.await_event("failover", state="done")
        with pytest.raises(ConnectionResetError):
            waiting.recv(1)
        with lab["router"].connect(WEB_SERVER, ECHO_PORT) as client:
            client.sendall(b"again")
            assert client.recv(64) == b"again"
