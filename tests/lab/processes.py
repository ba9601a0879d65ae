"""Programs in the background: started in a namespace, remembered, and only those ended."""

import os
import signal
import subprocess
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Callable, Optional

from .errors import LabError
from .namespace import ENVIRONMENT, Namespace
from .waiting import attempt, until

REPOSITORY = Path(__file__).resolve().parents[2]
# Debian's, for which the packages of the laboratory are installed.
PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class Identity:
    """A process id may be used again; with the start time it is that process and no other."""

    pid: int
    started: int

    @staticmethod
    def of(pid: int) -> "Identity":
        return Identity(pid, _start_time(pid) or 0)

    def alive(self) -> bool:
        return _start_time(self.pid) == self.started


def _start_time(pid: int) -> Optional[int]:
    """In clock ticks since boot, proc(5); None for a process that is gone or a zombie."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


class Process:
    """A program in a namespace with its output in a file. Heads a process group of its own."""

    def __init__(self, namespace: Namespace, command: list[str], log: Path) -> None:
        self.namespace = namespace
        self.command = command
        self.log = log
        with open(log, "ab") as output:
            self.popen = subprocess.Popen(
                [*namespace.prefix(), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=ENVIRONMENT,
                cwd=REPOSITORY,
                start_new_session=True,
            )
        self.identity = Identity.of(self.popen.pid)

    @property
    def pid(self) -> int:
        return self.popen.pid

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def running(self) -> bool:
        return self.popen.poll() is None

    def wait(self, seconds: float = 60) -> int:
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired as e:
            raise LabError(f"{self.command[0]}: not done within {seconds:g} s") from e

    def wait_ready(self, ready: Callable[[], object], what: str) -> None:
        """Until `ready()`; at once an error when the program ends before."""

        def ready_or_ended() -> bool:
            if not self.running():
                raise LabError(f"{' '.join(self.command)} ended: {self.said()}")
            return bool(ready())

        until(ready_or_ended, f"{self.command[0]}: {what}", detail=self.said)

    def stop(self, seconds: float = 5) -> int:
        """SIGTERM to the process and whatever it started, SIGKILL if that does not help."""
        end_group(self.identity, seconds)
        return self.popen.wait()


def end_group(identity: Identity, seconds: float = 5) -> None:
    """Ends the process group that `identity` heads, if that is still the same process.

    At last SIGKILL for what the leader leaves behind, such as a server's child for one client.
    """
    if not identity.alive():
        return
    for number in (signal.SIGTERM, signal.SIGKILL):
        attempt(partial(os.killpg, identity.pid, number), ProcessLookupError)
        attempt(partial(_wait_for_end, identity, seconds), LabError)
    attempt(partial(os.killpg, identity.pid, signal.SIGKILL), ProcessLookupError)


def _wait_for_end(identity: Identity, seconds: float) -> bool:
    return until(lambda: not identity.alive(), f"process {identity.pid} ends", seconds)
