"""Spillway as the router, on packet sockets or on taps."""

import json
import os
import shlex
import signal
from pathlib import Path
from typing import Any, Optional

from .. import links
from ..errors import LabError
from ..namespace import Namespace
from ..plan import Plan
from ..processes import Process
from ..programs import built
from ..waiting import until
from .router import Router, Traffic
from .spillway_config import config_text
from .tap_ports import TapPorts

_READY = "forwarding"


class SpillwayRouter(Router):
    kind = "spillway"

    def __init__(self, namespace: Namespace, plan: Plan, folder: Path, taps: bool = False) -> None:
        super().__init__(namespace, plan)
        self.folder = folder
        self.config = folder / "spillway.conf"
        self.socket = folder / "spillway.sock"
        self.process: Optional[Process] = None
        self.taps = TapPorts(namespace, plan) if taps else None

    def command(self, config: Optional[Path] = None, sock: Optional[Path] = None) -> list[str]:
        """SPILLWAY_EAL: arguments for DPDK, where a machine needs some."""
        extra = shlex.split(os.environ.get("SPILLWAY_EAL", ""))
        command = [str(built("control/spillway")), "--config", str(config or self.config)]
        command += ["--socket", str(sock or self.socket)]
        return command + (["--", *extra] if extra else [])

    def start(self) -> None:
        self._write_config(self.plan)
        self.process = Process(self.namespace, self.command(), self.folder / "spillway.log")
        if self.taps:
            self.process.wait_ready(self.taps.present, "makes its tap interfaces")
            self.taps.connect()
        self.process.wait_ready(lambda: _READY in self.said(), "forwards")
        self._ensure_default_route()

    def stop(self) -> None:
        """SIGTERM, and it must end well."""
        if self.process is None:
            return
        process, self.process = self.process, None
        code = process.stop(seconds=20)
        if self.taps:
            self.taps.disconnect()
        if code != 0:
            raise LabError(f"spillway: exit code {code}: {process.said()}")

    def reload(self, plan: Plan) -> None:
        self._write_config(plan)
        self.ctl("reload")
        self.plan = plan

    def hang_up(self) -> None:
        """The other way to reload."""
        assert self.process is not None
        self.process.popen.send_signal(signal.SIGHUP)

    def ctl_command(self, *words: str) -> list[str]:
        return [str(built("control/spillwayctl")), "--socket", str(self.socket), *words]

    def ctl(self, *words: str) -> str:
        return self.namespace.run(*self.ctl_command(*words)).stdout

    def show(self, *words: str) -> Any:
        """What `show` says, as JSON."""
        return json.loads(self.ctl("show", *words, "--json"))

    def counters(self) -> Optional[dict[str, Any]]:
        if self.process is None:
            return None
        return self.show("counters")

    def connections(self) -> dict[str, int]:
        counters = self.counters()
        return {"all": counters["connections"]["open"]} if counters else {}

    def traffic(self) -> dict[str, Traffic]:
        counters = self.counters()
        if counters is None:
            return super().traffic()
        ports = counters["ports"]
        return {
            u.name: Traffic(ports[u.name]["rx_bytes"], ports[u.name]["tx_bytes"])
            for u in self.plan.uplinks
        }

    def said(self) -> str:
        """Its log since it was started first."""
        return self.process.said() if self.process else ""

    def _write_config(self, plan: Plan) -> None:
        ports = {side.port: side.port for side in plan.sides}
        self.config.write_text(config_text(plan, self.taps.names if self.taps else ports))

    def _ensure_default_route(self) -> None:
        """The router's own programs reach the internet by ISP_1, unless Spillway set that up."""
        first = self.plan.uplinks[0]
        until(lambda: links.find(self.namespace, first.name), f"interface {first.name}")
        routes = self.namespace.run("ip", "-j", "route", "show", "default").stdout
        if not json.loads(routes or "[]"):
            self.namespace.ip(f"route add default via {first.gateway} dev {first.name}")
