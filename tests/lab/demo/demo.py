"""`scripts/lab demo`: a laboratory under load, with faults after a while, shown live."""

import argparse
import signal
import threading
import time
from dataclasses import dataclass

from .. import fault_words
from ..lab import Lab
from ..plan import WEB_SERVER
from ..record import load
from ..router.router import Traffic
from ..standing import make, start_all
from .downloads import ClientView, Downloads
from .screen import Screen
from .view import DemoView, UplinkView, lines

_REDRAW_S = 0.5
_FULL_BAR = 20e6  # bit/s, the rate of each uplink unless named
# When, as a share of the whole time, and what.
_FAULTS = (
    (0.25, "ISP_2 loss 3"),
    (0.40, "ISP_2 loss 0"),
    (0.55, "ISP_1 kill-gateway"),
    (0.75, "ISP_1 revive-gateway"),
)


@dataclass(frozen=True)
class Moment:
    time: float
    traffic: dict[str, Traffic]
    clients: ClientView


def run_demo(arguments: argparse.Namespace) -> int:
    options = {
        "router": arguments.router,
        "uplinks": arguments.uplinks,
        "delay": arguments.delay or "10",
        "rate": arguments.rate or "20M",
        # Each router spreads connections by the best means it has.
        "mode": "bandwidth" if arguments.router == "spillway" else "pcc",
        "spill_above": "8M",
    }
    lab = make(arguments.name, options)
    start_all(lab)
    stop = _stop_request()
    try:
        clients = _Show(lab, arguments, stop).run()
    finally:
        lab.down()
    print(f"{clients.intact} downloads intact, {clients.spoilt} spoilt, {clients.broken} broken")
    return 1 if stop.is_set() else 0


def _stop_request() -> threading.Event:
    """Set by Ctrl-C or SIGTERM. Neither interrupts what takes the laboratory down."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop


class _Show:
    def __init__(self, lab: Lab, arguments: argparse.Namespace, stop: threading.Event) -> None:
        self.lab = lab
        self.stop = stop
        self.seconds = arguments.seconds
        hosts = [lab["pc1"], lab["pc2"]]
        self.downloads = Downloads(hosts, WEB_SERVER, arguments.downloads)
        self.began = time.monotonic()
        self.due_faults = [(share * self.seconds, words) for share, words in _FAULTS]

    def run(self) -> ClientView:
        self.downloads.start()
        try:
            with Screen() as screen:
                self._redraw_for_a_while(screen)
        finally:
            self.downloads.stop()
        return self.downloads.view()

    def _redraw_for_a_while(self, screen: Screen) -> None:
        before = self._moment()
        while before.time - self.began < self.seconds:
            if self.stop.wait(max(0.0, before.time + _REDRAW_S - time.monotonic())):
                return
            self._apply_due_faults()
            now = self._moment()
            screen.draw(lines(self._view(before, now)))
            before = now

    def _apply_due_faults(self) -> None:
        # Another terminal may have applied some.
        self.lab.faults.active = load(self.lab.name).faults
        while self.due_faults and time.monotonic() - self.began >= self.due_faults[0][0]:
            words = self.due_faults.pop(0)[1].split()
            fault_words.apply(self.lab.faults, self.lab.plan, words)

    def _moment(self) -> Moment:
        return Moment(time.monotonic(), self.lab.router.traffic(), self.downloads.view())

    def _view(self, before: Moment, now: Moment) -> DemoView:
        seconds = now.time - before.time
        connections = self.lab.router.connections()
        uplinks = [
            UplinkView(
                u.name,
                (now.traffic[u.name].received - before.traffic[u.name].received) * 8 / seconds,
                (now.traffic[u.name].sent - before.traffic[u.name].sent) * 8 / seconds,
                connections.get(u.name),
            )
            for u in self.lab.plan.uplinks
        ]
        return DemoView(
            router=self.lab.router.kind,
            seconds=now.time - self.began,
            uplinks=uplinks,
            clients=now.clients,
            client_rate=(now.clients.bytes - before.clients.bytes) * 8 / seconds,
            full_bar=_FULL_BAR,
            all_connections=connections.get("all"),
            faults=self.lab.faults.active,
            note="Ctrl-C ends it. In another terminal: scripts/lab fault ISP_1 loss 20",
        )
