"""Router ports as DPDK taps, each joined to the interface that a packet socket would have taken.

Packet sockets of DPDK's driver get fragments joined by the kernel; a tap shows them as they came.
"""

from .. import links
from ..namespace import Namespace
from ..plan import Plan

_JOIN = """
table netdev {tap}
delete table netdev {tap}
table netdev {tap} {{
  chain out {{
    type filter hook ingress device "{tap}" priority 0
    fwd to "{port}"
  }}
  chain in {{
    type filter hook ingress device "{port}" priority 0
    fwd to "{tap}"
  }}
}}
"""


class TapPorts:
    """nftables moves the frames: a bridge would keep those for the tap's own address, which is the
    router's."""

    def __init__(self, namespace: Namespace, plan: Plan) -> None:
        self.namespace = namespace
        ports = sorted({side.port for side in plan.sides})
        self._taps = {port: f"t-{port}" for port in ports}
        #: how the configuration names each port
        self.names = {
            port: f"net_tap{number},iface={tap}"
            for number, (port, tap) in enumerate(self._taps.items())
        }

    def present(self) -> bool:
        return set(self._taps.values()) <= links.names(self.namespace)

    def connect(self) -> None:
        for port, tap in self._taps.items():
            self.namespace.run("ethtool", "-K", tap, "tx", "off", check=False)
            self.namespace.ip(f"link set dev {tap} up")
            self.namespace.nft(_JOIN.format(tap=tap, port=port))

    def disconnect(self) -> None:
        """The taps are gone with the router; so are the chains on them, but not the others."""
        for tap in self._taps.values():
            self.namespace.run("nft", "delete", "table", "netdev", tap, check=False)
