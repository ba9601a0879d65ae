"""A laboratory that outlives the command that made it: `up`, and later commands that come back."""

from typing import Optional

from .faults import FaultPanel
from .lab import Lab, RouterMaker
from .plan import INNER, ISP_1, ISP_2, ISP_3, Lan, LocalService, Plan, PortForward
from .record import Record, load
from .router.kernel import KernelRouter
from .router.spillway import SpillwayRouter
from .services import ECHO_PORT
from .topology import Topology
from .wires import WireControl

DEFAULT_NAME = "lab"
ROUTERS = ("kernel", "spillway")


def plan_of(options: dict[str, str]) -> Plan:
    """The network of the command line: up to three uplinks, each with a wire to impair."""
    uplinks = (ISP_1, ISP_2, ISP_3)[: int(options["uplinks"])]
    plan = Plan(
        lans=(Lan(hosts=(*Lan().hosts, INNER.via)),),
        uplinks=uplinks,
        routes=(INNER,),
        forwards=(PortForward("tcp", 7007, "192.168.22.11", ECHO_PORT),),
        services=(LocalService("tcp", 80),),
        mode=options["mode"],
        spill_above=options.get("spill_above"),
    )
    wire = {key: options[key] for key in ("delay", "rate") if options.get(key)}
    return plan.with_wires(**wire)


def router_maker(kind: str) -> RouterMaker:
    if kind == "kernel":
        return lambda namespace, plan, folder: KernelRouter(namespace, plan)
    return SpillwayRouter


def make(name: str, options: dict[str, str]) -> Lab:
    return Lab(plan_of(options), router_maker(options["router"]), name, options)


def start_all(lab: Lab) -> None:
    """Network, router, and every server there is."""
    lab.up()
    try:
        for uplink in lab.plan.uplinks:
            lab.services.start_iperf(lab["internet"], uplink.pinned_server)
        lab.services.start_game(lab["internet"])
        lab.services.python(lab["router"], "http", "0.0.0.0", 80)
        lab.services.python(lab["pc2"], "echo", "0.0.0.0", ECHO_PORT)
        lab.remember()
    except BaseException:
        lab.down()
        raise


class Standing:
    """A laboratory made by another process, as far as its record tells."""

    def __init__(self, name: str) -> None:
        self.record: Record = load(name)
        self.plan = plan_of(self.record.options)
        self.topology = Topology(name, self.plan)
        self.wires = {
            path.stem: WireControl(path) for path in sorted(self.record.folder.glob("*.wire"))
        }
        self.faults = FaultPanel(self.topology, self.wires)
        self.faults.active = list(self.record.faults)
        self.faults.changed = self._save_faults

    def namespace_name(self, short: str) -> Optional[str]:
        namespace = self.topology.namespaces.get(short)
        return namespace.name if namespace else None

    def _save_faults(self) -> None:
        self.record.faults = list(self.faults.active)
        self.record.save()
