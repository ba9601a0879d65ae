"""What watches a router: Prometheus and its format, and DPDK's telemetry."""

import http.client
import json
import re
import socket
from pathlib import Path
from typing import Any, Optional
from urllib.parse import quote

from .lab import Lab
from .namespace import Namespace
from .processes import REPOSITORY, Process
from .waiting import attempt, until

METRICS_PORT = 9709
_PROMETHEUS_PORT = 9090
_TELEMETRY = Path("/var/run/dpdk/spillway")

#: `name{label="value"}` to its value, labels in the order of the alphabet.
Samples = dict[str, float]


def get(namespace: Namespace, port: int, path: str, method: str = "GET") -> tuple[int, str]:
    """Status and body of what an HTTP server at 127.0.0.1 says."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.sock = namespace.connect("127.0.0.1", port, timeout=30)
    connection.request(method, path)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


def exposition(lab: Lab, port: int = METRICS_PORT) -> str:
    status, body = get(lab["router"], port, "/metrics")
    assert status == 200, body
    return body


def samples(text: str) -> Samples:
    """Of the text format; no label of ours holds a quote or a brace."""
    found: Samples = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        series, _, value = line.rpartition(" ")
        name, _, labels = series.partition("{")
        found[sample(name, **dict(re.findall(r'(\w+)="([^"]*)"', labels)))] = float(value)
    return found


def sample(name: str, **labels: str) -> str:
    """The key of a sample."""
    inside = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return f"{name}{{{inside}}}" if inside else name


class Prometheus:
    """The real one, in the router's namespace; it ends with the laboratory."""

    def __init__(self, lab: Lab) -> None:
        self.namespace = lab["router"]
        config = lab.folder / "prometheus.yml"
        config.write_text(
            "global: { scrape_interval: 500ms, scrape_timeout: 500ms, evaluation_interval: 500ms }\n"
            f"rule_files: [ {REPOSITORY}/conf/prometheus-alerts.yml ]\n"
            "scrape_configs:\n"
            "  - job_name: spillway\n"
            f"    static_configs: [ {{ targets: [ '127.0.0.1:{METRICS_PORT}' ] }} ]\n"
        )
        self.process: Process = lab.start(
            "router",
            "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={lab.folder}/prometheus",
            f"--web.listen-address=127.0.0.1:{_PROMETHEUS_PORT}",
        )
        self.process.wait_ready(self._ready, "is ready")

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The instant vector that an expression gives."""
        return self._api(f"query?query={quote(expression)}")["result"]

    def value(self, expression: str) -> Optional[float]:
        """Of an expression that gives one sample; None while it gives none."""
        result = self.query(expression)
        assert len(result) <= 1, f"{expression}: {result}"
        return float(result[0]["value"][1]) if result else None

    def await_value(self, expression: str, value: float) -> None:
        until(
            lambda: self.value(expression) == value,
            f"{expression} is {value:g}",
            every=0.1,
            detail=lambda: str(self.query(expression)),
        )

    def firing(self) -> set[str]:
        alerts = self._api("alerts")["alerts"]
        return {alert["labels"]["alertname"] for alert in alerts if alert["state"] == "firing"}

    def _api(self, path: str) -> Any:
        answer = json.loads(get(self.namespace, _PROMETHEUS_PORT, f"/api/v1/{path}")[1])
        assert answer["status"] == "success", answer
        return answer["data"]

    def _ready(self) -> bool:
        answer = attempt(lambda: get(self.namespace, _PROMETHEUS_PORT, "/-/ready"), OSError)
        return answer is not None and answer[0] == 200


class Telemetry:
    """DPDK's socket of the router with this process id."""

    def __init__(self, pid: int) -> None:
        self.path = until(lambda: _socket_of(pid), f"process {pid} has a telemetry socket")

    def ask(self, endpoint: str) -> Any:
        with _Visit(self.path) as (client, greeting):
            client.send(endpoint.encode())
            answer = client.recv(greeting["max_output_len"]).decode()
            return json.loads(answer)[endpoint.partition(",")[0]]


class _Visit:
    """A client and what it was greeted with."""

    def __init__(self, path: Path) -> None:
        self.client = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.client.settimeout(30)
        self.path = path

    def __enter__(self) -> tuple[socket.socket, dict[str, Any]]:
        self.client.connect(str(self.path))
        return self.client, json.loads(self.client.recv(1024).decode())

    def __exit__(self, *_: object) -> None:
        self.client.close()


def _pid_behind(path: Path) -> int:
    with _Visit(path) as (_, greeting):
        return greeting["pid"]


def _socket_of(pid: int) -> Optional[Path]:
    """Each router on the machine has one there, with a suffix of its own."""
    for path in _TELEMETRY.glob("dpdk_telemetry.v2*"):
        if attempt(lambda at=path: _pid_behind(at), OSError) == pid:  # type: ignore[misc]
            return path
    return None
