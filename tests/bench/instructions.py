#!/usr/bin/python3
"""Instructions of a packet's way, counted by callgrind and held against those that are committed.

usage: instructions.py PROGRAM [--write]     exit codes: 0 within 3 %, 1 beyond, 77 no valgrind
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_BASELINE = Path(__file__).with_name("instructions.json")
_TOLERANCE = 0.03
_BURST = 64
_COUNTED = "spillway::Pipeline::process(spillway::Burst&, spillway::Pipeline::Origin)"
# What is counted is the difference between a long and a short run: neither start nor warming up.
_CASES = {"udp64": (50, 150), "tcp64": (50, 150), "scan": (10, 60), "open": (16, 48)}


def _count(program: str, case: str, bursts: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        command = ["valgrind", "--tool=callgrind", f"--toggle-collect={_COUNTED}"]
        command += [f"--callgrind-out-file={folder}/out", program, case, str(bursts)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        raise RuntimeError(f"{' '.join(command)}: {done.stdout}{done.stderr}")
    return int(found[1])


def _per_packet(program: str, case: str) -> float:
    few, many = _CASES[case]
    counted = _count(program, case, many) - _count(program, case, few)
    return round(counted / ((many - few) * _BURST), 1)


def main(arguments: list[str]) -> int:
    if shutil.which("valgrind") is None:
        print("valgrind is missing (scripts/setup test)")
        return 77
    program, *options = arguments
    found = {case: _per_packet(program, case) for case in _CASES}
    if options == ["--write"]:
        _BASELINE.write_text(json.dumps(found, indent=2) + "\n")
    before = json.loads(_BASELINE.read_text())
    status = 0
    for case, value in found.items():
        change = value / before[case] - 1
        beyond = abs(change) > _TOLERANCE
        status |= beyond
        print(
            f"{case:<8}{value:>10.1f} instructions per packet, committed {before[case]:.1f} "
            f"({change:+.1%}){' beyond 3 %' if beyond else ''}"
        )
    if status:
        print(f"if this is meant, say so in the commit: {Path(__file__).name} {program} --write")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
