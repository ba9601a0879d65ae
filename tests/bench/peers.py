"""What the same frames cost elsewhere: dpdk-testpmd on the same ports, and the Linux kernel."""

import re
import subprocess
import time
from pathlib import Path

from ..lab import links
from ..lab.links import End
from ..lab.namespace import Namespace
from . import frames
from .machine import last_cpu

_PCAP_MAC = "02:70:63:61:70:00"  # of DPDK's net_pcap0
_SECONDS = 2.0
_FLOOD = 500_000

_DROP = """table netdev bench {{
  chain ingress {{
    type filter hook ingress device "{device}" priority 0
    policy drop
  }}
}}
"""
_MASQUERADE = """table ip bench {{
  chain postrouting {{
    type nat hook postrouting priority 100
    oifname "{device}" masquerade
  }}
}}
"""


def port_arguments(capture: Path) -> list[str]:
    """A LAN port that gives the capture's frames for ever, an uplink that swallows what comes."""
    return [f"--vdev=net_pcap0,rx_pcap={capture},infinite_rx=1", "--vdev=net_null0"]


def write_port_capture(path: Path, connections: int = 4096) -> None:
    frames.write_capture(path, connections, _PCAP_MAC)


def testpmd_clocks(mode: str, memory: list[str], capture: Path) -> float:
    """TSC clocks per packet of dpdk-testpmd in a forwarding mode, between the same ports."""
    cpus = f"--lcores=0@0,1@{last_cpu()}"
    command = ["dpdk-testpmd", "--no-pci", "--no-telemetry", cpus, *memory]
    command += [*port_arguments(capture), "--", f"--forward-mode={mode}", "--auto-start"]
    command += ["--no-lsc-interrupt", "--burst=64", "--record-core-cycles"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        time.sleep(_SECONDS)  # it forwards meanwhile, and tells what it took when it ends
        out, _ = process.communicate("\n", timeout=30)
    found = re.search(r"CPU cycles/packet=([0-9.]+)", out)
    if not found:
        raise RuntimeError(f"dpdk-testpmd tells no cycles: {out[-1000:]}")
    return float(found[1])


class KernelRouter:
    """A sender, Linux with masquerade, and a server that drops what comes: a namespace each.

    Everything happens on the CPU that sends: the packet's way through the kernel is what sending
    costs more than sending to somebody who drops at once.
    """

    def __init__(self, name: str, flood: Path, capture: Path) -> None:
        self.sender, self.router, self.server = (
            Namespace(f"{name}-{part}") for part in ("sender", "router", "server")
        )
        self.flood = flood
        self.capture = capture

    def __enter__(self) -> "KernelRouter":
        for namespace in (self.sender, self.router, self.server):
            namespace.create()
        links.connect(End(self.sender, "lan"), End(self.router, "lan", "10.0.0.1/8"))
        links.connect(End(self.router, "wan", "1.1.1.32/24"), End(self.server, "wan"))
        self.router.ip(
            f"link set dev lan address {_PCAP_MAC}",
            "neigh add 1.1.1.1 lladdr 02:00:00:00:01:01 dev wan",
            "route add default via 1.1.1.1",
        )
        self.router.sysctl({"net.ipv4.ip_forward": "1"})
        self._rules(self.server, _DROP, "wan")
        frames.write_capture(self.capture, 4096, _PCAP_MAC)
        return self

    def __exit__(self, *_: object) -> None:
        for namespace in (self.sender, self.router, self.server):
            namespace.delete()

    def clocks(self) -> float:
        """TSC clocks of a packet's way through the router."""
        self._rules(self.router, _DROP, "lan")
        alone = self._send()
        self._rules(self.router, _MASQUERADE, "wan")
        before = self._received()
        through = self._send()
        arrived = self._received() - before
        if arrived < _FLOOD * 0.99:
            raise RuntimeError(f"the kernel forwarded {arrived} of {_FLOOD} packets")
        return through - alone

    def _send(self) -> float:
        cpu = str(last_cpu())
        out = self.sender.run(
            "taskset", "-c", cpu, str(self.flood), "lan", str(self.capture), str(_FLOOD)
        )
        return float(out.stdout)

    def _received(self) -> int:
        path = "/sys/class/net/wan/statistics/rx_packets"
        return int(self.server.run("cat", path).stdout)

    @staticmethod
    def _rules(namespace: Namespace, rules: str, device: str) -> None:
        namespace.nft("flush ruleset\n" + rules.format(device=device))
