"""The talk's scenario with conf/seed.conf as it is: new connections leave ISP_1 above 5 Mbit/s and
come back below (R30)."""

import re
from functools import partial
from typing import Any, Iterator

import pytest

from .clients import at_once, seen_address
from .failover import Watch, fetches
from .lab import Lab
from .plan import ISP_1, ISP_2, OTHER_SERVER, WEB_SERVER, Plan
from .processes import REPOSITORY
from .router.spillway import SpillwayRouter
from .services import IPERF_PORT
from .settled import settled
from .waiting import until

_THRESHOLD = 5242880  # bit/s
_MANY = 40


class SeedRouter(SpillwayRouter):
    """The laboratory's usual network is the seed's: nothing has to be changed."""

    def _write_config(self, plan: Plan) -> None:
        self.config.write_text((REPOSITORY / "conf/seed.conf").read_text())


@pytest.fixture(scope="module")
def seed_lab(spillway: None) -> Iterator[Lab]:
    with Lab(Plan(), SeedRouter) as lab:
        lab.services.start_iperf(lab["internet"], WEB_SERVER)
        yield lab


@pytest.fixture
def lab(seed_lab: Lab) -> Iterator[Lab]:
    yield from settled(seed_lab)


def _rate_in(event: dict[str, Any], words: str) -> int:
    """Out of a cause such as "LB1: ISP_1 received 5300000 bit/s above 5242880 bit/s"."""
    found = re.fullmatch(rf"{words} {_THRESHOLD} bit/s", event["facts"]["cause"])
    assert found, event
    return int(found[1])


def _ways(lab: Lab) -> set[str]:
    """The uplinks' addresses that many new connections of both hosts leave with."""
    ask = [
        partial(seen_address, lab[pc], server)
        for pc in ("pc1", "pc2")
        for server in (WEB_SERVER, OTHER_SERVER)
    ]
    return set(at_once(ask * (_MANY // len(ask))))


def test_R30_spills_above_the_threshold_and_comes_back_below(lab: Lab) -> None:
    """With iperf3 as the load, downloads that run on where they began, and many connections."""
    watch = Watch(lab)
    before = fetches(lab, WEB_SERVER)
    assert _ways(lab) == {ISP_1.ip}
    command = ["iperf3", "--client", WEB_SERVER, "--port", str(IPERF_PORT), "--reverse"]
    load = lab.start("pc1", *command, "--bitrate", "12M", "--time", "5")
    there = watch.await_event("switch", **{"from": "ISP_1", "to": "ISP_2"})
    assert _rate_in(there, r"LB1: ISP_1 received (\d+) bit/s above") > _THRESHOLD
    spilt = fetches(lab, WEB_SERVER)
    assert _ways(lab) == {ISP_2.ip}
    assert load.wait() == 0, load.said()
    back = watch.await_event("switch", **{"from": "ISP_2", "to": "ISP_1"})
    assert _rate_in(back, r"LB2: ISP_1 received (\d+) bit/s below") < _THRESHOLD
    until(lambda: _ways(lab) == {ISP_1.ip}, "all new connections go by ISP_1")
    assert all(fetch.intact() for fetch in before + spilt), "each stayed where it began"
    # The talk's two monitors have one threshold: on its edge they may fire more than once.
    fired = [event["subject"] for event in watch.events("monitor")]
    assert fired == ["LB1", "LB2"] * (len(fired) // 2)
    assert len(watch.events("switch")) == len(fired)
    assert watch.events("failover", "failback") == []
