"""The machine for the time of a benchmark: its memory, and the CPU that is measured on."""

import os
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

_PAGES = Path("/sys/kernel/mm/hugepages/hugepages-2048kB")


def last_cpu() -> int:
    """Interrupts and everything else prefer the first."""
    return max(os.sched_getaffinity(0))


@contextmanager
def memory(mib: int) -> Iterator[list[str]]:
    """EAL arguments for so much memory, in hugepages where they can be had; given back at the end."""
    before = _read("nr_hugepages")
    wanted = mib // 2
    try:
        if before is not None and os.geteuid() == 0:
            _write(before + wanted)
        if (_read("free_hugepages") or 0) >= wanted:
            yield ["--in-memory", "-m", str(mib)]
        else:
            yield ["--no-huge", "--no-shconf", "-m", str(mib)]
    finally:
        if before is not None and os.geteuid() == 0:
            _write(before)


def memory_name(arguments: list[str]) -> str:
    return "2 MiB hugepages" if "--in-memory" in arguments else "4 KiB pages"


def run(command: list[str], timeout: float = 600) -> str:
    """Standard output of a command; what it complained of, where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def _read(name: str) -> int | None:
    try:
        return int((_PAGES / name).read_text())
    except OSError:
        return None


def _write(pages: int) -> None:
    try:
        (_PAGES / "nr_hugepages").write_text(str(pages))
    except OSError:
        pass  # a container may not; ordinary pages serve then
