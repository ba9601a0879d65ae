"""What the routers are given. Each scenario uses ports of its own, so that none meets what another
left behind; all begin with nothing but resolved neighbours."""

from typing import Callable

from ..exchange import Exchange
from . import errors, forwards, fragments, hostile, ping_and_udp, tcp

Scenario = Callable[[Exchange], None]

#: By name, which begins with the requirements that the scenario is about.
SCENARIOS: dict[str, Scenario] = {
    name: play
    for module in (ping_and_udp, tcp, errors, fragments, forwards, hostile)
    for name, play in vars(module).items()
    if name.startswith("R") and name[1].isdigit()
}
