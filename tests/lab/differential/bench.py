"""A router between stations that are nothing but packet sockets, with an ARP responder."""

import os
import select
import threading
from dataclasses import replace
from functools import partial
from typing import Optional

from scapy.layers.l2 import ARP, Ether

from .. import links
from ..lab import RouterMaker, unique_name
from ..links import End
from ..namespace import Namespace
from ..plan import ISP_1, ISP_2, Plan, PortForward
from ..processes import Identity
from ..record import Record
from ..station import Station, ethertype
from ..waiting import until
from .clock import Clock

SIDES = {"lan": "lan0", "wan1": "wan1", "wan2": "wan2"}
HOSTS = ("192.168.22.10", "192.168.22.11", "192.168.22.12")
#: ISP_2's line takes less than the LAN, so that packets can be too big.
PLAN = Plan(
    uplinks=(ISP_1, replace(ISP_2, mtu=1400)),
    forwards=(
        PortForward("tcp", 8080, HOSTS[1], 80),
        PortForward("udp", 5353, HOSTS[1], 53),
    ),
)
_OURS = {"lan": HOSTS, "wan1": (ISP_1.gateway,), "wan2": (ISP_2.gateway,)}
_ROUTER = {"lan": PLAN.lans[0].ip, "wan1": ISP_1.ip, "wan2": ISP_2.ip}
_ARP = 0x0806


def station_mac(address: str) -> str:
    """Every host and gateway has a MAC address of its own, which follows from its address."""
    return "02:00:" + ":".join(f"{int(part):02x}" for part in address.split("."))


class Bench:
    """Use as a context manager."""

    def __init__(self, make_router: RouterMaker) -> None:
        self.record = Record(unique_name(), {}, Identity.of(os.getpid()))
        self.ends = Namespace(f"{self.record.name}-ends")
        self.namespace = Namespace(f"{self.record.name}-router")
        self.router = make_router(self.namespace, PLAN, self.record.folder)
        self.stations: dict[str, Station] = {}
        self.router_mac: dict[str, str] = {}
        self.clock = Clock(HOSTS[2])
        self._responder = threading.Thread(target=self._answer_arp)
        self._ended = threading.Event()

    def __enter__(self) -> "Bench":
        self.record.namespaces = [self.ends.name, self.namespace.name]
        self.record.create()
        try:
            self._build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        try:
            self.router.stop()
        finally:
            if self._responder.is_alive():
                self._responder.join()
            for station in self.stations.values():
                station.close()
            self.record.remove()

    def _build(self) -> None:
        for namespace in (self.ends, self.namespace):
            namespace.create()
        mtus = {uplink.port: uplink.mtu for uplink in PLAN.uplinks}
        for side, port in SIDES.items():
            # The stations may send what the router's port cannot take on.
            links.connect(
                End(self.ends, side, mtu=1500), End(self.namespace, port, mtu=mtus.get(port, 1500))
            )
            self.stations[side] = Station(self.ends, side)
        self._responder.start()
        self.router.start()
        for side in SIDES:
            self.router_mac[side] = until(partial(self._resolve, side), f"ARP answer by {side}")

    def _resolve(self, side: str) -> Optional[str]:
        """The router's MAC address there, as it tells it: taps have other ones than ports."""
        own, station = _OURS[side][0], Station(self.ends, side)
        asked = ARP(hwsrc=station_mac(own), psrc=own, pdst=_ROUTER[side])
        station.send(bytes(Ether(src=station_mac(own), dst="ff:ff:ff:ff:ff:ff") / asked))
        replies = station.receive_all(lambda got: bool(got), 0.2, _ARP)
        station.close()
        told = [Ether(frame)[ARP] for frame in replies]
        return next((a.hwsrc for a in told if a.op == 2 and a.psrc == _ROUTER[side]), None)

    def _answer_arp(self) -> None:
        """All the time: a gateway that does not answer is not used."""
        arp = {side: Station(self.ends, side) for side in SIDES}
        while not self._ended.is_set():
            ready, _, _ = select.select(list(arp.values()), [], [], 0.1)
            for side, station in arp.items():
                if station in ready:
                    _answer(side, station)
        for station in arp.values():
            station.close()


def _answer(side: str, station: Station) -> None:
    frame = station.receive(0.1)
    if frame is None or ethertype(frame) != _ARP:
        return
    asked = Ether(frame)[ARP]
    if asked.op != 1 or asked.pdst not in _OURS[side]:
        return
    own = station_mac(asked.pdst)
    reply = ARP(op=2, hwsrc=own, psrc=asked.pdst, hwdst=asked.hwsrc, pdst=asked.psrc)
    station.send(bytes(Ether(src=own, dst=asked.hwsrc) / reply))
