"""Spillway under a wall clock that jumps, and with the systemd journal at its standard error."""

import re
from pathlib import Path
from typing import Iterator, Optional

import pytest

from .failover import PLAN, Watch, broken, fetches, sound, way
from .lab import Lab
from .namespace import Namespace
from .plan import ISP_1, ISP_2, WEB_SERVER, Plan
from .programs import built
from .router.spillway import SpillwayRouter

_HOUR_S = 3600
_DAY_S = 24 * _HOUR_S


class WrappedRouter(SpillwayRouter):
    """Started as systemd does it, and with a CLOCK_REALTIME of its own."""

    def __init__(self, namespace: Namespace, plan: Plan, folder: Path) -> None:
        super().__init__(namespace, plan, folder)
        self.offset = folder / "offset"

    def set_clock(self, seconds: int) -> None:
        """Beside the true time."""
        new = self.offset.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.offset)

    def command(self, config: Optional[Path] = None, sock: Optional[Path] = None) -> list[str]:
        log = self.folder / "spillway.log"
        log.touch()
        variables = {
            "JOURNAL_STREAM": f"{log.stat().st_dev}:{log.stat().st_ino}",
            "LD_PRELOAD": str(built("tests/lab/liblab-wall-clock.so")),
            "WALL_CLOCK_OFFSET": str(self.offset),
        }
        return ["env", *(f"{k}={v}" for k, v in variables.items()), *super().command(config, sock)]


@pytest.fixture(scope="module")
def wrapped_lab(spillway: None) -> Iterator[Lab]:
    with Lab(PLAN, WrappedRouter) as lab:
        yield lab


@pytest.fixture
def lab(wrapped_lab: Lab) -> Iterator[Lab]:
    yield from sound(wrapped_lab)


def _wall_clock(watch: Watch) -> float:
    """The router's, as a new event has it."""
    watch.router.reload(watch.router.plan)
    return float(watch.events("config")[-1]["time_ms"]) / 1000


def test_R33_a_jump_of_the_wall_clock_changes_nothing(lab: Lab) -> None:
    """Hours forth and a day back, under load: no event but those asked for, nothing breaks."""
    assert isinstance(lab.router, WrappedRouter)
    watch = Watch(lab)
    running = fetches(lab, WEB_SERVER) + fetches(lab, ISP_2.pinned_server)
    start = _wall_clock(watch)
    lab.router.set_clock(2 * _HOUR_S)
    assert _wall_clock(watch) - start >= 2 * _HOUR_S, "the router does read the clock"
    lab.router.set_clock(-_DAY_S)
    assert _wall_clock(watch) < start
    assert all(fetch.intact() for fetch in running)
    watch.verify_quiet()
    with broken(lab, ISP_1, "silent gateway"):
        watch.await_active(ISP_2)
        assert way(lab) == ISP_2.ip
        lab.router.set_clock(2 * _HOUR_S)
    watch.await_active(ISP_1)


def test_the_journal_gets_each_line_with_its_priority(lab: Lab) -> None:
    """As sd-daemon(3) has it, and without a time: the journal has its own."""
    assert isinstance(lab.router, WrappedRouter)
    with broken(lab, ISP_1, "link cut"):
        Watch(lab).await_active(ISP_2)
    said = lab.router.said()
    assert all(re.match(r"<[0-7]>\S", line) for line in said.splitlines())
    assert "<3>link: ISP_1: link down\n" in said
    assert "<6>switch: new connections: ISP_1 -> ISP_2 because ISP_1 is down: link lost\n" in said
