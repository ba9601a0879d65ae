"""The kernel router's nftables rules: marks as in the talk, NAT, and what is dropped."""

from typing import Iterable

from ..plan import Plan, PortForward, Uplink

# Never the source or destination of a forwarded packet (RFC 1812 5.3.7).
_MARTIANS = "0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/4, 240.0.0.0/4"

_RULES = """
table ip router
delete table ip router
table ip router {{
  chain martians {{
    type filter hook prerouting priority raw
    iifname "lo" accept
    ip saddr {{ {martians} }} drop
    ip option lsrr exists drop
    ip option ssrr exists drop
    iifname {{ {lan_ports} }} ip saddr != {{ {lan_networks} }} drop
    iifname {{ {wan_ports} }} ip saddr {{ {lan_networks} }} drop
  }}
  chain place {{
    type filter hook prerouting priority mangle
    ct state invalid drop
    {marks_by_uplink}
    {marks_from_lan}
    meta mark set ct mark
  }}
  chain destination_nat {{
    type nat hook prerouting priority dstnat
    {forwards}
  }}
  chain input {{
    type filter hook input priority filter
    iifname {{ {lan_ports} }} accept
    ct state established,related accept
    icmp type echo-request accept
    {services}
    iifname {{ {wan_ports} }} drop
  }}
  chain forward {{
    type filter hook forward priority filter
    {clamps}
    ct state established,related accept
    ct status dnat accept
    iifname {{ {wan_ports} }} drop
  }}
  chain source_nat {{
    type nat hook postrouting priority srcnat
    {hairpins}
    {masquerades}
  }}
}}
"""


def ruleset(plan: Plan) -> str:
    lan_ports = _quoted([lan.port for lan in plan.lans])
    networks = [str(lan.network) for lan in plan.lans] + [route.to for route in plan.routes]
    return _RULES.format(
        martians=_MARTIANS,
        lan_ports=lan_ports,
        wan_ports=_quoted([u.port for u in plan.uplinks]),
        lan_networks=", ".join(networks),
        marks_by_uplink=_lines(
            f'iifname "{u.port}" ct state new ct mark set {u.number}' for u in plan.uplinks
        ),
        marks_from_lan=_lines(
            f"iifname {{ {lan_ports} }} ct state new {condition}ct mark set {mark}"
            for condition, mark in _placements(plan)
        ),
        forwards=_lines(
            f"ip daddr {u.ip} {f.protocol} dport {f.port} dnat to {f.to}:{f.to_port or f.port}"
            for f in plan.forwards
            for u in _uplinks_of(plan, f)
        ),
        # Lowers the MSS of a SYN either way, never raises it.
        clamps=_lines(
            f'{way} "{u.port}" tcp flags syn tcp option maxseg size set {u.mtu - 40}'
            for u in plan.uplinks
            for way in ("iifname", "oifname")
        ),
        services=_lines(f"{s.protocol} dport {s.port} accept" for s in plan.services),
        # A LAN host that takes the way by the public address is seen with that address
        # (RFC 4787 REQ-9).
        hairpins=_lines(
            f"oifname {{ {lan_ports} }} iifname {{ {lan_ports} }} ct status dnat "
            f"ct original ip daddr {u.ip} snat to {u.ip}"
            for u in plan.uplinks
        ),
        masquerades=_lines(f'oifname "{u.port}" snat to {u.ip}' for u in plan.uplinks),
    )


def _placements(plan: Plan) -> list[tuple[str, str]]:
    """Which mark a new connection from the LAN gets: the last rule that applies decides."""
    general = "1"
    if plan.mode == "pcc":
        count = len(plan.uplinks)
        general = f"jhash ip saddr . ip daddr . th sport . th dport mod {count} offset 1"
    pinned = [(f"ip daddr {u.pinned_server} ", str(u.number)) for u in plan.uplinks]
    return [("", general), *pinned]


def _uplinks_of(plan: Plan, forward: PortForward) -> list[Uplink]:
    return [u for u in plan.uplinks if forward.uplink in (None, u.name)]


def _quoted(names: list[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(set(names)))


def _lines(rules: Iterable[str]) -> str:
    return "\n    ".join(rules)
