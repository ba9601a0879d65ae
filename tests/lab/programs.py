"""Where the programs come from: the project's build folder and Debian's packages."""

import os
import shutil
from pathlib import Path

from .errors import LabError, Unavailable
from .namespace import ENVIRONMENT
from .processes import REPOSITORY

NEEDED = (
    "ip nft ethtool sysctl tcpdump iperf3 dnsmasq rsync traceroute tracepath ping dig curl".split()
)


def build_folder() -> Path:
    """SPILLWAY_BUILD, or the folder that scripts/lab builds in."""
    return REPOSITORY / os.environ.get("SPILLWAY_BUILD", "build/lab")


def built(program: str) -> Path:
    """A program of this project, such as "tests/lab/lab-wire"."""
    path = build_folder() / program
    if not path.exists():
        raise LabError(f"{path} is missing: build it (ninja -C {build_folder()} {program})")
    return path


def check_machine() -> None:
    """Unavailable with the reason where no laboratory can stand."""
    if os.geteuid() != 0:
        raise Unavailable("network namespaces need root")
    missing = [p for p in NEEDED if shutil.which(p, path=ENVIRONMENT["PATH"]) is None]
    if missing:
        raise Unavailable(f"missing programs: {' '.join(missing)} (scripts/setup lab)")
    if not Path("/proc/self/ns/net").exists():
        raise Unavailable("this kernel has no network namespaces")
