"""Plays a scenario through one router: packets in, what comes out, step by step."""

import select
import time
from dataclasses import dataclass
from functools import partial
from typing import Optional

from scapy.layers.inet import ICMP, IP
from scapy.layers.l2 import Ether
from scapy.packet import Packet

from ..errors import LabError
from ..plan import ISP_1, ISP_2
from ..station import ethertype
from ..waiting import attempt, until
from .bench import HOSTS, SIDES, Bench, station_mac
from .clock import is_clock
from .description import Fields, describe
from .translations import Translations

_PATIENCE_S = 10.0
#: How long more a router may take that has given less than the reference, and how long nothing may
#: come before it is taken for all.
_GRACE_S = 0.5
_QUIET_S = 0.02
_IPV4 = 0x0800
_ETHERNET = 14
_GATEWAYS = {"wan1": ISP_1.gateway, "wan2": ISP_2.gateway}

Out = dict[str, list[bytes]]  # IPv4 packets by side


@dataclass(frozen=True)
class Step:
    """What came out after something went in, by side and in order."""

    label: str
    out: dict[str, list[Fields]]

    @property
    def count(self) -> int:
        return sum(len(packets) for packets in self.out.values())


class Exchange:
    """One scenario through one router. `reference`: the steps of the router to compare with."""

    def __init__(self, bench: Bench, reference: Optional[list[Step]] = None) -> None:
        self.bench = bench
        self.steps: list[Step] = []
        self.translations = Translations()
        self._reference = reference or []

    def send(self, label: str, side: str, *packets: Packet) -> list[bytes]:
        """Sends packets in one go and records what comes out, by any side, as a step."""
        for packet in packets:
            self._transmit(side, packet)
        out = self._collect(side)
        if packets:
            self.translations.learn(bytes(packets[-1]), [p for side in SIDES for p in out[side]])
        name = self.translations.name
        described = {side: [describe(packet, name) for packet in out[side]] for side in SIDES}
        self.steps.append(Step(label, described))
        return [packet for side in SIDES for packet in out[side]]

    def _transmit(self, side: str, packet: Packet) -> None:
        sender = station_mac(_GATEWAYS.get(side) or packet.src)
        frame = Ether(src=sender, dst=self.bench.router_mac[side], type=_IPV4) / packet
        self.bench.stations[side].send(bytes(frame))

    def _collect(self, side: str, seconds: float = _PATIENCE_S) -> Out:
        """What has come out when a clock packet, sent behind, has come out too."""
        clock = self.bench.clock.packet(side)
        self._transmit(side, clock)
        at = len(self.steps)
        expected = self._reference[at].count if at < len(self._reference) else 0
        out = self._gather(clock.load, seconds, expected)
        if not _has_ending(out, clock.load):
            raise LabError(f"no clock packet from {side} came out within {seconds:g} s")
        return {side: [p for p in packets if not is_clock(p)] for side, packets in out.items()}

    def _gather(self, mark: bytes, seconds: float, expected: int) -> Out:
        """All packets until that with the mark, until as many as expected, until it is quiet."""
        out: Out = {side: [] for side in SIDES}
        stations = {station: side for side, station in self.bench.stations.items()}
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            ready, _, _ = select.select(list(stations), [], [], left)
            # The router's own ARP says nothing: it comes for ever.
            news = False
            for station in ready:
                frame = station.receive(0)
                if frame and ethertype(frame) == _IPV4:
                    out[stations[station]].append(frame[_ETHERNET:])
                    news = True
            if news and _has_ending(out, mark):
                given = sum(not is_clock(p) for packets in out.values() for p in packets)
                deadline = time.monotonic() + (_QUIET_S if given >= expected else _GRACE_S)
        return out

    def warm_up(self) -> None:
        """Until all neighbours are resolved and the clocks tick by every side."""
        for host in HOSTS:
            echo = IP(src=host, dst="192.168.22.1") / ICMP(id=7)
            until(partial(self._comes_out, "lan", echo), f"the router answers {host}")
        for side in _GATEWAYS:
            until(partial(self._opens_clock, side), f"a clock packet leaves by {side}")
        for side in SIDES:
            until(partial(self._ticks, side), f"a clock packet from {side} comes out")
        self.steps.clear()

    def _comes_out(self, side: str, packet: Packet) -> bool:
        self._transmit(side, packet)
        return any(self._gather(b"never", 0.2, 0).values())

    def _ticks(self, side: str) -> bool:
        return attempt(lambda: self._collect(side, seconds=0.5), LabError) is not None

    def _opens_clock(self, side: str) -> bool:
        self._transmit("lan", self.bench.clock.outbound(side))
        seen = [p for p in self._gather(b"never", 0.2, 0)[side] if is_clock(p)]
        for packet in seen:
            self.bench.clock.learn(side, packet)
        return bool(seen)


def _has_ending(out: Out, mark: bytes) -> bool:
    return any(packet.endswith(mark) for packets in out.values() for packet in packets)
