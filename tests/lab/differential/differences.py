"""Compares the steps of two routers, field by field, and knows which differences are permitted."""

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Iterator

from .description import Fields
from .exchange import Step

PERMITTED_FILE = Path(__file__).resolve().parents[1] / "permitted_differences.toml"
_PATTERNS = ("scenario", "step", "field", "kernel", "router")


@dataclass(frozen=True)
class Difference:
    scenario: str
    step: str
    field: str  # of a packet, or "packets": how many and which came out by a side
    kernel: str
    router: str

    def __str__(self) -> str:
        return f"{self.scenario} / {self.step}: {self.field}: {self.kernel} -> {self.router}"


@dataclass(frozen=True)
class Permission:
    """Patterns as of a shell; what is left out matches all."""

    patterns: dict[str, str]
    reason: str
    #: Only where several workers share the connections. Their shares are drawn at the start, so
    #: that it may happen or not.
    several_workers: bool = False

    def covers(self, difference: Difference) -> bool:
        return all(
            fnmatchcase(getattr(difference, name), pattern)
            for name, pattern in self.patterns.items()
        )


def load_permissions() -> list[Permission]:
    return parse_permissions(PERMITTED_FILE.read_text())


def parse_permissions(text: str) -> list[Permission]:
    """Raises ValueError for an entry without a reason, or with a key that means nothing."""
    permissions = []
    for number, entry in enumerate(tomllib.loads(text).get("difference", []), start=1):
        reason = str(entry.pop("reason", "")).strip()
        several_workers = bool(entry.pop("several_workers", False))
        unknown = set(entry) - set(_PATTERNS)
        if not reason or unknown or not entry:
            raise ValueError(
                f"{PERMITTED_FILE.name}: entry {number}: needs a reason and any of "
                f"{', '.join(_PATTERNS)}; unknown: {', '.join(sorted(unknown)) or 'none'}"
            )
        permissions.append(Permission(entry, reason, several_workers))
    return permissions


def compare(scenario: str, kernel: list[Step], router: list[Step]) -> list[Difference]:
    """Steps correspond: both routers were given the same."""
    return [
        Difference(scenario, one.label, *found)
        for one, other in zip(kernel, router, strict=True)
        for side in one.out
        for found in _compare_side(side, one.out[side], other.out[side])
    ]


def _compare_side(
    side: str, kernel: list[Fields], router: list[Fields]
) -> Iterator[tuple[str, str, str]]:
    if len(kernel) != len(router):
        yield f"{side} packets", _summary(kernel), _summary(router)
        return
    for one, other in zip(kernel, router):
        for field in sorted(one.keys() | other.keys()):
            values = one.get(field, "absent"), other.get(field, "absent")
            if values[0] != values[1]:
                yield f"{side} {field}", *values


def _summary(packets: list[Fields]) -> str:
    return "; ".join(_packet_summary(fields) for fields in packets) or "nothing"


def _packet_summary(fields: Fields) -> str:
    telling = ("ip.src", "ip.dst", "ip.ttl", "ip.length", "ip.fragment", "port.src", "port.dst")
    more = ("tcp.flags", "icmp.type", "icmp.rest", "l4.checksum")
    return " ".join(
        f"{name.split('.')[1]}={fields[name]}" for name in telling + more if name in fields
    )
