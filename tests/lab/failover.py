"""What tests of failover break, and what they ask of Spillway and wait for."""

from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Callable, Iterator, Optional

from .clients import seen_address
from .errors import LabError
from .faults import FaultPanel
from .fetch import Fetch
from .lab import Lab
from .plan import ISP_1, WEB_SERVER, Plan, PortForward, Settings, Uplink
from .services import ECHO_PORT
from .settled import settled
from .waiting import attempt, until

Event = dict[str, Any]

#: Noticed within 0.8 s, and patient with a machine that does many other things.
PACE: Settings = {"interval_ms": 100, "timeout_ms": 500}
PROBES: Settings = {
    "arp": PACE,
    "targets": {"hosts": ["8.8.8.8", "9.9.9.10"], **PACE},
    "hold_down": {"least_ms": 300, "calm_ms": 1000},
}
#: Two uplinks of which the first is preferred; wires, so that a cut leaves the ISP's side as it is.
PLAN = Plan(
    probes=PROBES, forwards=(PortForward("tcp", 7007, "192.168.22.11", ECHO_PORT),)
).with_wires()

_Act = Callable[[FaultPanel, Uplink], None]
FAULTS: dict[str, tuple[_Act, _Act]] = {
    "link cut": (FaultPanel.cut, FaultPanel.join),
    "silent gateway": (FaultPanel.kill_gateway, FaultPanel.revive_gateway),
    "black hole": (FaultPanel.black_hole, FaultPanel.end_black_hole),
}

# Of downloads that outlast an outage, bytes and bytes a second.
_SIZE = 300_000
_RATE = 125_000


class Watch:
    """Spillway's own view of its uplinks, and what has happened since a moment."""

    def __init__(self, lab: Lab) -> None:
        self.router = lab.spillway
        self.since = 0
        self.mark()

    def mark(self) -> None:
        """From here on."""
        self.since = self._events(1)[-1]["number"]

    def uplinks(self) -> dict[str, dict[str, Any]]:
        return {uplink["name"]: uplink for uplink in self.router.show("uplinks")["uplinks"]}

    def await_health(self, uplink: Uplink, *states: str) -> None:
        until(
            lambda: self.uplinks()[uplink.name]["health"] in states,
            f"{uplink.name} is {' or '.join(states)}",
            detail=lambda: str(self.uplinks()[uplink.name]),
        )

    def await_active(self, uplink: Optional[Uplink]) -> None:
        name = uplink.name if uplink else None
        until(lambda: self.router.show("uplinks")["active"] == name, f"{name} is active")

    def events(self, *kinds: str) -> list[Event]:
        """Since the mark; of these kinds, or all."""
        news = [e for e in self._events(1000) if e["number"] > self.since]
        return [e for e in news if not kinds or e["kind"] in kinds]

    def await_event(self, kind: str, **facts: str) -> Event:
        """The first of the kind with such facts (`subject` and `text` count as some)."""

        def found() -> Optional[Event]:
            fits = (e for e in self.events(kind) if facts.items() <= _facts(e).items())
            return next(fits, None)

        return until(found, f"an event {kind} {facts}", detail=lambda: str(self.events()))

    def verify_quiet(self) -> None:
        """Nothing has happened to any uplink or connection since the mark."""
        assert self.events("health", "switch", "failover", "failback", "link") == []

    def _events(self, most: int) -> list[Event]:
        return self.router.show("events", str(most))


def _facts(event: Event) -> dict[str, str]:
    return {"subject": event["subject"], "text": event["text"], **event["facts"]}


@contextmanager
def broken(lab: Lab, uplink: Uplink, fault: str) -> Iterator[None]:
    begin, end = FAULTS[fault]
    begin(lab.faults, uplink)
    try:
        yield
    finally:
        end(lab.faults, uplink)


@contextmanager
def impaired(lab: Lab, uplink: Uplink, setting: str, value: str) -> Iterator[None]:
    """The uplink's wire, by one of its settings."""
    lab.faults.impair(uplink, setting, value)
    try:
        yield
    finally:
        lab.faults.impair(uplink, setting, "0")


@contextmanager
def reloaded(lab: Lab, **settings: Any) -> Iterator[None]:
    """Other settings of the plan for a while."""
    lab.router.reload(replace(lab.plan, **settings))
    try:
        yield
    finally:
        lab.router.reload(lab.plan)


def sound(lab: Lab) -> Iterator[Lab]:
    """A fixture's body: both uplinks up when a test begins, and the verdict on its traffic."""
    watch = Watch(lab)
    for uplink in lab.plan.uplinks:
        watch.await_health(uplink, "up")
    watch.await_active(ISP_1)
    yield from settled(lab)
    assert lab.faults.active == []


def fetches(lab: Lab, server: str, count: int = 2, size: int = _SIZE) -> list[Fetch]:
    """Downloads of both hosts that have begun."""
    started = [
        Fetch(lab[("pc1", "pc2")[seed % 2]], server, size, _RATE, seed) for seed in range(count)
    ]
    return [fetch.began() for fetch in started]


def endless(lab: Lab, server: str = WEB_SERVER, count: int = 2) -> list[Fetch]:
    """The same, without an end in the time of a test."""
    return fetches(lab, server, count, size=1000 * _SIZE)


def way(lab: Lab) -> Optional[str]:
    """The address of the uplink that a new connection takes; None while it fails."""
    return attempt(lambda: seen_address(lab["pc1"], WEB_SERVER), LabError)


def await_way(lab: Lab, uplink: Uplink) -> None:
    until(lambda: way(lab) == uplink.ip, f"new connections go by {uplink.name}")
