"""Linux itself as the router: forwarding, policy routing, connection tracking and NAT."""

import re
from collections import Counter

from ..plan import Plan, Uplink
from .kernel_rules import ruleset
from .router import Router

_TABLE = 100  # routing table of uplink n: 100 + n
_PLACED = 1000  # preference of the rules for connections with a mark

_SYSCTLS = {
    "net.ipv4.ip_forward": "1",
    # What an uplink's neighbour sees in ARP is that uplink's address.
    "net.ipv4.conf.all.arp_announce": "2",
    "net.ipv4.conf.all.arp_ignore": "1",
    "net.ipv4.conf.all.accept_source_route": "0",
    "net.ipv4.conf.all.send_redirects": "0",
    "net.ipv4.conf.default.send_redirects": "0",
    # ICMP errors come from the address of the side that asked, and go back the way it came.
    "net.ipv4.icmp_errors_use_inbound_ifaddr": "1",
    "net.ipv4.fwmark_reflect": "1",
    "net.ipv4.tcp_fwmark_accept": "1",
}


class KernelRouter(Router):
    kind = "kernel"

    def start(self) -> None:
        self.namespace.sysctl(_SYSCTLS)
        self.namespace.ip(*self._addresses("add"), *self._routes("add"), *self._rules("add"))
        self.namespace.nft(ruleset(self.plan))

    def stop(self) -> None:
        self.namespace.nft("flush ruleset\n")
        self.namespace.ip(*self._rules("del"), *self._routes("del"), *self._addresses("del"))
        self.namespace.sysctl({"net.ipv4.ip_forward": "0"})

    def reload(self, plan: Plan) -> None:
        """In one transaction: connections and their translations live on."""
        self.plan = plan
        self.namespace.nft(ruleset(plan))

    def connections(self) -> dict[str, int]:
        tracked = self.namespace.run("cat", "/proc/net/nf_conntrack").stdout
        by_mark = Counter(re.findall(r" mark=(\d+) ", tracked))
        return {u.name: by_mark.get(str(u.number), 0) for u in self.plan.uplinks}

    def _addresses(self, verb: str) -> list[str]:
        return [f"addr {verb} {side.address} dev {side.port}" for side in self.plan.sides]

    def _routes(self, verb: str) -> list[str]:
        lines = [f"route {verb} {r.to} via {r.via.ip}" for r in self.plan.routes]
        lines.append(f"route {verb} default via {self.plan.uplinks[0].gateway}")
        for uplink in self.plan.uplinks:
            table = _TABLE + uplink.number
            lines.append(f"route {verb} default via {uplink.gateway} table {table}")
        return lines

    def _rules(self, verb: str) -> list[str]:
        # Networks that are known come first; then the uplink that a mark or a source names.
        lines = [f"rule {verb} pref {_PLACED - 1} lookup main suppress_prefixlength 0"]
        for uplink in self.plan.uplinks:
            lines += [
                f"rule {verb} pref {_PLACED} {s} lookup {_TABLE + uplink.number}"
                for s in _selectors(uplink)
            ]
        return lines


def _selectors(uplink: Uplink) -> tuple[str, str]:
    return f"fwmark {uplink.number}", f"from {uplink.ip}"
