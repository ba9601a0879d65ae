"""DPDK's telemetry socket: the router's own endpoints, by its protocol and by DPDK's script."""

import json
import shutil
from typing import Any, Iterator

import pytest

from .failover import PLAN, Watch, broken, way
from .lab import Lab
from .monitoring import Telemetry
from .plan import ISP_1
from .processes import Process
from .router.spillway import SpillwayRouter
from .settled import settled
from .waiting import until


@pytest.fixture(scope="module")
def own_lab(spillway: None) -> Iterator[Lab]:
    with Lab(PLAN, SpillwayRouter) as lab:
        yield lab


@pytest.fixture
def lab(own_lab: Lab) -> Iterator[Lab]:
    yield from settled(own_lab)


def _process(lab: Lab) -> Process:
    assert lab.spillway.process is not None
    return lab.spillway.process


@pytest.fixture
def telemetry(lab: Lab) -> Telemetry:
    return Telemetry(_process(lab).pid)


def test_endpoints_are_listed_with_their_help(telemetry: Telemetry) -> None:
    listed = [path for path in telemetry.ask("/") if path.startswith("/spillway/")]
    names = ["connections", "counters", "drops", "events", "uplink", "uplinks", "workers"]
    assert listed == [f"/spillway/{name}" for name in names]
    for path in listed:
        assert telemetry.ask(f"/help,{path}"), path
    assert telemetry.ask("/ethdev/list") == [0, 1, 2], "DPDK's own are there as well"


def test_R33_uplinks_and_events_tell_of_an_outage(lab: Lab, telemetry: Telemetry) -> None:
    watch = Watch(lab)
    watch.await_health(ISP_1, "up")
    until(lambda: telemetry.ask("/spillway/uplinks")["active"] == "ISP_1", "ISP_1 is active")
    with broken(lab, ISP_1, "link cut"):
        until(lambda: telemetry.ask("/spillway/uplinks")["active"] == "ISP_2", "ISP_2 is active")
        first = telemetry.ask("/spillway/uplink,ISP_1")
        assert (first["health"], first["reason"], first["active"]) == ("down", "link lost", 0)
        assert first["probes"]["0"]["target"] == ISP_1.gateway
        switch = watch.await_event("switch", to="ISP_2")

        def told() -> bool:
            events: dict[str, Any] = telemetry.ask("/spillway/events,32")["events"]
            return switch["text"][:127] in [event["text"] for event in events.values()]

        until(told, "the switch is told")
    watch.await_active(ISP_1)


def test_R42_counters_connections_and_workers(lab: Lab, telemetry: Telemetry) -> None:
    opened = telemetry.ask("/spillway/connections")["opened"]
    assert way(lab) is not None
    until(
        lambda: telemetry.ask("/spillway/connections")["opened"] > opened,
        "the new connection is counted",
    )
    connections = telemetry.ask("/spillway/connections")
    assert sum(connections["states"].values()) == connections["open"]
    assert sum(pair["open"] for pair in connections["marks"].values()) == connections["open"]
    counters = telemetry.ask("/spillway/counters")
    ports = {port["name"]: port for port in counters["ports"].values()}
    assert list(ports) == ["LAN", "ISP_1", "ISP_2", "linux"]
    assert ports["LAN"]["rx_bytes"] > 0 and counters["received"] > 0
    workers = telemetry.ask("/spillway/workers")
    assert workers["workers"]["0"]["iterations"] > 0
    assert workers["buffers"] > workers["buffers_in_use"]
    assert telemetry.ask("/spillway/drops")["table_full"] == 0


def test_R44_bad_parameters_are_named(telemetry: Telemetry) -> None:
    assert telemetry.ask("/spillway/uplink,ISP_9") == {
        "error": 'found "ISP_9"; allowed: ISP_1, ISP_2'
    }
    assert telemetry.ask("/spillway/uplink")["error"].startswith('found ""')
    for bad in ("0", "x", "-1", "1000", "\xe4\xff"):
        assert "a number from 1 to 32" in telemetry.ask(f"/spillway/events,{bad}")["error"]


def test_dpdks_script_reads_them(lab: Lab, telemetry: Telemetry) -> None:
    """The one that comes with DPDK; it names sockets by their suffix."""
    if shutil.which("dpdk-telemetry.py", path="/usr/bin") is None:
        pytest.skip("dpdk-telemetry.py is missing (scripts/setup lab)")
    command = ["/usr/bin/python3", "/usr/bin/dpdk-telemetry.py", "-f", "spillway"]
    _, colon, instance = telemetry.path.name.partition(":")
    if colon:
        command += ["-i", instance]
    done = lab["router"].run(*command, stdin="/spillway/uplinks\n/spillway/workers\n")
    answers = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    found = {key: value for answer in answers for key, value in answer.items()}
    assert found["/spillway/uplinks"]["uplinks"]["1"]["name"] == "ISP_2"
    assert "0" in found["/spillway/workers"]["workers"]


def test_R42_the_socket_goes_with_the_router(lab: Lab, telemetry: Telemetry) -> None:
    """Each of two routers has its own; a killed one's is taken over."""
    with Lab(PLAN, SpillwayRouter) as other:
        theirs = Telemetry(_process(other).pid).path
        assert theirs != telemetry.path
        assert telemetry.ask("/spillway/uplinks")["uplinks"]["0"]["name"] == "ISP_1"
    assert not theirs.exists()
    process = _process(lab)
    process.popen.kill()
    process.popen.wait()
    lab.spillway.process = None
    lab.router.start()
    path = Telemetry(_process(lab).pid).path
    assert Telemetry(_process(lab).pid).ask("/spillway/workers")
    lab.router.stop()
    assert not path.exists()
    lab.router.start()
