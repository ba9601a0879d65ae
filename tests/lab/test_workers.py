"""Several workers share the connections of one router (R38, R43, R46)."""

import re
from typing import Iterator

import pytest

from .clients import at_once, seen_address
from .echoes import udp_echo
from .errors import LabError
from .lab import Lab
from .plan import Plan
from .router.spillway import SpillwayRouter
from .services import ECHO_PORT
from .settled import settled

_WORKERS = 3
_CONNECTIONS = 60


@pytest.fixture(scope="module")
def workers_lab(spillway: None) -> Iterator[Lab]:
    with Lab(Plan(workers={"count": _WORKERS, "idle": "sleep"}), SpillwayRouter) as lab:
        yield lab


@pytest.fixture
def lab(workers_lab: Lab) -> Iterator[Lab]:
    yield from settled(workers_lab)


def test_R46_the_log_names_every_worker(lab: Lab) -> None:
    """And the CPU that each runs on."""
    named = re.findall(r"worker (\d) on CPU \d+\n", lab.spillway.said())
    assert named == [str(number) for number in range(_WORKERS)]


def test_R38_R43_packets_find_the_worker_of_their_connection(lab: Lab) -> None:
    """Packet sockets sort nothing: most packets come to a worker that does not keep them."""
    before = _handed_over(lab)
    servers = [u.pinned_server for u in lab.plan.uplinks]
    actions = [
        lambda server=server: udp_echo(lab["pc1"], (server, ECHO_PORT), b"which worker?")
        for _ in range(_CONNECTIONS // len(servers))
        for server in servers
    ]
    assert all(at_once(actions))
    assert seen_address(lab["pc1"], servers[1]) == lab.plan.uplinks[1].ip
    # Of a question and its answer, two thirds each.
    assert _handed_over(lab) - before > _CONNECTIONS


def test_R44_their_number_changes_by_a_restart_alone(lab: Lab) -> None:
    """A reload that would change it is refused, and changes nothing."""
    router = lab.spillway
    text = router.config.read_text()
    router.config.write_text(text.replace(f"count = {_WORKERS};", "count = 2;"))
    try:
        with pytest.raises(LabError, match="workers"):
            router.ctl("reload")
    finally:
        router.config.write_text(text)
    router.ctl("reload")


def _handed_over(lab: Lab) -> int:
    return int(lab.spillway.show("counters")["handed_over"])
