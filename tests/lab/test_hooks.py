"""Commands that run when something happens: the facts they get, and what becomes of bad ones."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator

import pytest

from .failover import PLAN, Watch, broken, sound, way
from .lab import Lab
from .namespace import Namespace
from .plan import ISP_1, ISP_2, Plan
from .processes import REPOSITORY
from .router.spillway import SpillwayRouter
from .waiting import until

_HANG_MS = 2000


def _hooks(folder: Path) -> tuple[dict[str, Any], ...]:
    """The talk's script, one that shows its environment, one that fails, and one that hangs."""
    script = REPOSITORY / "conf/on-event.sh"
    hang = f"echo $$ > {folder}/hanging; exec sleep 1000"
    return (
        {"on": "switch", "command": f"{script} {folder}/switches"},
        {"on": "switch", "subject": "ISP_2", "command": f"env > {folder}/environment"},
        {"on": "health", "subject": "ISP_2", "command": f"touch {folder}/never"},
        {"on": "link", "command": "exit 3"},
        {"on": "failover", "command": hang, "timeout_ms": _HANG_MS},
    )


def _make(namespace: Namespace, plan: Plan, folder: Path) -> SpillwayRouter:
    return SpillwayRouter(namespace, replace(plan, hooks=_hooks(folder)), folder)


@pytest.fixture(scope="module")
def hook_lab(spillway: None) -> Iterator[Lab]:
    with Lab(PLAN, _make) as lab:
        yield lab


@pytest.fixture
def lab(hook_lab: Lab) -> Iterator[Lab]:
    yield from sound(hook_lab)


def _lines(file: Path, count: int) -> list[str]:
    """Of a file that a command writes, once there are so many."""

    def enough() -> list[str]:
        lines = file.read_text().splitlines() if file.exists() else []
        return lines if len(lines) >= count else []

    return until(enough, f"{file} has {count} lines")


def test_R30_the_talks_on_event_script(lab: Lab) -> None:
    """It is told each switch, there and back, with cause and figures."""
    watch = Watch(lab)
    with broken(lab, ISP_1, "link cut"):
        watch.await_active(ISP_2)
    watch.await_active(ISP_1)
    there, back = _lines(lab.folder / "switches", 2)
    number = watch.await_event("switch", to="ISP_2")["number"]
    assert there.startswith(f"{number}: ISP_1 -> ISP_2 because ISP_1 is down: link lost (ISP_1 ")
    assert ": ISP_2 -> ISP_1 because ISP_1 is up: answers (ISP_1 " in back
    assert there.count("bit/s") == 2


def test_R35_a_command_gets_all_that_the_event_says(lab: Lab) -> None:
    """And of the router's own environment no more than the way to other commands."""
    watch, file = Watch(lab), lab.folder / "environment"
    for old in (file, lab.folder / "never"):
        old.unlink(missing_ok=True)
    with broken(lab, ISP_1, "silent gateway"):
        event = watch.await_event("switch", to="ISP_2")
    got = dict(line.split("=", 1) for line in _lines(file, 10))
    told = {
        "EVENT": "switch",
        "NUMBER": str(event["number"]),
        "TIME_MS": str(event["time_ms"]),
        "SUBJECT": "ISP_2",
        "TEXT": event["text"],
        **{name.upper(): value for name, value in event["facts"].items()},
    }
    assert {name: got.pop(f"SPILLWAY_{name}") for name in told} == told
    assert set(got) <= {"PATH", "HOME", "LANG", "TZ", "PWD", "OLDPWD", "SHLVL", "_"}
    assert not (lab.folder / "never").exists(), "another subject"


def test_R35_a_command_that_hangs_or_fails_is_reported_and_stops_nobody(lab: Lab) -> None:
    watch, file = Watch(lab), lab.folder / "hanging"
    file.unlink(missing_ok=True)
    with broken(lab, ISP_1, "link cut"):
        process = Path("/proc") / _lines(file, 1)[0]
        assert way(lab) == ISP_2.ip
        assert process.exists(), "it still hangs, and all the rest went on"
    failed = watch.await_event("hook", text="`exit 3`: exit code 3")
    assert failed["severity"] == "warning"
    until(lambda: not process.exists(), "the hanging command is ended")
    reports = [event["text"] for event in watch.events("hook")]
    assert any(f"took longer than {_HANG_MS} ms" in report for report in reports)
