"""Laboratories for the tests, and which router they put under test.

    pytest tests/lab --router kernel|spillway --workers N
"""

import os
from dataclasses import replace
from pathlib import Path
from typing import Iterator

import pytest

from .differential.bench import Bench
from .errors import LabError, Unavailable
from .lab import Lab, RouterMaker
from .namespace import Namespace
from .plan import INNER, ISP_1, ISP_2, ISP_3, Lan, LocalService, Plan, PortForward, Uplink
from .programs import build_folder, built, check_machine
from .router.kernel import KernelRouter
from .router.router import Router
from .router.spillway import SpillwayRouter
from .router.spillway_config import WORKERS_VARIABLE
from .services import ECHO_PORT, RSYNC_PORT
from .settled import settled

_NARROW = replace(ISP_3, path_mtu=1280)
_HOME = Lan(hosts=(*Lan().hosts, INNER.via))

#: The network that most tests share.
SHARED = Plan(
    lans=(_HOME,),
    uplinks=(ISP_1, ISP_2, _NARROW),
    routes=(INNER,),
    forwards=(
        PortForward("tcp", RSYNC_PORT, "192.168.22.10"),
        PortForward("tcp", 7007, "192.168.22.11", ECHO_PORT),
        PortForward("udp", 7007, "192.168.22.11", ECHO_PORT),
    ),
    services=(LocalService("tcp", 80),),
)


_LOG_TAIL = 4000  # characters


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--router", choices=["kernel", "spillway"], help="the router under test")
    parser.addoption("--workers", metavar="N", type=int, help="how many Spillway shall have")


def pytest_configure(config: pytest.Config) -> None:
    if (workers := config.getoption("--workers")) is not None:
        os.environ[WORKERS_VARIABLE] = str(workers)


def router_kind(config: pytest.Config) -> str:
    """As asked; else Spillway where it is built with its remote control, else the kernel."""
    asked = config.getoption("--router") or os.environ.get("SPILLWAY_LAB_ROUTER")
    live = (build_folder() / "control/spillwayctl").exists()
    return asked or ("spillway" if live else "kernel")


def pytest_report_header(config: pytest.Config) -> str:
    workers = os.environ.get(WORKERS_VARIABLE, "its own choice of")
    return f"router under test: {router_kind(config)}, {workers} workers, built in {build_folder()}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """No machine for it: every test is skipped, and says why."""
    try:
        check_machine()
        built("tests/lab/lab-wire")
    except (Unavailable, LabError) as e:
        for item in items:
            item.add_marker(pytest.mark.skip(reason=str(e)))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test shows what the router had said."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if not report.failed:
        return
    for value in getattr(item, "funcargs", {}).values():
        if isinstance(value, (Lab, Bench)) and isinstance(value.router, SpillwayRouter):
            report.sections.append(("Spillway's log", value.router.said()[-_LOG_TAIL:]))


@pytest.fixture(scope="session")
def make_router(pytestconfig: pytest.Config) -> RouterMaker:
    """The router under test."""
    kind = router_kind(pytestconfig)

    def make(namespace: Namespace, plan: Plan, folder: Path) -> Router:
        if kind == "kernel":
            return KernelRouter(namespace, plan)
        return SpillwayRouter(namespace, plan, folder)

    return make


@pytest.fixture(scope="session")
def spillway(pytestconfig: pytest.Config) -> None:
    """For tests that need Spillway itself."""
    if router_kind(pytestconfig) != "spillway":
        pytest.skip("needs Spillway as the router under test (--router spillway)")


@pytest.fixture(scope="session")
def shared_lab(make_router: RouterMaker) -> Iterator[Lab]:
    with Lab(SHARED, make_router) as lab:
        lab.watch_uplinks()
        for uplink in SHARED.uplinks:
            lab.services.start_iperf(lab["internet"], uplink.pinned_server)
        lab.services.start_game(lab["internet"])
        lab.services.python(lab["router"], "http", "0.0.0.0", 80)
        lab.services.python(lab["pc2"], "echo", "0.0.0.0", ECHO_PORT)
        yield lab


@pytest.fixture
def lab(shared_lab: Lab) -> Iterator[Lab]:
    yield from settled(shared_lab)


@pytest.fixture(params=[ISP_1, ISP_2], ids=lambda uplink: uplink.name)
def uplink(request: pytest.FixtureRequest) -> Uplink:
    """Each of the two wide uplinks."""
    return request.param


@pytest.fixture(scope="module")
def own_lab(spillway: None) -> Iterator[Lab]:
    """For a module that stops and starts its router."""
    with Lab(Plan(), SpillwayRouter) as lab:
        yield lab


@pytest.fixture
def own_router(own_lab: Lab) -> Iterator[Lab]:
    """The router runs when a test begins, whatever the one before did."""
    if own_lab.spillway.process is None:
        own_lab.router.start()
    yield from settled(own_lab)
