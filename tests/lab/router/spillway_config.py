"""A plan in Spillway's own words: the text of its configuration file."""

import os
from typing import Union

from ..plan import Lan, Plan, PortForward, Settings, StaticRoute, Uplink
from .libconfig import setting

#: How many workers a router has whose plan says nothing about that.
WORKERS_VARIABLE = "SPILLWAY_LAB_WORKERS"


def config_text(plan: Plan, ports: dict[str, str]) -> str:
    """`ports`: how the configuration names each port of the plan."""
    parts = [
        _list("lan", [_side(lan, ports[lan.port]) for lan in plan.lans]),
        _list("uplinks", [_uplink(u, ports[u.port], plan) for u in plan.uplinks]),
        # The tests say by the destination which uplink a connection takes.
        _list("policy", [_pin(u) for u in plan.uplinks]),
        _list("port_forwards", [_forward(f) for f in plan.forwards]),
        setting("balance", {"mode": plan.mode, **plan.balance}),
        setting("monitors", plan.monitors),
        setting("probes", plan.probes),
        setting("failure", plan.failure),
        setting("hooks", plan.hooks),
        setting("workers", plan.workers or _default_workers()),
    ]
    if plan.metrics is not None:
        parts.append(setting("metrics", plan.metrics))
    # Listed services replace the default, which is echo.
    services = [f'protocol = "{s.protocol}"; ports = {s.port};' for s in plan.services]
    if services:
        parts.append(_list("local_services", ['protocol = "icmp";', *services]))
    if plan.routes:
        parts.append(f"routes = {{\n{_list('main', [_route(r) for r in plan.routes])}\n}};")
    return "\n".join(parts) + "\n"


def asked_workers() -> int:
    """0: nobody has said."""
    return int(os.environ.get(WORKERS_VARIABLE, "0"))


def _default_workers() -> Settings:
    """More threads than CPUs that all poll would only wait for each other."""
    count = asked_workers()
    return {"count": count, "idle": "sleep"} if count else {}


def _list(name: str, groups: list[str]) -> str:
    return f"{name} = (\n" + ",\n".join(f"  {{ {group} }}" for group in groups) + "\n);"


def _side(side: Union[Lan, Uplink], port: str) -> str:
    vlan = f" vlan = {side.vlan};" if side.vlan else ""
    return f'name = "{side.name}"; port = "{port}"; address = "{side.address}";{vlan}'


def _uplink(uplink: Uplink, port: str, plan: Plan) -> str:
    above = f' threshold = {{ spill_above = "{plan.spill_above}"; }};' if plan.spill_above else ""
    return f'{_side(uplink, port)} mtu = {uplink.mtu}; gateway = "{uplink.gateway}";{above}'


def _pin(uplink: Uplink) -> str:
    return (
        f'name = "to {uplink.name}"; to = "{uplink.pinned_server}"; ' f'uplink = "{uplink.name}";'
    )


def _forward(forward: PortForward) -> str:
    uplink = f'uplink = "{forward.uplink}"; ' if forward.uplink else ""
    to_port = f" to_port = {forward.to_port};" if forward.to_port else ""
    return (
        f'{uplink}protocol = "{forward.protocol}"; ports = {forward.port}; to = "{forward.to}";'
        f"{to_port}"
    )


def _route(route: StaticRoute) -> str:
    return f'to = "{route.to}"; via = "{route.via.ip}";'
