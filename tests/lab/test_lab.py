"""The laboratory itself: it comes and goes whole, and it sees what it is there to see.

With the kernel as the router, whichever router is under test.
"""

import os
import re
import signal
import socket
import subprocess
from functools import partial
from pathlib import Path

import pytest
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import ARP, Ether

from .clients import at_once, download
from .errors import LabError
from .lab import Lab, unique_name
from .namespace import ENVIRONMENT, Namespace
from .plan import ISP_1, Plan
from .processes import PYTHON, REPOSITORY
from .programs import build_folder
from .record import ROOT
from .router.kernel import KernelRouter
from .settled import verify_settled
from .station import Station
from .waiting import until


def _kernel(namespace: Namespace, plan: Plan, folder: Path) -> KernelRouter:
    return KernelRouter(namespace, plan)


def _lab() -> Lab:
    return Lab(Plan(), _kernel)


def _traces(name: str) -> list[str]:
    """What is left of a laboratory: namespaces, files, processes."""
    namespaces = [str(path) for path in Path("/run/netns").glob(f"{name}-*")]
    files = [str(path) for path in ROOT.glob(name)]
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return namespaces + files + re.findall(rf".*\b{name}\b.*", listed.stdout)


def test_nothing_is_left_after_use() -> None:
    with _lab() as lab:
        lab.watch_uplinks()
        assert _traces(lab.name)
    assert not _traces(lab.name)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_nothing_is_left_after_an_error_inside(error: type[BaseException]) -> None:
    with pytest.raises(error):
        with _lab() as lab:
            lab.start("pc1", "sleep", "1000")
            raise error
    assert not _traces(lab.name)


def test_nothing_is_left_when_the_router_does_not_start() -> None:
    class Broken(KernelRouter):
        def start(self) -> None:
            raise LabError("planted")

    lab = Lab(Plan(), lambda namespace, plan, folder: Broken(namespace, plan))
    with pytest.raises(LabError, match="planted"):
        lab.up()
    assert not _traces(lab.name)


def test_two_laboratories_stand_side_by_side() -> None:
    with _lab() as one, _lab() as other:
        fetches = [
            partial(download, lab["pc1"], ISP_1.pinned_server, 2_000_000) for lab in (one, other)
        ]
        assert all(transfer.intact for transfer in at_once(fetches))
    assert not _traces(one.name) and not _traces(other.name)


def _command(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [PYTHON, "-m", "tests.lab", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=REPOSITORY,
        env={**ENVIRONMENT, "SPILLWAY_BUILD": str(build_folder())},
    )


def _line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def _said(*words: str) -> str:
    process = _command(*words)
    return process.communicate(timeout=60)[0] + f"(exit code {process.returncode})"


def test_commands_from_up_to_down() -> None:
    name = ("--name", unique_name())
    try:
        assert "processes: 10 of 10 running" in _said(*name, "up", "--router", "kernel")
        assert "exists; scripts/lab down" in _said(*name, "up")
        assert "1 received" in _said(*name, "run", "ping", "-c", "1", "9.9.9.9")
        assert "inet 192.168.22.11" in _said(*name, "run", "--on", "pc2", "ip", "addr")
        assert "faults: ISP_1 loss 100" in _said(*name, "fault", "ISP_1", "loss", "100")
        assert " 0 received" in _said(*name, "run", "ping", "-c", "1", "-W", "1", "9.9.9.9")
        assert "faults: ISP_1 loss 100" in _said(*name, "status")
        assert "faults: none" in _said(*name, "fault", "ISP_1", "loss", "0")
        assert "allowed: ISP_1, ISP_2" in _said(*name, "fault", "ISP_7", "cut")
        assert "no host pc9" in _said(*name, "shell", "pc9")
    finally:
        assert _said(*name, "down") == "(exit code 0)"
    assert "no laboratory" in _said(*name, "down")
    assert not _traces(name[1])


def test_down_removes_what_a_killed_process_left() -> None:
    name = unique_name()
    demo = _command("--name", name, "demo", "--router", "kernel", "--downloads", "3")
    try:
        until(lambda: "clients" in _line(demo), "the demo shows its clients")
    finally:
        demo.kill()
        demo.communicate()
    assert _traces(name)
    assert _said("--name", name, "down") == "(exit code 0)"
    assert not _traces(name)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_demo_shows_uplinks_and_ends_clean(number: int) -> None:
    name = unique_name()
    demo = _command("--name", name, "demo", "--router", "kernel", "--downloads", "4")
    seen: list[str] = []

    def shows_traffic() -> bool:
        seen.append(_line(demo))
        return bool(re.match(r"ISP_\d +in +█", seen[-1]))

    until(shows_traffic, "traffic is shown", detail=lambda: "".join(seen))
    os.kill(demo.pid, number)
    demo.communicate(timeout=30)
    assert demo.returncode == 1
    assert not _traces(name)


_STRANGERS = {
    "IP source": Ether() / IP(src="192.168.22.10", dst="9.9.9.9") / UDP(),
    "ARP sender": Ether() / ARP(psrc="192.168.22.1", pdst="1.1.1.1"),
    "IPv6": Ether(type=0x86DD) / (b"\x60" + bytes(59)),
}


@pytest.mark.parametrize("frame", _STRANGERS.values(), ids=_STRANGERS.keys())
def test_R23_the_capture_sees_what_it_looks_for(frame: Ether) -> None:
    """A planted frame out of the router's port; and the honest ones before were none."""
    with _lab() as lab:
        captures = lab.watch_uplinks()
        assert download(lab["pc1"], ISP_1.pinned_server, 100_000).intact
        assert captures.strangers() == {}
        frame.src, frame.dst = "02:00:00:00:00:01", "ff:ff:ff:ff:ff:ff"
        Station(lab["router"], "wan1").send(bytes(frame))
        assert list(captures.strangers()) == ["ISP_1"]


def test_R23_a_router_without_translation_is_caught() -> None:
    """A planted fault: LAN addresses leave by the uplinks."""
    with _lab() as lab:
        lab.watch_uplinks()
        lab["router"].nft("flush chain ip router source_nat\n")
        with lab["pc1"].open_socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.sendto(b"untranslated", (ISP_1.pinned_server, 9))
        with pytest.raises(AssertionError, match="R23"):
            verify_settled(lab)
