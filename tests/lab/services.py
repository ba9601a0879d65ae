"""The servers of a laboratory: where each stands and when it is ready."""

import socket
from pathlib import Path
from typing import Optional

from .namespace import Namespace
from .plan import DNS_SERVER, Plan
from .processes import PYTHON, Process
from .waiting import attempt

HTTP_PORT = 80
ECHO_PORT = 7
GAME_PORT = 27015
IPERF_PORT = 5201
RSYNC_PORT = 873
DOMAIN = "lab.test"


class Services:
    """Starts programs and remembers them by `remember`."""

    def __init__(self, plan: Plan, folder: Path) -> None:
        self.plan = plan
        self.folder = folder
        self.processes: list[Process] = []

    def start(
        self,
        namespace: Namespace,
        command: list[str],
        log: str,
        address: str,
        port: int,
    ) -> Process:
        """A server that is ready when it takes a TCP connection."""
        process = Process(namespace, command, self.folder / f"{log}.log")
        self.processes.append(process)
        process.wait_ready(lambda: _connects(namespace, address, port), f"listens at {port}")
        return process

    def python(self, namespace: Namespace, server: str, address: str, port: int) -> Process:
        module = f"tests.lab.servers.{server}"
        command = [PYTHON, "-m", module, address, str(port)]
        log = f"{namespace.name}-{server}-{port}"
        return self.start(namespace, command, log, _reachable(address), port)

    def start_internet(self, internet: Namespace) -> None:
        """One of each for all addresses of the internet; iperf3 serves one client at a time."""
        self.python(internet, "http", "0.0.0.0", HTTP_PORT)
        self.python(internet, "echo", "0.0.0.0", ECHO_PORT)
        self.start_dns(internet)

    def start_dns(self, internet: Namespace) -> None:
        names = {f"{name}.{DOMAIN}": address for name, address in self._names().items()}
        command = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv"]
        command += ["--no-hosts", "--pid-file=", "--user=root", "--log-facility=-"]
        command += [f"--listen-address={DNS_SERVER}", "--bind-interfaces", "--local-ttl=0"]
        command += [f"--address=/{name}/{address}" for name, address in names.items()]
        self.start(internet, command, "dns", DNS_SERVER, 53)

    def _names(self) -> dict[str, str]:
        pinned = {f"{uplink.isp}": uplink.pinned_server for uplink in self.plan.uplinks}
        return {"dns": DNS_SERVER, **pinned}

    def start_iperf(self, namespace: Namespace, address: str) -> Process:
        command = ["iperf3", "--server", "--bind", address, "--port", str(IPERF_PORT)]
        return self.start(namespace, command, f"iperf-{address}", address, IPERF_PORT)

    def start_rsync(self, namespace: Namespace, shared: Path) -> Process:
        """A daemon that gives the folder `shared` to all, read only, as module `files`."""
        settings = self.folder / f"{namespace.name}-rsyncd.conf"
        settings.write_text(
            f"use chroot = no\nuid = root\nreverse lookup = no\n"
            f"[files]\npath = {shared}\nread only = yes\n"
        )
        command = ["rsync", "--daemon", "--no-detach", f"--config={settings}"]
        command += [f"--port={RSYNC_PORT}", "--log-file=/dev/stderr"]
        return self.start(namespace, command, "rsync", "127.0.0.1", RSYNC_PORT)

    def start_game(self, namespace: Namespace) -> Process:
        """UDP only: ready when it answers."""
        command = [PYTHON, "-m", "tests.lab.servers.game", "0.0.0.0", str(GAME_PORT)]
        process = Process(namespace, command, self.folder / f"{namespace.name}-game.log")
        self.processes.append(process)
        process.wait_ready(lambda: _answers(namespace, GAME_PORT), "answers")
        return process

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.stop()
        self.processes.clear()


def _reachable(address: str) -> str:
    return "127.0.0.1" if address == "0.0.0.0" else address


def _connects(namespace: Namespace, address: str, port: int) -> bool:
    connection = attempt(lambda: namespace.connect(address, port, timeout=1), OSError)
    if connection is None:
        return False
    connection.close()
    return True


def _answers(namespace: Namespace, port: int) -> Optional[bytes]:
    with namespace.open_socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        client.connect(("127.0.0.1", port))
        return attempt(lambda: (client.send(b'{"end": 0}'), client.recv(2048))[1], OSError)
