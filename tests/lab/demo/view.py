"""The picture in the terminal: values in, lines out."""

from dataclasses import dataclass, field

from .downloads import ClientView

_WIDTH = 40
_UNITS = (("Gbit/s", 1e9), ("Mbit/s", 1e6), ("kbit/s", 1e3))


@dataclass(frozen=True)
class UplinkView:
    name: str
    received: float  # bit/s
    sent: float
    connections: int | None  # None: the router does not tell


@dataclass(frozen=True)
class DemoView:
    router: str
    seconds: float
    uplinks: list[UplinkView]
    clients: ClientView
    client_rate: float  # bit/s over all clients
    full_bar: float  # bit/s
    all_connections: int | None = None
    faults: list[str] = field(default_factory=list)
    note: str = ""


def rate_text(rate: float) -> str:
    for unit, factor in _UNITS:
        if rate >= factor:
            return f"{rate / factor:6.2f} {unit}"
    return f"{rate:6.0f} bit/s "


def bar(share: float, width: int = _WIDTH) -> str:
    """Full blocks for a share from 0 to 1; what does not fit is cut."""
    filled = round(max(0.0, min(1.0, share)) * width)
    return "█" * filled + "·" * (width - filled)


def lines(view: DemoView) -> list[str]:
    return [
        f"Spillway laboratory   router: {view.router}   {view.seconds:5.1f} s",
        "",
        *(line for uplink in view.uplinks for line in _uplink_lines(uplink, view.full_bar)),
        _connections_line(view),
        "",
        f"faults   {', '.join(view.faults) or 'none'}",
        "",
        *_client_lines(view),
        "",
        view.note,
    ]


def _uplink_lines(uplink: UplinkView, full: float) -> list[str]:
    return [
        f"{uplink.name:<7} in  {bar(uplink.received / full)} {rate_text(uplink.received)}",
        f"{'':<7} out {bar(uplink.sent / full)} {rate_text(uplink.sent)}",
    ]


def _connections_line(view: DemoView) -> str:
    known = [f"{u.name} {u.connections}" for u in view.uplinks if u.connections is not None]
    if not known and view.all_connections is not None:
        known = [f"{view.all_connections} on all uplinks"]
    return f"connections   {', '.join(known) or 'not told by this router'}"


def _client_lines(view: DemoView) -> list[str]:
    c = view.clients
    return [
        f"clients  {c.running} downloads at {rate_text(view.client_rate).strip()}",
        f"         {c.intact} intact, {c.spoilt} spoilt, {c.broken} broken",
        f"         last trouble: {c.last_trouble or 'none'}",
    ]
