"""Small packets in both directions at a steady pace, as games and calls send them."""

from functools import partial

from .clients import at_once
from .game import HZ, play
from .lab import Lab
from .services import GAME_PORT

_PACKETS = 3 * HZ


def test_R43_nothing_is_lost_doubled_or_reordered(lab: Lab) -> None:
    """Two players by each uplink at once."""
    actions = [
        partial(play, lab[pc], (u.pinned_server, GAME_PORT), _PACKETS)
        for pc in ("pc1", "pc2")
        for u in lab.plan.uplinks[:2]
    ]
    reports = at_once(actions)
    assert all(report.flawless() for report in reports), reports
    assert all(report.to_server["received"] == _PACKETS for report in reports)
