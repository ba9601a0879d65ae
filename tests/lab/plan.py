"""What a laboratory shall look like and what its router shall do: plain values.

The defaults are the network of conf/seed.conf.
"""

from dataclasses import dataclass, field, replace
from ipaddress import IPv4Interface, IPv4Network
from typing import Any, Mapping, Optional, Union

#: A group of settings of the configuration, by their names there; groups and lists within.
Settings = Mapping[str, Any]


@dataclass(frozen=True)
class Host:
    """A computer behind the router, with a namespace of its own."""

    name: str
    address: str

    @property
    def ip(self) -> str:
        return str(IPv4Interface(self.address).ip)


@dataclass(frozen=True)
class Lan:
    name: str = "LAN"
    port: str = "lan0"
    address: str = "192.168.22.1/24"
    hosts: tuple[Host, ...] = (Host("pc1", "192.168.22.10/24"), Host("pc2", "192.168.22.11/24"))
    vlan: Optional[int] = None

    @property
    def ip(self) -> str:
        return str(IPv4Interface(self.address).ip)

    @property
    def network(self) -> IPv4Network:
        return IPv4Interface(self.address).network


@dataclass(frozen=True)
class Wire:
    """A cable with faults, by its options: {"delay": "20", "ab-rate": "10M"}."""

    options: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Uplink:
    """`number` counts from 1 and gives the port, the ISP's namespace and its pinned server."""

    number: int
    address: str
    gateway: str
    wire: Optional[Wire] = None
    vlan: Optional[int] = None
    mtu: int = 1500
    path_mtu: int = 1500  # behind the ISP

    @property
    def name(self) -> str:
        return f"ISP_{self.number}"

    @property
    def port(self) -> str:
        return f"wan{self.number}"

    @property
    def isp(self) -> str:
        return f"isp{self.number}"

    @property
    def ip(self) -> str:
        return str(IPv4Interface(self.address).ip)

    @property
    def network(self) -> IPv4Network:
        return IPv4Interface(self.address).network

    @property
    def pinned_server(self) -> str:
        """An address in the internet that the router reaches by this uplink alone."""
        return f"9.9.9.{10 + self.number}"


@dataclass(frozen=True)
class PortForward:
    protocol: str
    port: int
    to: str
    to_port: Optional[int] = None
    uplink: Optional[str] = None


@dataclass(frozen=True)
class LocalService:
    protocol: str
    port: int


@dataclass(frozen=True)
class StaticRoute:
    """A network behind a host of the LAN, which is a router itself."""

    to: str
    via: Host
    host: Host


ISP_1 = Uplink(1, "1.1.1.32/24", "1.1.1.1")
ISP_2 = Uplink(2, "2.2.2.65/24", "2.2.2.1")
ISP_3 = Uplink(3, "3.3.3.97/24", "3.3.3.1")
INNER = StaticRoute("10.5.0.0/16", Host("inner", "192.168.22.254/24"), Host("deep", "10.5.0.10/16"))
GUEST = Lan("GUEST", "lan0", "192.168.23.1/24", (Host("pc3", "192.168.23.10/24"),), vlan=100)
OFFICE = Lan("OFFICE", "lan1", "192.168.24.1/24", (Host("pc4", "192.168.24.10/24"),))

DNS_SERVER = "8.8.8.8"
WEB_SERVER = "9.9.9.9"
OTHER_SERVER = "9.9.9.10"


@dataclass(frozen=True)
class Plan:
    lans: tuple[Lan, ...] = (Lan(),)
    uplinks: tuple[Uplink, ...] = (ISP_1, ISP_2)
    routes: tuple[StaticRoute, ...] = ()
    forwards: tuple[PortForward, ...] = ()
    services: tuple[LocalService, ...] = ()
    mode: str = "failover"  # as in the configuration: bandwidth, pcc, policy, failover
    spill_above: Optional[str] = None  # the threshold of every uplink in mode bandwidth
    # Of Spillway alone, as they stand in its configuration.
    balance: Settings = field(default_factory=dict)  # beside the mode
    monitors: tuple[Settings, ...] = ()
    probes: Settings = field(default_factory=dict)
    failure: Settings = field(default_factory=dict)
    hooks: tuple[Settings, ...] = ()
    workers: Settings = field(default_factory=dict)
    metrics: Optional[Settings] = None

    @property
    def sides(self) -> tuple[Union[Lan, Uplink], ...]:
        return (*self.lans, *self.uplinks)

    def uplink(self, name: str) -> Uplink:
        return next(u for u in self.uplinks if u.name == name)

    @property
    def servers(self) -> tuple[str, ...]:
        """All addresses of the internet."""
        return (DNS_SERVER, WEB_SERVER, OTHER_SERVER, *(u.pinned_server for u in self.uplinks))

    def with_wires(self, **options: str) -> "Plan":
        """The same with a wire at every uplink."""
        wired = tuple(replace(u, wire=Wire(dict(options))) for u in self.uplinks)
        return replace(self, uplinks=wired)
