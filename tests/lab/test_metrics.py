"""The router's metrics as Prometheus sees them, through a failover, and with bad clients."""

import json
import re
import socket
from dataclasses import replace
from typing import Any, Iterator

import pytest

from .failover import PLAN, Watch, broken, endless, reloaded, sound, way
from .lab import Lab
from .monitoring import METRICS_PORT, Prometheus, Samples, exposition, get, sample, samples
from .plan import ISP_1, ISP_2, WEB_SERVER
from .processes import REPOSITORY
from .router.spillway import SpillwayRouter
from .services import ECHO_PORT
from .waiting import until

_OTHER_PORT = 9710
_STUCK = 20  # more than the server has threads


@pytest.fixture(scope="module")
def watched_lab(spillway: None) -> Iterator[Lab]:
    with Lab(replace(PLAN, metrics={}), SpillwayRouter) as lab:
        until(lambda: "metrics at http://127.0.0.1:9709/" in _said(lab), "metrics are served")
        yield lab


@pytest.fixture
def lab(watched_lab: Lab) -> Iterator[Lab]:
    yield from sound(watched_lab)


@pytest.fixture(scope="module")
def prometheus(watched_lab: Lab) -> Prometheus:
    prometheus = Prometheus(watched_lab)
    prometheus.await_value("up", 1)
    return prometheus


def _said(lab: Lab) -> str:
    return lab.spillway.said()


def _live(lab: Lab) -> Samples:
    return samples(exposition(lab))


def _names(text: str) -> set[str]:
    return set(re.findall(r"\bspillway_[a-z0-9_]+", text))


def test_R30_R33_R35_prometheus_sees_a_failover(lab: Lab, prometheus: Prometheus) -> None:
    """Active uplink, health, switches and bytes; the alert fires, and ends."""
    switches = 'spillway_switches_total{uplink="ISP_2"}'
    sent = 'spillway_port_bytes_total{port="ISP_2",direction="rx"}'
    down = 'spillway_uplink_health{uplink="ISP_1",state="down"}'
    prometheus.await_value('spillway_uplink_active{uplink="ISP_1"}', 1)
    before = {name: prometheus.value(name) or 0 for name in (switches, sent)}
    lost = endless(lab)
    until(
        lambda: prometheus.value(
            'spillway_connections{mark="Sticky",uplink="ISP_1",state="tcp_established"}'
        ),
        "the downloads are seen",
    )
    with broken(lab, ISP_1, "silent gateway"):
        prometheus.await_value(down, 1)
        prometheus.await_value('spillway_uplink_usable{uplink="ISP_1"}', 0)
        prometheus.await_value('spillway_uplink_active{uplink="ISP_2"}', 1)
        prometheus.await_value(switches, before[switches] + 1)
        assert all("reset by peer" in fetch.error() for fetch in lost)
        assert way(lab) == ISP_2.ip
        until(lambda: (prometheus.value(sent) or 0) > before[sent], "bytes come by ISP_2")
        until(lambda: "SpillwayUplinkDown" in prometheus.firing(), "the alert fires", every=0.1)
        assert "SpillwayNoUplink" not in prometheus.firing()
        assert (prometheus.value('spillway_probe_loss_ratio{uplink="ISP_1",kind="arp"}') or 0) > 0
    prometheus.await_value('spillway_uplink_health{uplink="ISP_1",state="up"}', 1)
    prometheus.await_value('spillway_uplink_active{uplink="ISP_1"}', 1)
    until(lambda: not prometheus.firing(), "the alert ends", every=0.1)
    assert (prometheus.value('spillway_failovers_total{uplink="ISP_1"}') or 0) >= 1
    assert (prometheus.value("spillway_connections_evicted_total") or 0) >= len(lost)


def test_prometheus_takes_all_expressions_of_the_dashboard(
    lab: Lab, prometheus: Prometheus
) -> None:
    """And every metric that dashboard and alerts name is there."""
    dashboard = json.loads((REPOSITORY / "conf/grafana-dashboard.json").read_text())
    expressions = [t["expr"] for panel in dashboard["panels"] for t in panel.get("targets", [])]
    assert len(expressions) > 30
    for expression in expressions:
        prometheus.query(expression.replace("$instance", ".*"))
    named = _names(" ".join(expressions)) | _names(
        (REPOSITORY / "conf/prometheus-alerts.yml").read_text()
    )
    assert named <= _names(exposition(lab))


def test_every_alert_has_a_case_in_which_it_fires() -> None:
    alerts = (REPOSITORY / "conf/prometheus-alerts.yml").read_text()
    cases = (REPOSITORY / "tests/prometheus/alerts_test.yml").read_text()
    fires = re.findall(r"alertname: (\w+)\n *exp_alerts:\n", cases)
    rests = re.findall(r"alertname: (\w+)\n *exp_alerts: \[\]\n", cases)
    assert set(re.findall(r"alert: (\w+)", alerts)) == set(fires) == set(rests)


