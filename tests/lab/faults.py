"""The fault panel: what breaks at an uplink, and how it is mended."""

from typing import Callable

from . import links
from .errors import LabError
from .plan import Uplink
from .topology import Topology
from .wires import WireControl

_DEAF = """
table netdev dead
delete table netdev dead
table netdev dead {
  chain router {
    type filter hook ingress device "router" priority 0
    drop
  }
  chain net {
    type filter hook ingress device "net" priority 0
    drop
  }
}
"""


class FaultPanel:
    """Faults of uplinks by name. `active` lists them as they are shown to people."""

    def __init__(self, topology: Topology, wires: dict[str, WireControl]) -> None:
        self.topology = topology
        self.wires = wires
        self.active: list[str] = []
        self.changed: Callable[[], None] = lambda: None

    def cut(self, uplink: Uplink) -> None:
        """The router's port loses its carrier."""
        self._far_end(uplink, "down")
        self._note(uplink, "cut")

    def join(self, uplink: Uplink) -> None:
        self._far_end(uplink, "up")
        self._forget(uplink, "cut")

    def kill_gateway(self, uplink: Uplink) -> None:
        """Link up, but the gateway neither answers ARP or ping nor forwards."""
        self.topology[uplink.isp].nft(_DEAF)
        self._note(uplink, "gateway dead")

    def revive_gateway(self, uplink: Uplink) -> None:
        self.topology[uplink.isp].nft("delete table netdev dead\n")
        self._forget(uplink, "gateway dead")

    def black_hole(self, uplink: Uplink) -> None:
        """The gateway answers, but nothing behind it does."""
        self.topology[uplink.isp].ip("route replace blackhole default")
        self._note(uplink, "black hole")

    def end_black_hole(self, uplink: Uplink) -> None:
        behind = f"10.255.{uplink.number}.1"
        self.topology[uplink.isp].ip(
            "route del blackhole default", f"route replace default via {behind}"
        )
        self._forget(uplink, "black hole")

    def change_mac(self, uplink: Uplink, announced: bool = True) -> None:
        """Another router takes over the gateway's address, with or without saying so."""
        isp = self.topology[uplink.isp]
        isp.sysctl({"net.ipv4.conf.router.arp_notify": "1" if announced else "0"})
        isp.ip(f"link set dev router address {_next_mac(links.mac(isp, 'router'))}")

    def impair(self, uplink: Uplink, setting: str, value: str) -> None:
        """A setting of the uplink's wire, such as loss 40 or delay 20; 0 ends it."""
        if uplink.isp not in self.wires:
            raise LabError(f"{uplink.name} has no wire: nothing can impair it")
        self.wires[uplink.isp].command(f"{setting} {value}")
        self._forget(uplink, setting)
        if value.strip("0.") != "":
            self._note(uplink, f"{setting} {value}")

    def _far_end(self, uplink: Uplink, state: str) -> None:
        wired = uplink.isp in self.wires
        namespace = self.topology["wires" if wired else uplink.isp]
        namespace.ip(f"link set dev {f'{uplink.isp}-a' if wired else 'router'} {state}")

    def _note(self, uplink: Uplink, fault: str) -> None:
        self._forget(uplink, fault)
        self.active.append(f"{uplink.name} {fault}")
        self.changed()

    def _forget(self, uplink: Uplink, fault: str) -> None:
        begin = f"{uplink.name} {fault}"
        self.active = [f for f in self.active if f != begin and not f.startswith(begin + " ")]
        self.changed()


def _next_mac(mac: str) -> str:
    """Another one each time: locally administered, the last byte counted up."""
    *front, last = mac.split(":")[1:]
    return ":".join(["02", *front, f"{(int(last, 16) + 1) % 256:02x}"])
