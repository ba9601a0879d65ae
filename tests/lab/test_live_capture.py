"""`capture` beside a download: a file that tcpdump reads, with every frame in it."""

import socket
import stat
from collections import Counter
from pathlib import Path
from typing import Iterator

import pytest

from . import pcapng
from .clients import download
from .lab import Lab, RouterMaker
from .namespace import run_command
from .plan import ISP_1, ISP_2, Plan
from .router.spillway import SpillwayRouter
from .settled import settled
from .waiting import until

_SIZE = 2_000_000


@pytest.fixture(scope="module")
def captured_lab(spillway: None, make_router: RouterMaker) -> Iterator[Lab]:
    with Lab(Plan(), make_router) as lab:
        yield lab


@pytest.fixture
def lab_(captured_lab: Lab) -> Iterator[Lab]:
    yield from settled(captured_lab)


class Capture:
    """A client that stays; the capture ends with it."""

    def __init__(self, router: SpillwayRouter, words: str, file: Path) -> None:
        self._router = router
        self._file = file
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(router.socket))
        self._socket.sendall(f"capture {words}\n".encode())
        self._answer = self._socket.makefile()
        assert self._answer.readline() == "ok\n"
        assert self._answer.readline() == f"capturing into {file}\n"

    def rest(self) -> str:
        """Until it ends by itself."""
        return self._answer.read()

    def leave(self) -> None:
        self._answer.close()
        self._socket.close()
        over = f"capture into {self._file} is over"
        until(lambda: over in self._router.said(), "the capture ends with its client")


def test_every_frame_of_a_download_is_in_the_file(lab_: Lab) -> None:
    """What came in by ISP_1 went out to the LAN, and back; checksums are right."""
    router = lab_.spillway
    file = lab_.folder / "all.pcapng"
    capture = Capture(router, f"all {file} filter tcp port 80", file)
    assert download(lab_["pc1"], ISP_1.pinned_server, _SIZE).intact
    capture.leave()
    assert "0 found no room" in router.said().rpartition(f"capture into {file} is over")[2]
    packets = pcapng.read(file)
    seen = Counter((p.interface, p.direction) for p in packets)
    assert seen["ISP_1", "in"] == seen["LAN", "out"] > _SIZE / 1500
    assert seen["LAN", "in"] == seen["ISP_1", "out"] > 3
    assert seen["ISP_2", "in"] == seen["ISP_2", "out"] == 0
    assert all(p.length == len(p.frame) for p in packets)
    assert _payload(packets, "LAN", "out") >= _SIZE
    lines = run_command(["tcpdump", "-n", "-vv", "-r", str(file)]).stdout
    assert lines.count("(correct)") >= len(packets) and "incorrect" not in lines
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_limit_ends_it(lab_: Lab) -> None:
    """One port, headers alone, a number of packets."""
    file = lab_.folder / "some.pcapng"
    capture = Capture(lab_.spillway, f"ISP_2 {file} limit 10 snaplen 60 filter tcp", file)
    assert download(lab_["pc1"], ISP_2.pinned_server, _SIZE).intact
    assert f"{file}: 10 packets, " in capture.rest()
    packets = pcapng.read(file)
    assert len(packets) == 10 and {p.interface for p in packets} == {"ISP_2"}
    assert max(len(p.frame) for p in packets) == 60 < max(p.length for p in packets)
    assert len(run_command(["tcpdump", "-n", "-r", str(file)]).stdout.splitlines()) == 10


def test_R44_no_file_is_overwritten(lab_: Lab) -> None:
    file = lab_.folder / "mine"
    file.write_text("precious")
    router = lab_.spillway
    done = lab_["router"].run(*router.ctl_command("capture", "all", str(file)), check=False)
    assert done.returncode == 1 and "File exists" in done.stderr
    assert file.read_text() == "precious"


def _payload(packets: list[pcapng.Captured], interface: str, direction: str) -> int:
    """Bytes behind the TCP headers, those sent twice included."""
    total = 0
    for p in packets:
        if (p.interface, p.direction) != (interface, direction):
            continue
        header = (p.frame[14] & 15) * 4
        tcp = (p.frame[14 + header + 12] >> 4) * 4
        total += int.from_bytes(p.frame[16:18], "big") - header - tcp
    return total
