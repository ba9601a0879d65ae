"""The fault panel's words on the command line."""

from typing import Callable

from .errors import LabError
from .faults import FaultPanel
from .plan import Plan, Uplink

_SIMPLE: dict[str, Callable[[FaultPanel, Uplink], None]] = {
    "cut": FaultPanel.cut,
    "join": FaultPanel.join,
    "kill-gateway": FaultPanel.kill_gateway,
    "revive-gateway": FaultPanel.revive_gateway,
    "black-hole": FaultPanel.black_hole,
    "end-black-hole": FaultPanel.end_black_hole,
    "change-mac": FaultPanel.change_mac,
}
_WIRE = ("loss", "delay", "jitter", "rate", "duplicate", "reorder")

USAGE = f"ISP_n {'|'.join(_SIMPLE)}, or ISP_n {'|'.join(_WIRE)} VALUE (0 ends it)"


def apply(panel: FaultPanel, plan: Plan, words: list[str]) -> None:
    """For example: ISP_1 cut; ISP_2 loss 40."""
    uplinks = {uplink.name: uplink for uplink in plan.uplinks}
    if len(words) not in (2, 3):
        raise LabError(f"fault: {' '.join(words) or 'nothing'} given; allowed: {USAGE}")
    if words[0] not in uplinks:
        raise LabError(f"fault: found {words[0]}; allowed: {', '.join(uplinks)}")
    uplink, name = uplinks[words[0]], words[1]
    if name in _SIMPLE and len(words) == 2:
        _SIMPLE[name](panel, uplink)
    elif name in _WIRE and len(words) == 3:
        panel.impair(uplink, name, words[2])
    else:
        raise LabError(f"fault: found {' '.join(words[1:])}; allowed: {USAGE}")
