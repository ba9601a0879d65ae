"""Virtual cables between namespaces."""

import json
from dataclasses import dataclass
from typing import Any, Optional

from .errors import LabError
from .namespace import Namespace, run_command


@dataclass(frozen=True)
class End:
    """One end of a veth pair. `address` with prefix length, where the kernel shall have one."""

    namespace: Namespace
    interface: str
    address: Optional[str] = None
    mtu: int = 1500
    # Off: every frame leaves with its checksums done and no longer than the MTU, as on a cable.
    # Between two kernels the short cut does no harm and saves half the work.
    offload: bool = False

    def lines(self) -> list[str]:
        lines = [f"link set dev {self.interface} mtu {self.mtu} up"]
        if self.address:
            lines.append(f"addr add {self.address} dev {self.interface}")
        return lines


def connect(a: End, b: End) -> None:
    """A veth pair, both ends up."""
    a.namespace.ip(
        f"link add name {a.interface} type veth peer name {b.interface} netns {b.namespace.name}"
    )
    for end in (a, b):
        end.namespace.ip(*end.lines())
        if not end.offload:
            end.namespace.run("ethtool", "-K", end.interface, "tx", "off")


def find(namespace: Namespace, interface: str) -> Optional[dict[str, Any]]:
    """What ip(8) says about an interface; None when there is none."""
    done = run_command(
        ["ip", "-n", namespace.name, "-j", "-s", "link", "show", "dev", interface], check=False
    )
    return json.loads(done.stdout)[0] if done.returncode == 0 and done.stdout.strip() else None


def mac(namespace: Namespace, interface: str) -> str:
    link = find(namespace, interface)
    if link is None:
        raise LabError(f"namespace {namespace.name} has no interface {interface}")
    return str(link["address"])


def names(namespace: Namespace) -> set[str]:
    """All interfaces of a namespace but lo."""
    done = run_command(["ip", "-n", namespace.name, "-j", "link", "show"])
    return {link["ifname"] for link in json.loads(done.stdout)} - {"lo"}
