"""Mode `bandwidth` under real transfers: spilling, coming back, and what the router tells of it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterator

import pytest

from .clients import Transfer, download, seen_address
from .lab import Lab, RouterMaker
from .plan import ISP_1, ISP_2, WEB_SERVER, Plan, Uplink
from .settled import settled
from .waiting import until

_RATE = 1_000_000  # bytes a second: far beyond the threshold
_SIZE = 8_000_000


@pytest.fixture(scope="module")
def balanced_lab(spillway: None, make_router: RouterMaker) -> Iterator[Lab]:
    """Both uplinks may carry 1 Mbit/s. They are not probed: load alone decides."""
    plan = Plan(mode="bandwidth", spill_above="1M", probes={"arp": False, "ping": False})
    with Lab(plan, make_router) as lab:
        yield lab


@pytest.fixture
def balanced(balanced_lab: Lab) -> Iterator[Lab]:
    yield from settled(balanced_lab)


def test_R30_R32_new_connections_spill_and_come_back(balanced: Lab) -> None:
    """The one that is too much for ISP_1 stays there, the next goes by ISP_2."""
    until(lambda: _has_room(balanced, ISP_1), "ISP_1 takes new connections")
    assert seen_address(balanced["pc1"], WEB_SERVER) == ISP_1.ip
    with ThreadPoolExecutor() as pool:
        transfer = pool.submit(_download, balanced, ISP_1)
        until(lambda: _uplink(balanced, ISP_1)["overloaded"], "ISP_1 is overloaded")
        assert _uplink(balanced, ISP_1)["headroom"] == 0
        assert seen_address(balanced["pc2"], WEB_SERVER) == ISP_2.ip
        assert transfer.result().intact
    until(lambda: _has_room(balanced, ISP_1), "new connections come back to ISP_1")
    assert seen_address(balanced["pc2"], WEB_SERVER) == ISP_1.ip


def test_R31_all_overloaded_is_told_once_and_refuses_nobody(balanced: Lab) -> None:
    """Both uplinks carry too much; a connection finds its way all the same."""
    said_before = len(balanced.router.said())
    with ThreadPoolExecutor() as pool:
        transfers = [pool.submit(_download, balanced, uplink) for uplink in (ISP_1, ISP_2)]
        until(lambda: _show(balanced)["all_overloaded"], "all uplinks are overloaded")
        assert seen_address(balanced["pc2"], WEB_SERVER) in (ISP_1.ip, ISP_2.ip)
        assert all(transfer.result().intact for transfer in transfers)
    until(lambda: not _show(balanced)["all_overloaded"], "the overload is over")
    said = balanced.router.said()[said_before:]
    assert said.count(": all uplinks overloaded: each new connection goes to") == 1
    assert said.count(": no longer all uplinks overloaded: new connections go to ") == 1


def _download(lab: Lab, uplink: Uplink) -> Transfer:
    return download(lab["pc1"], uplink.pinned_server, _SIZE, rate=_RATE)


def _show(lab: Lab) -> dict[str, Any]:
    return lab.spillway.show("uplinks")


def _uplink(lab: Lab, uplink: Uplink) -> dict[str, Any]:
    return next(u for u in _show(lab)["uplinks"] if u["name"] == uplink.name)


def _has_room(lab: Lab, uplink: Uplink) -> bool:
    """Just below the threshold there is none."""
    one = _uplink(lab, uplink)
    return one["active"] and one["headroom"] > 0
