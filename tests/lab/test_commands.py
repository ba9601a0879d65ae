"""Every command that shows something, and those that change something, on a running router; what
JSON has is what docs/commands.md says."""

import re
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Iterator

import pytest

from .clients import download, seen_address
from .failover import PLAN, Watch, endless, sound, way
from .fetch import Fetch
from .lab import Lab
from .plan import ISP_1, ISP_2, WEB_SERVER
from .processes import REPOSITORY
from .router.spillway import SpillwayRouter
from .services import HTTP_PORT
from .waiting import until

_MONITOR = {"interface": "ISP_1", "trigger": "above", "threshold": "500M", "on_event": "ISP_2"}
_PLAN = replace(PLAN, mode="bandwidth", monitors=({"name": "LB1", **_MONITOR},))

#: How each command is given, and where in its answer the documented keys are.
_SHOWN = {
    "port stats": (("port", "stats", "all"), lambda answer: answer["LAN"]),
    "port info": (("port", "info", "all"), lambda answer: answer["ISP_1"]),
    "active": (("active",), lambda answer: answer),
    "monitors": (("monitors",), lambda answer: answer[0]),
    "probes": (("probes",), lambda answer: answer[0]),
    "mangle": (("mangle",), lambda answer: answer[0]),
    "route": (("route",), lambda answer: answer[0]),
    "neighbours": (("neighbours",), lambda answer: answer[0]),
    "workers": (("workers",), lambda answer: answer["workers"][0]),
    "drops": (("drops",), lambda answer: next(iter(answer["reasons"].values()))),
    "version": (("version",), lambda answer: answer),
}
_TEXT_ONLY_KEYS = ("address-lists", "config", "counters", "events", "uplinks")


@pytest.fixture(scope="module")
def commands_lab(spillway: None) -> Iterator[Lab]:
    with Lab(_PLAN, SpillwayRouter) as lab:
        yield lab


@pytest.fixture
def lab(commands_lab: Lab) -> Iterator[Lab]:
    yield from sound(commands_lab)


def _documented(command: str) -> set[str]:
    """Keys in the section of docs/commands.md about this command."""
    text = (REPOSITORY / "docs/commands.md").read_text()
    section = re.search(rf"^### `show {command}`\n(.*?)(?=^##)", text, re.M | re.S)
    assert section, f"docs/commands.md has no section on show {command}"
    rows = re.findall(r"^\| (`[^|]*`) \|", section[1], re.M)
    return {key for row in rows for key in re.findall(r"`([^`]+)`", row)}


def _refused(lab: Lab, *words: str) -> str:
    done = lab["router"].run(*lab.spillway.ctl_command(*words), check=False)
    assert done.returncode == 1, f"{words}: {done.stdout}"
    return done.stderr


@contextmanager
def _set(lab: Lab, command: str, undo: str) -> Iterator[str]:
    router = lab.spillway
    try:
        yield router.ctl(*command.split())
    finally:
        router.ctl(*undo.split())


def _some_traffic(lab: Lab) -> None:
    assert download(lab["pc1"], WEB_SERVER, 100_000, seed=1).intact
    # The router is as far as it comes.
    lab["pc1"].run("ping", "-c", "1", "-W", "1", "-t", "1", WEB_SERVER, check=False)


@pytest.mark.parametrize("command", _SHOWN)
def test_json_is_what_the_docs_say(lab: Lab, command: str) -> None:
    _some_traffic(lab)
    words, find = _SHOWN[command]
    found = find(lab.spillway.show(*words))
    assert set(found) == _documented(command)


def test_every_command_is_documented_and_answers(lab: Lab) -> None:
    """Each one that `help` lists; those that show something also as text."""
    router = lab.spillway
    docs = (REPOSITORY / "docs/commands.md").read_text()
    shown = []
    lines = router.ctl("help").splitlines()
    for line in (line for line in lines if not line.startswith(" ")):
        words = re.match(r"[a-z -]*[a-z]", line.split("  ")[0])
        assert words, line
        command = words[0].removesuffix(" all")
        assert f"`{command}" in docs, line
        if command.startswith("show "):
            shown.append(command)
    assert len(shown) >= len(_SHOWN) + len(_TEXT_ONLY_KEYS)
    for command in shown:
        assert router.ctl(*command.split(), *(["all"] if " port " in command else [])).strip()


def test_show_port_counts_what_passes(lab: Lab) -> None:
    router = lab.spillway
    before = router.show("port", "stats", "all")
    _some_traffic(lab)
    after = router.show("port", "stats", "all")
    assert set(after) == {"LAN", "ISP_1", "ISP_2"}
    assert after["ISP_1"]["rx_bytes"] - before["ISP_1"]["rx_bytes"] > 100_000
    assert after["ISP_1"]["rx_bps"] > 0 and after["LAN"]["tx_pps"] > 0
    assert router.show("port", "info", "LAN")["LAN"]["driver"] == "net_af_packet"
    assert router.show("port", "xstats", "LAN")["LAN"]["rx_good_packets"] > 0
    assert "RX-packets" in router.ctl("show", "port", "stats", "ISP_2")
    assert 'found "wan1"; allowed: all, LAN, ISP_1, ISP_2' in _refused(
        lab, "show", "port", "info", "wan1"
    )


