"""Another configuration while connections run."""

import threading
from dataclasses import replace
from functools import partial

import pytest

from .clients import at_once, download
from .echoes import tcp_echo
from .lab import Lab
from .plan import PortForward
from .services import ECHO_PORT

pytestmark = pytest.mark.several_workers

_SIZE = 600_000
_RATE = 300_000  # bytes a second: each download outlasts several reloads
_DOWNLOADS = 20
_RELOADS = 10


def test_R43_reload_breaks_no_connection(lab: Lab) -> None:
    """Twenty downloads by two uplinks while the port forwards change ten times."""
    servers = [u.pinned_server for u in lab.plan.uplinks[:2]]
    ended = threading.Event()

    def load() -> list[bool]:
        try:
            actions = [
                partial(download, lab["pc1"], servers[i % 2], _SIZE, seed=i, rate=_RATE)
                for i in range(_DOWNLOADS)
            ]
            return [transfer.intact for transfer in at_once(actions)]
        finally:
            ended.set()

    def reload_often() -> list[bool]:
        reloads = [_reload(lab, port) for port in range(7100, 7100 + _RELOADS)]
        assert not ended.is_set(), "the load ended before the reloads"
        return reloads

    try:
        downloads, reloads = at_once([load, reload_often])
    finally:
        lab.router.reload(lab.plan)
    assert all(downloads) and all(reloads)


def _reload(lab: Lab, port: int) -> bool:
    """One forward more; true when it works."""
    forward = PortForward("tcp", port, "192.168.22.11", ECHO_PORT)
    lab.router.reload(replace(lab.plan, forwards=(*lab.plan.forwards, forward)))
    return tcp_echo(lab["internet"], (lab.plan.uplinks[0].ip, port), b"new")
