"""lab-wire at work: one cable with faults, steered while it runs."""

import itertools
import json
import os
import socket
from pathlib import Path
from typing import Optional

from .errors import LabError
from .namespace import Namespace
from .processes import Process
from .programs import built
from .waiting import attempt

_ANSWER_S = 10.0
_client_number = itertools.count()


class WireControl:
    """The command socket of a wire, also of one that another process started."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def command(self, line: str) -> str:
        """Sends one command and returns the answer; LabError when the wire refuses it."""
        # An address in the file system: abstract ones do not reach into another namespace.
        own = self.path.with_suffix(f".client-{os.getpid()}-{next(_client_number)}")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.settimeout(_ANSWER_S)
            try:
                client.bind(str(own))
                client.sendto(line.encode(), str(self.path))
                answer = client.recv(4096).decode()
            except OSError as e:
                raise LabError(f"wire {self.path.stem}: {line}: {e}") from e
            finally:
                own.unlink(missing_ok=True)
        if answer.startswith("error: "):
            raise LabError(f"wire {self.path.stem}: {answer[len('error: '):]}")
        return answer

    def counters(self) -> dict[str, dict[str, int]]:
        """By direction, "ab" and "ba"."""
        return json.loads(self.command("counters"))


def start_wire(
    namespace: Namespace,
    name: str,
    folder: Path,
    options: dict[str, str],
    vlan: Optional[int] = None,
    seed: int = 1,
) -> tuple[Process, WireControl]:
    """Between the interfaces NAME-a and NAME-b of a namespace."""
    control = WireControl(folder / f"{name}.wire")
    command = [str(built("tests/lab/lab-wire")), "--a", f"{name}-a", "--b", f"{name}-b"]
    command += ["--control", str(control.path), "--seed", str(seed)]
    if vlan is not None:
        command += ["--vlan-a", str(vlan)]
    for option, value in options.items():
        command += [f"--{option}", value]
    process = Process(namespace, command, folder / f"{name}.wire.log")
    process.wait_ready(lambda: attempt(control.counters, LabError), "takes commands")
    return process, control
