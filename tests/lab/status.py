"""What stands, in words."""

import json
from functools import partial
from typing import Iterator

from .errors import LabError
from .namespace import run_command
from .record import Record, load, names
from .waiting import attempt
from .wires import WireControl


def all_lines() -> Iterator[str]:
    """Of all laboratories on this machine."""
    # One may go while the others are read.
    records = [attempt(partial(load, name), LabError) for name in names()]
    if not any(records):
        yield "no laboratory stands; scripts/lab up makes one"
    for record in records:
        if record:
            yield from lines_of(record)


def lines_of(record: Record) -> Iterator[str]:
    alive = sum(identity.alive() for identity in record.processes)
    options = ", ".join(f"{key} {value}" for key, value in sorted(record.options.items()) if value)
    yield f"laboratory {record.name}: {options or 'made by a test'}"
    yield f"  processes: {alive} of {len(record.processes)} running"
    for namespace in record.namespaces:
        yield f"  {namespace:<16} {_addresses(namespace)}"
    for path in sorted(record.folder.glob("*.wire")):
        yield f"  wire {path.stem}: {_counters(WireControl(path))}"
    yield f"  faults: {', '.join(record.faults) or 'none'}"


def _addresses(namespace: str) -> str:
    done = run_command(["ip", "-n", namespace, "-4", "-j", "addr", "show"], check=False)
    if done.returncode != 0:
        return "(gone)"
    return " ".join(
        f"{link['ifname']} {address['local']}/{address['prefixlen']}"
        for link in json.loads(done.stdout or "[]")
        for address in link.get("addr_info", [])
        if address["local"] != "127.0.0.1"
    )


def _counters(wire: WireControl) -> str:
    try:
        ways = wire.counters()
    except LabError as e:
        return str(e)
    text = []
    for way, arrow in (("ab", "out"), ("ba", "in")):
        counts = {key: value for key, value in ways[way].items() if value}
        told = ", ".join(f"{value} {key}" for key, value in counts.items())
        text.append(f"{arrow} {told or 'nothing yet'}")
    return "; ".join(text)