def test_show_mangle_counts_connections(lab: Lab) -> None:
    def sticky() -> dict[str, Any]:
        rules = lab.spillway.show("mangle")
        return next(r for r in rules if r["fields"].get("new-connection-mark") == "Sticky_ISP_1")

    before = sticky()
    assert seen_address(lab["pc1"], WEB_SERVER) == ISP_1.ip
    until(lambda: sticky()["opened"] == before["opened"] + 1, "the connection is counted")
    after = sticky()
    assert 0 < after["live"] <= after["opened"]


def test_show_route_follows_an_administrator(lab: Lab) -> None:
    """The main table, the word for new connections, and connections that stay."""
    router, watch = lab.spillway, Watch(lab)
    old = endless(lab)
    with _set(lab, "set uplink ISP_1 drain", "set uplink ISP_1 up") as answer:
        assert answer.startswith("ISP_1: drain; also over a reload")
        watch.await_health(ISP_1, "draining")
        assert way(lab) == ISP_2.ip
        assert all(fetch.running for fetch in old)
        router.ctl("reload")
        assert router.show("active")["active"] == "ISP_2", "a reload does not forget it"
    watch.await_active(ISP_1)
    with _set(lab, "set uplink ISP_1 down", "set uplink ISP_1 up"):
        watch.await_health(ISP_1, "admin-down")
        main = [r for r in router.show("route") if r["table"] == "main" and not r["connected"]]
        assert [(r["interface"], r["status"], r["active"]) for r in main] == [
            ("ISP_1", "disabled", False),
            ("ISP_2", "reachable", True),
        ]
        assert router.show("active")["cause"].startswith("ISP_1 is admin-down: administrator")
    watch.await_event("config", subject="ISP_1", cause="administrator")
    watch.await_event("health", subject="ISP_1", to="admin-down", cause="administrator")
    assert all("reset by peer" in fetch.error() for fetch in old)


def test_R30_set_threshold_takes_effect_at_once(lab: Lab) -> None:
    router, watch = lab.spillway, Watch(lab)
    load = endless(lab)
    router.ctl("set", "uplink", "ISP_1", "threshold", "100k", "50k")
    watch.await_active(ISP_2)
    assert router.show("config")["uplinks"][0]["threshold"]["spill_above"] == 100_000
    router.ctl("reload")
    watch.await_active(ISP_1)
    assert "threshold" not in router.show("config")["uplinks"][0], "the file has none"
    assert all(fetch.running for fetch in load)
    for fetch in load:
        fetch.stop()


def test_set_balance_mode_and_log_level(lab: Lab) -> None:
    router = lab.spillway
    with _set(lab, "set balance mode failover", "reload"):
        assert router.show("active")["mode"] == "failover"
        assert router.show("config")["balance"]["mode"] == "failover"
    assert router.show("active")["mode"] == "bandwidth"
    with _set(lab, "set log level debug", "set log level info") as answer:
        assert answer == "log level debug; until the router ends\n"


def test_R44_what_is_refused_changes_nothing(lab: Lab) -> None:
    router, watch = lab.spillway, Watch(lab)
    before = router.show("config")
    assert "ISP_1, ISP_2" in _refused(lab, "set", "uplink", "wan1", "down")
    assert "at most spill_above" in _refused(lab, "set", "uplink", "ISP_1", "threshold", "5M", "6M")
    assert "states its capacity" in _refused(lab, "set", "balance", "mode", "weighted")
    assert router.show("config") == before
    assert watch.events("config") == []


def test_stop_and_start_forwarding(lab: Lab) -> None:
    """Nothing passes, the router stays reachable, health and connections outlive it."""
    router, watch = lab.spillway, Watch(lab)
    old = endless(lab)
    with _set(lab, "stop", "start") as answer:
        assert answer == "forwarding is stopped\n"
        until(_Still(old), "the downloads stand still", every=0.5)
        assert not _connects(lab)
        assert router.ctl("stop") == "already forwarding is stopped\n"
        assert not router.show("active")["forwarding"]
        done = lab["pc1"].run("ping", "-c", "1", "-W", "5", lab.plan.lans[0].ip, check=False)
        assert done.returncode == 0, "the router itself answers"
        router.ctl("reload")
        assert not _connects(lab), "a reload does not start it"
        drops = router.show("drops")["reasons"]["stopped"]
        assert drops["total"] > 0 and drops["ports"]["LAN"] > 0
    assert way(lab) == ISP_1.ip
    before = [fetch.received for fetch in old]
    until(lambda: all(f.received > b for f, b in zip(old, before)), "the downloads go on")
    assert [e["facts"]["state"] for e in watch.events("start")] == ["stopped", "started"]
    assert watch.events("health", "switch") == []
    for fetch in old:
        fetch.stop()


class _Still:
    """Whether nothing has come since it was asked last."""

    def __init__(self, fetches: list[Fetch]) -> None:
        self.fetches = fetches
        self.before: list[int] = []

    def __call__(self) -> bool:
        now = [fetch.received for fetch in self.fetches]
        last, self.before = self.before, now
        return last == now


def _connects(lab: Lab) -> bool:
    try:
        lab["pc1"].connect(WEB_SERVER, HTTP_PORT, timeout=1).close()
    except OSError:
        return False
    return True
