"""The namespaces and cables of a plan, without the router.

           pc1 ─┐                  ┌─ lan0  wan1 ─ [wire] ─ isp1 ─┐
           pc2 ─┤ switch (bridge) ─┤  router                      ├─ internet (8.8.8.8, 9.9.9.9 ...)
    deep ─ inner┘                  └─       wan2 ─ [wire] ─ isp2 ─┘
"""

from ipaddress import IPv4Network
from typing import Iterator

from . import links
from .links import End
from .namespace import Namespace
from .plan import Host, Lan, Plan, StaticRoute, Uplink

_FORWARD = {"net.ipv4.ip_forward": "1"}
# A bridge hands frames to the firewall, which would join fragments.
_PLAIN_BRIDGE = {"net.bridge.bridge-nf-call-iptables": "0"}
# A changed address of a gateway is announced, as VRRP does.
_ANNOUNCE = {"net.ipv4.conf.default.arp_notify": "1"}


class Topology:
    """Names, and how to make them; `build` may fail halfway, `remove` undoes whatever is there."""

    def __init__(self, prefix: str, plan: Plan) -> None:
        self.prefix = prefix
        self.plan = plan
        self.namespaces = {name: Namespace(f"{prefix}-{name}") for name in _names(plan)}

    def __getitem__(self, name: str) -> Namespace:
        return self.namespaces[name]

    def build(self) -> None:
        for namespace in self.namespaces.values():
            namespace.create()
        self._build_internet()
        self["switch"].sysctl(_PLAIN_BRIDGE)
        for uplink in self.plan.uplinks:
            self._build_isp(uplink)
            self._cable_uplink(uplink)
        for lan in self.plan.lans:
            self._build_lan(lan)
        for route in self.plan.routes:
            self._build_inner(route)

    def remove(self) -> None:
        for namespace in self.namespaces.values():
            namespace.delete()

    def _build_internet(self) -> None:
        internet = self["internet"]
        internet.ip(*(f"addr add {address}/32 dev lo" for address in self.plan.servers))

    def _build_isp(self, uplink: Uplink) -> None:
        isp, internet = self[uplink.isp], self["internet"]
        isp.sysctl({**_FORWARD, **_ANNOUNCE})
        near, far = f"10.255.{uplink.number}.2", f"10.255.{uplink.number}.1"
        links.connect(
            End(isp, "net", f"{near}/30", uplink.path_mtu, offload=True),
            End(internet, uplink.isp, f"{far}/30", uplink.path_mtu, offload=True),
        )
        isp.ip(f"route add default via {far}")
        # Of a narrow path the hosts are not told by the MSS: they find out (RFC 1191).
        internet.ip(f"route add {uplink.network} via {near} advmss 1460")

    def _cable_uplink(self, uplink: Uplink) -> None:
        """From the router to its ISP, directly or by the namespace in which the wires run."""
        prefix_length = uplink.network.prefixlen
        address = f"{uplink.gateway}/{prefix_length}"
        isp_end = End(self[uplink.isp], "router", address, uplink.mtu)
        router_end = End(self["router"], uplink.port, mtu=uplink.mtu)
        self._cable(router_end, isp_end, uplink.isp if is_wired(uplink) else None)

    def _cable(self, a: End, b: End, wire: str | None) -> None:
        if wire is None:
            links.connect(a, b)
            return
        for end, side in ((a, "a"), (b, "b")):
            links.connect(end, End(self["wires"], f"{wire}-{side}"))

    def _build_lan(self, lan: Lan) -> None:
        switch, bridge = self["switch"], f"br-{lan.port}"
        # A VLAN shares the bridge of its port, which forwards tagged frames like any other.
        if links.find(switch, bridge) is None:
            switch.ip(f"link add name {bridge} type bridge", f"link set dev {bridge} up")
            links.connect(End(self["router"], lan.port), End(switch, lan.port))
            switch.ip(f"link set dev {lan.port} master {bridge}")
        for host in lan.hosts:
            self._plug_in(host, lan, bridge)

    def _plug_in(self, host: Host, lan: Lan, bridge: str) -> None:
        switch_end = End(self["switch"], host.name)
        host_end = End(self[host.name], "eth0", host.address)
        self._cable(switch_end, host_end, host.name if lan.vlan else None)
        self["switch"].ip(f"link set dev {host.name} master {bridge}")
        self[host.name].ip(f"route add default via {lan.ip}")

    def _build_inner(self, route: StaticRoute) -> None:
        inner, deep = self[route.via.name], self[route.host.name]
        inner.sysctl(_FORWARD)
        network = IPv4Network(route.to)
        gateway = network[1]
        links.connect(
            End(inner, "deep", f"{gateway}/{network.prefixlen}"),
            End(deep, "eth0", route.host.address),
        )
        deep.ip(f"route add default via {gateway}")


def is_wired(uplink: Uplink) -> bool:
    return uplink.wire is not None or uplink.vlan is not None


def _names(plan: Plan) -> Iterator[str]:
    yield from ("switch", "router", "wires", "internet")
    yield from (uplink.isp for uplink in plan.uplinks)
    yield from (host.name for lan in plan.lans for host in lan.hosts)
    yield from (route.host.name for route in plan.routes)
