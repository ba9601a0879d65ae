"""A laboratory: network, servers and the router under test, up and down as one."""

import itertools
import os
from pathlib import Path
from types import TracebackType
from typing import Callable, Optional

from .capture import UplinkCaptures
from .errors import LabError
from .faults import FaultPanel
from .namespace import Namespace
from .plan import Plan
from .processes import Identity, Process
from .programs import check_machine
from .record import Record
from .router.router import Router
from .router.spillway import SpillwayRouter
from .services import Services
from .topology import Topology, is_wired
from .wires import WireControl, start_wire

RouterMaker = Callable[[Namespace, Plan, Path], Router]

_instances = itertools.count(1)


def unique_name() -> str:
    """Two laboratories of any two processes stand side by side."""
    return f"lab-{os.getpid()}-{next(_instances)}"


class Lab:
    """Use as a context manager; whatever happens inside, nothing is left on the machine."""

    def __init__(
        self,
        plan: Plan,
        make_router: RouterMaker,
        name: Optional[str] = None,
        options: Optional[dict[str, str]] = None,
    ) -> None:
        self.plan = plan
        self.name = name or unique_name()
        self.record = Record(self.name, options or {}, Identity.of(os.getpid()))
        self.topology = Topology(self.name, plan)
        self.services = Services(plan, self.folder)
        self.wires: dict[str, WireControl] = {}
        self.faults = FaultPanel(self.topology, self.wires)
        self.router = make_router(self.topology["router"], plan, self.folder)
        self.captures: Optional[UplinkCaptures] = None

    @property
    def folder(self) -> Path:
        """For sockets, logs and files that hosts share; goes with the laboratory."""
        return self.record.folder

    @property
    def spillway(self) -> SpillwayRouter:
        """The router under test, for what only Spillway has."""
        assert isinstance(self.router, SpillwayRouter)
        return self.router

    def __getitem__(self, name: str) -> Namespace:
        return self.topology[name]

    def up(self) -> None:
        """Network, wires, router and the servers of the internet."""
        check_machine()
        self.record.namespaces = [n.name for n in self.topology.namespaces.values()]
        self.record.create()
        self.faults.changed = self.remember
        try:
            self.topology.build()
            self._start_wires()
            self.router.start()
            self.services.start_internet(self["internet"])
            self.remember()
        except BaseException:
            self._take_down()  # whatever more goes wrong, the reason is what is reported
            raise

    def down(self) -> None:
        """Everything goes, even if the router does not end well; that is reported at last."""
        complaint = self._take_down()
        if complaint:
            raise complaint

    def _take_down(self) -> Optional[LabError]:
        complaint: Optional[LabError] = None
        try:
            self.router.stop()
        except LabError as e:
            complaint = e
        self.remember()
        self.services.stop()
        self.record.remove()
        return complaint

    def __enter__(self) -> "Lab":
        self.up()
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.down()

    def keep(self, process: Process) -> Process:
        """A program that a test started ends with the laboratory at the latest."""
        self.services.processes.append(process)
        self.remember()
        return process

    def start(self, namespace: str, *command: str) -> Process:
        """A program in the background."""
        log = self.folder / f"{namespace}-{len(self.services.processes)}.log"
        return self.keep(Process(self[namespace], list(command), log))

    def watch_uplinks(self) -> UplinkCaptures:
        if self.captures is None:
            self.captures = UplinkCaptures(self.topology, self.plan, self.folder)
            for process in self.captures.processes:
                self.keep(process)
        return self.captures

    def _start_wires(self) -> None:
        for uplink in self.plan.uplinks:
            if is_wired(uplink):
                options = uplink.wire.options if uplink.wire else {}
                self._start_wire(uplink.isp, options, uplink.vlan, uplink.number)
        for lan in self.plan.lans:
            for host in lan.hosts if lan.vlan else ():
                self._start_wire(host.name, {}, lan.vlan, 1)

    def _start_wire(
        self, name: str, options: dict[str, str], vlan: Optional[int], seed: int
    ) -> None:
        process, control = start_wire(self["wires"], name, self.folder, options, vlan, seed)
        self.wires[name] = control
        self.keep(process)

    def remember(self) -> None:
        """A later process can take down what this one leaves when it is killed."""
        running = [p.identity for p in self.services.processes]
        router = getattr(self.router, "process", None)
        self.record.processes = running + ([router.identity] if router else [])
        self.record.faults = list(self.faults.active)
        self.record.save()
