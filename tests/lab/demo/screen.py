"""Draws lines over the ones before, or below them where the output is no terminal."""

import shutil
import sys
from typing import TextIO

_HOME = "\x1b[H"
_CLEAR_LINE = "\x1b[K"
_CLEAR_BELOW = "\x1b[J"
_OTHER_SCREEN = "\x1b[?1049h\x1b[?25l"
_OWN_SCREEN = "\x1b[?25h\x1b[?1049l"


class Screen:
    """A context manager: the terminal is given back as it was."""

    def __init__(self, out: TextIO = sys.stdout) -> None:
        self._out = out
        self._terminal = out.isatty()

    def __enter__(self) -> "Screen":
        self._write(_OTHER_SCREEN if self._terminal else "")
        return self

    def __exit__(self, *_: object) -> None:
        self._write(_OWN_SCREEN if self._terminal else "")

    def draw(self, lines: list[str]) -> None:
        if not self._terminal:
            self._write("\n".join(line for line in lines if line) + "\n\n")
            return
        columns, rows = shutil.get_terminal_size()
        shown = [line[:columns] + _CLEAR_LINE for line in lines[: rows - 1]]
        self._write(_HOME + "\n".join(shown) + _CLEAR_BELOW)

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()
