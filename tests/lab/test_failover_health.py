"""What takes an uplink down, what only makes it worse, and what must not matter (R33, R34, R37)."""

import errno
from contextlib import ExitStack
from typing import Iterator

import pytest

from . import links
from .failover import PLAN, PROBES, Watch, broken, endless, fetches, impaired, reloaded, sound, way
from .lab import Lab
from .plan import ISP_1, ISP_2, OTHER_SERVER, WEB_SERVER
from .router.spillway import SpillwayRouter
from .services import HTTP_PORT
from .waiting import until

_LOSSY = {
    "arp": {"interval_ms": 50, "timeout_ms": 200, "misses": 100},
    "targets": {"hosts": []},
    "limits": {"loss": 20},
}
_THREE = {"hosts": ["8.8.8.8", "9.9.9.9", "9.9.9.10"], "quorum": 2}


@pytest.fixture(scope="module")
def health_lab(spillway: None) -> Iterator[Lab]:
    with Lab(PLAN, SpillwayRouter) as lab:
        yield lab


@pytest.fixture
def lab(health_lab: Lab) -> Iterator[Lab]:
    yield from sound(health_lab)


def _connect_error(lab: Lab) -> int:
    try:
        lab["pc1"].connect(WEB_SERVER, HTTP_PORT, timeout=30).close()
    except OSError as e:
        return e.errno or 0
    return 0


def test_R35_R37_all_uplinks_down_and_back(lab: Lab) -> None:
    """New connections are refused at once, old ones wait; the first uplink back takes over, though
    it is not trusted yet, and the dead one's connections can go there then."""
    watch = Watch(lab)
    lost, bound = endless(lab), fetches(lab, ISP_2.pinned_server)
    with ExitStack() as second:
        second.enter_context(broken(lab, ISP_2, "link cut"))
        watch.await_health(ISP_2, "down")
        with broken(lab, ISP_1, "silent gateway"):
            watch.await_active(None)
            assert _connect_error(lab) == errno.ENETUNREACH
            assert all(fetch.running for fetch in lost + bound)
            second.close()
            watch.await_active(ISP_2)
            assert all("reset by peer" in fetch.error() for fetch in lost)
            assert way(lab) == ISP_2.ip
    none = watch.await_event("switch", to="none")
    back = watch.await_event("health", subject="ISP_2", to="hold-down")
    taken_over = watch.await_event("switch", to="ISP_2")
    assert none["number"] < back["number"] < taken_over["number"]
    assert all(fetch.intact() for fetch in bound)
    assert (lab.router.counters() or {})["dropped"]["no_uplink"] > 0


def test_R33_hold_down_grows_while_an_uplink_flaps(lab: Lab) -> None:
    """Doubled by each failure; one return to service for each wait."""
    watch, probes = Watch(lab), {**PROBES, "hold_down": {"least_ms": 100, "calm_ms": 60000}}
    with reloaded(lab, probes=probes):
        for _ in range(3):
            with broken(lab, ISP_1, "link cut"):
                watch.await_health(ISP_1, "down")
            watch.await_active(ISP_1)
    held = [
        float(e["facts"]["hold_down_ms"])
        for e in watch.events("health")
        if e["facts"]["to"] == "hold-down"
    ]
    assert len(held) == 3 and held[1] == 2 * held[0] and held[2] == 4 * held[0]
    assert [e["facts"]["to"] for e in watch.events("health")] == ["down", "hold-down", "up"] * 3


def test_R33_loss_beyond_a_limit_degrades(lab: Lab) -> None:
    """40 % loss: new connections go elsewhere, the old ones stay and come to their end."""
    watch = Watch(lab)
    with reloaded(lab, probes={**PROBES, **_LOSSY}):
        until(lambda: watch.uplinks()["ISP_1"]["health"] == "up", "it is asked anew")
        old = fetches(lab, WEB_SERVER)
        with impaired(lab, ISP_1, "loss", "40"):
            watch.await_health(ISP_1, "degraded")
            assert way(lab) == ISP_2.ip
        watch.await_active(ISP_1)
        assert all(fetch.intact() for fetch in old)
    event = watch.await_event("health", to="degraded")
    assert 0.2 < float(event["facts"]["loss"]) < 1
    assert watch.events("failover", "failback") == []


def test_R33_one_dead_target_of_three_changes_nothing(lab: Lab) -> None:
    """Neither while it is dead nor when it comes back."""
    internet, mark = lab["internet"], Watch(lab)
    with reloaded(lab, probes={**PROBES, "targets": {**PROBES["targets"], **_THREE}}):
        _await_target(mark, "good")
        internet.ip(f"addr del {OTHER_SERVER}/32 dev lo")
        try:
            _await_target(mark, "failed")
        finally:
            internet.ip(f"addr add {OTHER_SERVER}/32 dev lo")
        _await_target(mark, "good")
    mark.verify_quiet()


def _await_target(watch: Watch, verdict: str) -> None:
    """By every uplink."""

    def all_say_so() -> bool:
        asked = [
            p for u in watch.uplinks().values() for p in u["probes"] if p["target"] == OTHER_SERVER
        ]
        return len(asked) == 2 and all(p["verdict"] == verdict for p in asked)

    until(all_say_so, f"{OTHER_SERVER} is {verdict}", detail=lambda: str(watch.uplinks()))


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "silently"])
def test_R33_R41_the_gateway_gets_another_mac(lab: Lab, announced: bool) -> None:
    """Another router takes over its address: nothing ends, nothing switches."""
    watch = Watch(lab)
    running = fetches(lab, WEB_SERVER)
    before = links.mac(lab[ISP_1.isp], "router")
    lab.faults.change_mac(ISP_1, announced)
    assert links.mac(lab[ISP_1.isp], "router") != before
    assert all(fetch.intact() for fetch in running)
    assert way(lab) == ISP_1.ip
    watch.verify_quiet()
