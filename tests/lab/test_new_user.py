"""The README's way from two network cards to a running router, walked as it stands there."""

import json
import os
import re
import shlex
from pathlib import Path
from typing import Iterator, Optional

import pytest

from .clients import download, seen_address
from .failover import broken
from .lab import Lab
from .plan import WEB_SERVER, Host, Lan, Plan, Uplink
from .processes import REPOSITORY
from .programs import build_folder
from .router.spillway import SpillwayRouter
from .settled import settled
from .waiting import until

_HOME = Lan(address="192.168.88.1/24", hosts=(Host("pc1", "192.168.88.10/24"),))
_ISP_1 = Uplink(1, "203.0.113.10/24", "203.0.113.1")
_ISP_2 = Uplink(2, "198.51.100.10/24", "198.51.100.1", vlan=20)
_PLAN = Plan(lans=(_HOME,), uplinks=(_ISP_1, _ISP_2))

#: What the user does in the editor: here each uplink has a card of its own.
_EDIT = r"sed -i -e s/eth0/lan0/ -e 0,/eth1/s//wan1/ -e s/eth1/wan2/"

#: What the walk changes, nobody else sees.
_PRIVATE = """
set -euo pipefail
mount --make-rprivate /
mkdir "$1"
mount -t tmpfs tmpfs "$1"
for folder in /etc /usr/local; do
  mkdir -p "$1$folder/upper" "$1$folder/work"
  layers="lowerdir=$folder,upperdir=$1$folder/upper,workdir=$1$folder/work"
  mount -t overlay overlay -o "$layers" "$folder"
done
mount -t tmpfs tmpfs /run
mkdir -p /run/lock /etc/dnsmasq.d
"""


def _blocks() -> list[list[str]]:
    """The commands of the README's section, by paragraph, without their comments."""
    text = (REPOSITORY / "README.md").read_text()
    section = re.search(r"^## On your network$(.*?)^## ", text, re.MULTILINE | re.DOTALL)
    assert section
    blocks = re.findall(r"(?:^    .*\n)+", section[1], re.MULTILINE)
    return [[line.split(" #")[0].strip() for line in b.splitlines()] for b in blocks]


def _as_in_here(line: str) -> str:
    """What is done by hand, and the names of the cards, are other ones."""
    line = line.replace("eth0", "lan0").replace("eth1", "wan1")
    return re.sub(r"^nano ", f"{_EDIT} ", line)


class InstalledRouter(SpillwayRouter):
    """Installed, configured and started by the README's commands."""

    def command(self, config: Optional[Path] = None, sock: Optional[Path] = None) -> list[str]:
        walk = [_as_in_here(line) for line in _blocks()[0]]
        start = f"exec {walk.pop()} -- {os.environ.get('SPILLWAY_EAL', '')}"
        script = _PRIVATE + "\n".join([f"cd {shlex.quote(str(REPOSITORY))}", *walk, start])
        build = f"SPILLWAY_BUILD={build_folder().relative_to(REPOSITORY)}"
        scratch = str(self.folder / "walk")
        return ["env", build, "unshare", "--mount", "bash", "-c", script, "walk", scratch]

    def _write_config(self, plan: Plan) -> None:
        """The walk does."""

    def ctl_command(self, *words: str) -> list[str]:
        return self.beside("spillwayctl", *words)

    def beside(self, *words: str) -> list[str]:
        """A command on the same host, with its files."""
        assert self.process is not None
        return ["nsenter", f"--mount=/proc/{self.process.popen.pid}/ns/mnt", *words]


@pytest.fixture(scope="module")
def office(spillway: None) -> Iterator[Lab]:
    with Lab(_PLAN, InstalledRouter) as lab:
        yield lab


@pytest.fixture
def lab(office: Lab) -> Iterator[Lab]:
    yield from settled(office)


def _router(lab: Lab) -> InstalledRouter:
    assert isinstance(lab.router, InstalledRouter)
    return lab.router


def test_the_readme_leads_to_a_running_router(lab: Lab) -> None:
    """Installed, checked, both uplinks up, and the LAN on the internet."""
    router = _router(lab)
    assert "examples: /usr/local" in router.said()
    until(lambda: {u["health"] for u in router.show("uplinks")["uplinks"]} == {"up"}, "both are up")
    assert "forwarding between" in router.ctl("show", "events")
    assert seen_address(lab["pc1"], WEB_SERVER) == _ISP_1.ip
    assert download(lab["pc1"], WEB_SERVER, 2_000_000).intact
    with broken(lab, _ISP_1, "silent gateway"):
        until(lambda: seen_address(lab["pc1"], WEB_SERVER) == _ISP_2.ip, "ISP_2 takes over")
    assert "ISP_1: up -> down" in router.ctl("show", "events")


def test_dnsmasq_serves_the_lan_by_the_companion(lab: Lab) -> None:
    """An address, the gateway and a DNS server; names are asked by whatever uplink is up."""
    router = _router(lab)
    copy, restart = _blocks()[1][1:]
    lab["router"].run(*router.beside(*shlex.split(copy)))
    assert restart == "systemctl restart dnsmasq"
    command = ["dnsmasq", "--keep-in-foreground", "--conf-file=/etc/dnsmasq.d/spillway.conf"]
    lab.start("router", *router.beside(*command, "--dhcp-leasefile=/run/leases", "--pid-file="))
    report = lab.folder / "lease"
    report.write_text('#!/bin/sh\n[ "$1" != bound ] || echo "$ip $router $dns"\n')
    report.chmod(0o700)
    asked = ["udhcpc", "-i", _port_of_pc1(lab), "-q", "-n", "-f", "-t", "20", "-T", "1"]
    lease = lab["pc1"].run(*asked, "-s", str(report)).stdout.split()
    assert re.fullmatch(r"192\.168\.88\.1\d\d", lease[0]) and lease[1:] == [_HOME.ip, _HOME.ip]
    until(lambda: "9.9.9.11" in _look_up(lab, "isp1.lab.test"), "dnsmasq answers")


def _port_of_pc1(lab: Lab) -> str:
    shown = json.loads(lab["pc1"].run("ip", "-j", "route", "get", _HOME.ip).stdout)
    return shown[0]["dev"]


def _look_up(lab: Lab, name: str) -> str:
    command = ["dig", "+short", "+tries=1", "+time=2", f"@{_HOME.ip}", name]
    return lab["pc1"].run(*command, check=False).stdout


def test_the_installed_service_starts_what_the_readme_starts(lab: Lab) -> None:
    """The unit names programs that are there, and the file that --check has seen."""
    router = _router(lab)
    unit = "/usr/local/lib/systemd/system/spillway.service"
    text = lab["router"].run(*router.beside("cat", unit)).stdout
    commands = dict(re.findall(r"^(Exec\w+)=(.*)$", text, re.MULTILINE))
    assert commands["ExecStart"] == f"/usr/local/bin/{_blocks()[0][-1]}"
    assert "balance" in lab["router"].run(*router.beside(*commands["ExecStartPre"].split())).stdout
    assert "reloaded" in lab["router"].run(*router.beside(*commands["ExecReload"].split())).stdout
    lab["router"].run(*router.beside("systemd-analyze", "verify", unit))
