"""What the laboratory asks of any router under test."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Optional

from .. import links
from ..namespace import Namespace
from ..plan import Plan


@dataclass(frozen=True)
class Traffic:
    """Bytes of an uplink since the start."""

    received: int
    sent: int


class Router(ABC):
    """Runs in the namespace `router`, whose interfaces lan0, wan1 ... are up without addresses."""

    kind: str

    def __init__(self, namespace: Namespace, plan: Plan) -> None:
        self.namespace = namespace
        self.plan = plan

    @abstractmethod
    def start(self) -> None:
        """Returns when it forwards."""

    @abstractmethod
    def stop(self) -> None:
        """Leaves the namespace as it was found."""

    @abstractmethod
    def reload(self, plan: Plan) -> None:
        """Takes over another plan for the same ports while it forwards."""

    def counters(self) -> Optional[dict[str, Any]]:
        """The router's own, None where it keeps none."""
        return None

    def connections(self) -> dict[str, int]:
        """By uplink as far as the router tells; under "all" where it tells only their sum."""
        return {}

    def traffic(self) -> dict[str, Traffic]:
        """By uplink. What the kernel counts at the ports is there for every kind of router."""
        return {uplink.name: self._port_traffic(uplink.port) for uplink in self.plan.uplinks}

    def _port_traffic(self, port: str) -> Traffic:
        counts = (links.find(self.namespace, port) or {}).get("stats64", {})
        return Traffic(counts["rx"]["bytes"], counts["tx"]["bytes"])