def test_documentation_and_live_metrics_agree(lab: Lab) -> None:
    """Names, types and meanings; promtool finds nothing to say about them."""
    live = exposition(lab)
    documented = re.findall(
        r"^\| `(spillway_\w+)` \| (\w+) \| .* \| (.*) \|$",
        (REPOSITORY / "docs/metrics.md").read_text(),
        re.MULTILINE,
    )
    types = dict(re.findall(r"^# TYPE (spillway_\w+) (\w+)$", live, re.MULTILINE))
    helps = dict(re.findall(r"^# HELP (spillway_\w+) (.*)$", live, re.MULTILINE))
    assert {name: (kind, text) for name, kind, text in documented} == {
        name: (kind, helps[name]) for name, kind in types.items()
    }
    ours = "\n".join(line for line in live.splitlines() if "exposer_" not in line) + "\n"
    done = lab["router"].run("promtool", "check", "metrics", stdin=ours)
    assert (done.stdout, done.stderr) == ("", "")


def _counted(lab: Lab) -> tuple[dict[str, float], dict[str, float]]:
    """The same figures by the metrics and by `show counters`."""
    live, counters = _live(lab), lab.router.counters()
    assert counters is not None
    shown: dict[str, float] = {}
    for port, counts in counters["ports"].items():
        for key, value in counts.items():
            direction, what = key.split("_")
            name = sample(f"spillway_port_{what}_total", port=port, direction=direction)
            shown[name] = value
    for reason, count in counters["dropped"].items():
        shown[sample("spillway_dropped_packets_total", reason=reason)] = count
    for key in ("punted", "generated", "relayed", "merged", "split"):
        shown[f"spillway_{key}_packets_total"] = counters[key]
    shown["spillway_connections_expired_total"] = counters["connections"]["timed_out"]
    shown["spillway_connections_displaced_total"] = counters["connections"]["displaced"]
    found = {name: live[name] for name in shown}
    for name, key in (("spillway_connections", "open"), ("spillway_connections_opened", "opened")):
        total = "_total" if key == "opened" else ""
        shown[name] = counters["connections"][key]
        found[name] = sum(v for k, v in live.items() if k.startswith(f"{name}{total}{{"))
    return found, shown


def test_R42_metrics_equal_show_counters(lab: Lab) -> None:
    """Once nothing moves: without probes."""
    assert way(lab) == ISP_1.ip
    seen: Any = None

    def equal() -> bool:
        nonlocal seen
        seen = _counted(lab)
        return seen[0] == seen[1]

    with reloaded(lab, probes={"arp": False}):
        until(equal, "metrics equal the counters", detail=lambda: str(seen))
        live = _live(lab)
        drops = {k: v for k, v in live.items() if k.startswith("spillway_dropped_packets_total{")}
        counters = lab.router.counters()
        assert counters is not None
        assert sum(drops.values()) == sum(counters["dropped"].values())


def test_R13_connections_are_counted_by_state(lab: Lab) -> None:
    """A connection opens and closes; what it leaves is waiting for its timeout."""

    def established() -> float:
        key = sample("spillway_connections", mark="Sticky", uplink="ISP_1", state="tcp_established")
        return _live(lab)[key]

    before = established()
    with lab["pc1"].connect(WEB_SERVER, ECHO_PORT) as client:
        client.sendall(b"here")
        assert client.recv(16) == b"here"
        until(lambda: established() == before + 1, "one more is established")
    until(lambda: established() == before, "it is closed")


def test_R44_stuck_scrapers_block_nobody(lab: Lab) -> None:
    """Neither commands nor packets, and after a while not even each other."""
    router = lab["router"]
    stuck = [router.connect("127.0.0.1", METRICS_PORT) for _ in range(_STUCK)]
    for client in stuck:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.sendall(b"GET /metrics HTTP/1.1\r\n")
    assert lab.router.counters() is not None
    assert way(lab) == ISP_1.ip
    assert _live(lab)["spillway_snapshot_age_seconds"] < 5
    for client in stuck:
        client.close()


def test_R44_bad_requests_get_an_error(lab: Lab) -> None:
    router = lab["router"]
    assert get(router, METRICS_PORT, "/")[0] == 404
    assert get(router, METRICS_PORT, "/../../../etc/passwd")[0] == 404
    assert get(router, METRICS_PORT, "/metrics", "POST")[0] == 404
    with router.connect("127.0.0.1", METRICS_PORT) as client:
        client.sendall(b"\x00\xff nonsense\r\n\r\n")
        assert b" 400 " in client.recv(4096)
    assert get(router, METRICS_PORT, "/metrics")[0] == 200


def test_R44_a_busy_port_is_named_and_a_reload_tries_again(lab: Lab) -> None:
    watch, router = Watch(lab), lab["router"]
    other = {"listen": f"127.0.0.1:{_OTHER_PORT}"}
    blocker = router.open_socket(socket.AF_INET, socket.SOCK_STREAM)
    with blocker:
        blocker.bind(("127.0.0.1", _OTHER_PORT))
        blocker.listen()
        lab.router.reload(replace(lab.plan, metrics=other))
        trouble = watch.await_event("trouble", subject="metrics")
        assert trouble["text"].startswith("no metrics at 127.0.0.1:9710: Address already in use")
        assert way(lab) == ISP_1.ip
    lab.router.reload(lab.router.plan)
    until(lambda: "metrics at http://127.0.0.1:9710/" in _said(lab), "served at the other port")
    assert "spillway_up" in exposition(lab, _OTHER_PORT)
    with pytest.raises(ConnectionRefusedError):
        get(router, METRICS_PORT, "/metrics")
    lab.router.reload(lab.plan)
    until(lambda: _said(lab).count("metrics at http://127.0.0.1:9709/") == 2, "and back")
    until(lambda: _live(lab)[sample("spillway_reloads_total", result="done")] >= 3, "counted")
