"""A program at a terminal of its own, and somebody who types there."""

import os
import pty
import re
import select
import subprocess
import time
from types import TracebackType
from typing import Optional

from .errors import LabError
from .namespace import ENVIRONMENT, Namespace
from .processes import REPOSITORY, Identity, end_group

# What only moves the cursor, and the carriage's return.
_MOVES = re.compile(r"\x1b(\[[0-9;]*)?[A-Za-z]|\r")


# A history is kept where a test asks for one, and nowhere else.
_TERMINAL = {"TERM": "vt100", "XDG_STATE_HOME": "/proc/nowhere"}


class Terminal:
    """Use as a context manager: the program ends with it."""

    def __init__(
        self, namespace: Namespace, command: list[str], environment: Optional[dict[str, str]] = None
    ) -> None:
        self.master, self.slave = pty.openpty()
        self.shown = ""
        self.popen = subprocess.Popen(
            [*namespace.prefix(), *command],
            stdin=self.slave,
            stdout=self.slave,
            stderr=self.slave,
            env={**ENVIRONMENT, **_TERMINAL, **(environment or {})},
            cwd=REPOSITORY,
            start_new_session=True,
        )
        self.identity = Identity.of(self.popen.pid)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def until(self, text: str, seconds: float = 30) -> str:
        """All that is shown up to `text`, behind what was waited for before."""
        deadline = time.monotonic() + seconds
        while text not in self.shown:
            if not select.select([self.master], [], [], 0.1)[0]:
                if time.monotonic() > deadline:
                    raise LabError(f"{text!r} does not come, but: {self.shown!r}")
                continue
            self.shown = _MOVES.sub("", self.shown + os.read(self.master, 65536).decode())
        before, _, self.shown = self.shown.partition(text)
        return before + text

    def wait(self, seconds: float = 30) -> int:
        """Until the program ends, reading what it says."""
        deadline = time.monotonic() + seconds
        while self.popen.poll() is None:
            if time.monotonic() > deadline:
                raise LabError(f"{self.popen.args}: not done, but: {self.shown!r}")
            if select.select([self.master], [], [], 0.1)[0]:
                self.shown += os.read(self.master, 65536).decode()
        return self.popen.returncode

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        end_group(self.identity)
        self.popen.wait()
        os.close(self.master)
        os.close(self.slave)
