"""Servers in the LAN, reached from the internet and from the LAN itself."""

import filecmp
from functools import partial
from pathlib import Path
from typing import Iterator

import pytest

from .clients import at_once
from .content import blocks
from .echoes import tcp_echo, udp_echo
from .lab import Lab
from .plan import WEB_SERVER, Uplink

pytestmark = pytest.mark.several_workers

_FILES = 20
_FILE_SIZE = 500_000


@pytest.fixture(scope="module")
def shared_files(shared_lab: Lab) -> Iterator[Path]:
    """What pc1 gives away by rsync."""
    folder = shared_lab.folder / "shared"
    folder.mkdir()
    for number in range(_FILES):
        (folder / f"file-{number}").write_bytes(b"".join(blocks(_FILE_SIZE, number)))
    rsync = shared_lab.services.start_rsync(shared_lab["pc1"], folder)
    yield folder
    rsync.stop()


def _fetch(lab: Lab, uplink: Uplink) -> Path:
    """All of them, by one uplink's address, as an outside host that is the same for all."""
    copy = lab.folder / f"copy-{uplink.name}"
    url = f"rsync://{uplink.ip}/files/"
    lab["internet"].run("rsync", "-a", f"--address={WEB_SERVER}", url, str(copy), timeout=90)
    return copy


def test_R38_R43_rsync_by_every_uplink_at_once(lab: Lab, shared_files: Path) -> None:
    """One client, one server, three ways: each answer leaves by the way its question came."""
    copies = at_once([partial(_fetch, lab, u) for u in lab.plan.uplinks])
    names = [path.name for path in shared_files.iterdir()]
    assert len(names) == _FILES
    for copy in copies:
        assert filecmp.cmpfiles(shared_files, copy, names, shallow=False) == (names, [], [])


def test_R38_forward_to_another_port(lab: Lab) -> None:
    """TCP and UDP port 7007 of every uplink is port 7 of pc2, also at the same time."""
    for uplink in lab.plan.uplinks:
        assert tcp_echo(lab["internet"], (uplink.ip, 7007), b"inbound", source=WEB_SERVER)
        assert udp_echo(lab["internet"], (uplink.ip, 7007), b"inbound", source=WEB_SERVER)


def test_R07_hairpin(lab: Lab) -> None:
    """pc1, and pc2 itself, reach pc2's server by each uplink's public address (RFC 4787 REQ-9)."""
    for pc in ("pc1", "pc2"):
        for uplink in lab.plan.uplinks:
            assert tcp_echo(lab[pc], (uplink.ip, 7007), b"hairpin")
            assert udp_echo(lab[pc], (uplink.ip, 7007), b"hairpin")
