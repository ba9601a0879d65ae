"""One network namespace: made, used, removed."""

import ctypes
import os
import socket
import subprocess
import threading
from pathlib import Path
from typing import Callable, TypeVar

from .errors import LabError

T = TypeVar("T")

_NETNS = Path("/run/netns")
_CLONE_NEWNET = 0x40000000
_LIBC = ctypes.CDLL(None, use_errno=True)

# Proxies and locales of the caller are none of the laboratory's business.
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "LC_ALL": "C.UTF-8",
    "HOME": "/nonexistent",
    "TERM": os.environ.get("TERM", "dumb"),
    "PYTHONDONTWRITEBYTECODE": "1",
}

# No neighbour discovery or router solicitation disturbs a capture, and ICMP errors are not
# throttled, so that the same traceroute may run twice.
_QUIET = {
    "net.ipv6.conf.all.disable_ipv6": "1",
    "net.ipv6.conf.default.disable_ipv6": "1",
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
    "net.ipv4.icmp_ratelimit": "0",
}


def run_command(
    command: list[str], timeout: float = 60, check: bool = True, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """A command to its end; LabError with everything it said where it fails."""
    try:
        done = subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=timeout, env=ENVIRONMENT
        )
    except subprocess.TimeoutExpired as e:
        raise LabError(f"{' '.join(command)}: not done within {timeout:g} s") from e
    if check and done.returncode != 0:
        raise LabError(
            f"{' '.join(command)}: exit code {done.returncode}: {done.stdout}{done.stderr}".rstrip()
        )
    return done


class Namespace:
    """A named network namespace. `create` and `delete` are the owner's to call."""

    def __init__(self, name: str) -> None:
        self.name = name

    def create(self) -> None:
        run_command(["ip", "netns", "add", self.name])
        self.sysctl(_QUIET)
        self.ip("link set lo up")

    def delete(self) -> None:
        if self.exists():
            run_command(["ip", "netns", "del", self.name])

    def exists(self) -> bool:
        return (_NETNS / self.name).exists()

    def prefix(self) -> list[str]:
        """What stands before a command that runs in here; the command keeps the process id."""
        return ["ip", "netns", "exec", self.name]

    def run(
        self, *command: str, timeout: float = 60, check: bool = True, stdin: str = ""
    ) -> subprocess.CompletedProcess[str]:
        return run_command([*self.prefix(), *command], timeout, check, stdin)

    def ip(self, *lines: str) -> None:
        """Commands of ip(8), one a line, in one process."""
        run_command(["ip", "-n", self.name, "-batch", "-"], stdin="\n".join(lines) + "\n")

    def nft(self, rules: str) -> None:
        self.run("nft", "-f", "-", stdin=rules)

    def sysctl(self, values: dict[str, str]) -> None:
        self.run("sysctl", "-q", "-w", *(f"{key}={value}" for key, value in values.items()))

    def inside(self, action: Callable[[], T]) -> T:
        """Runs `action` in a thread that is in the namespace; sockets made there stay there."""
        outcome: list[T] = []
        failure: list[BaseException] = []

        def enter_and_act() -> None:
            try:
                _enter(self.name)
                outcome.append(action())
            except BaseException as e:  # pylint: disable=broad-except
                failure.append(e)

        thread = threading.Thread(target=enter_and_act)
        thread.start()
        thread.join()
        if failure:
            raise failure[0]
        return outcome[0]

    def open_socket(self, family: int, kind: int, protocol: int = 0) -> socket.socket:
        return self.inside(lambda: socket.socket(family, kind, protocol))

    def connect(self, address: str, port: int, timeout: float = 5) -> socket.socket:
        return self.inside(lambda: socket.create_connection((address, port), timeout))


def _enter(name: str) -> None:
    with open(_NETNS / name, "rb") as namespace:
        if _LIBC.setns(namespace.fileno(), _CLONE_NEWNET) != 0:
            raise LabError(f"namespace {name}: {os.strerror(ctypes.get_errno())}")
