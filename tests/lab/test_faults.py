"""The fault panel: each fault shows where it should, only there, and can be mended.

With the kernel as the router, which does not fail over: what it sees is the fault itself.
"""

from pathlib import Path
from typing import Iterator

import pytest

from . import links
from .errors import LabError
from .lab import Lab
from .namespace import Namespace
from .plan import ISP_1, ISP_2, Plan
from .router.kernel import KernelRouter
from .waiting import until


def _kernel(namespace: Namespace, plan: Plan, folder: Path) -> KernelRouter:
    return KernelRouter(namespace, plan)


@pytest.fixture(scope="module", params=["wired", "direct"])
def fault_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    plan = Plan().with_wires() if request.param == "wired" else Plan()
    with Lab(plan, _kernel) as lab:
        yield lab


@pytest.fixture
def broken(fault_lab: Lab) -> Iterator[Lab]:
    yield fault_lab
    assert fault_lab.faults.active == []
    _await_reach(fault_lab, "pc1", ISP_1.pinned_server)


def _reaches(lab: Lab, host: str, address: str) -> bool:
    command = ["ping", "-c", "1", "-W", "1", address]
    return lab[host].run(*command, check=False).returncode == 0


def _await_reach(lab: Lab, host: str, address: str) -> None:
    """A neighbour may have to be resolved first, which a busy machine can take seconds for."""
    until(lambda: _reaches(lab, host, address), f"{host} reaches {address}")


def _carrier(lab: Lab, port: str) -> bool:
    link = links.find(lab["router"], port)
    return link is not None and "NO-CARRIER" not in link["flags"]


def test_cut_takes_the_carrier(broken: Lab) -> None:
    broken.faults.cut(ISP_1)
    assert not _carrier(broken, "wan1") and _carrier(broken, "wan2")
    assert broken.faults.active == ["ISP_1 cut"]
    _await_reach(broken, "pc1", ISP_2.pinned_server)
    broken.faults.join(ISP_1)
    assert _carrier(broken, "wan1")


def test_dead_gateway_answers_neither_arp_nor_ping(broken: Lab) -> None:
    broken.faults.kill_gateway(ISP_1)
    broken["router"].ip("neigh flush dev wan1")
    assert _carrier(broken, "wan1")
    assert not _reaches(broken, "router", ISP_1.gateway)
    neighbours = broken["router"].run("ip", "neigh", "show", "dev", "wan1").stdout
    assert "lladdr" not in neighbours
    assert not _reaches(broken, "internet", ISP_1.ip)
    broken.faults.revive_gateway(ISP_1)
    _await_reach(broken, "router", ISP_1.gateway)


def test_black_hole_lies_behind_the_gateway(broken: Lab) -> None:
    broken.faults.black_hole(ISP_1)
    _await_reach(broken, "router", ISP_1.gateway)
    assert not _reaches(broken, "pc1", ISP_1.pinned_server)
    _await_reach(broken, "pc1", ISP_2.pinned_server)
    broken.faults.end_black_hole(ISP_1)


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "silently"])
def test_gateway_changes_its_mac(broken: Lab, announced: bool) -> None:
    """When it says so, the router's next packet goes to the new one; else once ARP asks again."""
    _await_reach(broken, "router", ISP_1.gateway)
    isp, before = broken[ISP_1.isp], links.mac(broken[ISP_1.isp], "router")
    broken.faults.change_mac(ISP_1, announced)
    after = links.mac(isp, "router")
    assert after != before
    known = broken["router"].run("ip", "neigh", "show", ISP_1.gateway, "dev", "wan1").stdout
    assert (after in known) == announced
    isp.ip(f"link set dev router address {before}")
    broken["router"].ip("neigh flush dev wan1")


def test_wire_settings_need_a_wire(broken: Lab) -> None:
    if not broken.wires:
        with pytest.raises(LabError, match="ISP_1 has no wire"):
            broken.faults.impair(ISP_1, "loss", "100")
        return
    broken.faults.impair(ISP_1, "loss", "100")
    assert broken.faults.active == ["ISP_1 loss 100"]
    assert not _reaches(broken, "pc1", ISP_1.pinned_server)
    _await_reach(broken, "pc1", ISP_2.pinned_server)
    broken.faults.impair(ISP_1, "loss", "0")
