"""The router under test beside the kernel's, packet by packet."""

import functools
from pathlib import Path
from typing import Callable, Iterator

import pytest

from .differential.bench import Bench
from .differential.differences import (
    Permission,
    compare,
    load_permissions,
)
from .differential.exchange import Exchange, Step
from .differential.scenarios import SCENARIOS, Scenario
from .lab import RouterMaker
from .namespace import Namespace
from .plan import Plan
from .router.kernel import KernelRouter
from .router.router import Router
from .router.spillway import SpillwayRouter
from .router.spillway_config import asked_workers
from .settled import await_balance


pytestmark = pytest.mark.several_workers


@pytest.fixture(scope="module")
def kernel_steps() -> Iterator[Callable[[str], list[Step]]]:
    """What the kernel does in a scenario. Played once: connections stay when a scenario has ended,
    and would be there when it begins again."""
    with Bench(lambda namespace, plan, folder: KernelRouter(namespace, plan)) as bench:
        Exchange(bench).warm_up()
        yield functools.cache(lambda name: _play(SCENARIOS[name], bench))


def _on_taps(namespace: Namespace, plan: Plan, folder: Path) -> Router:
    return SpillwayRouter(namespace, plan, folder, taps=True)


@pytest.fixture(scope="module", params=["packet sockets", "taps"])
def router_bench(request: pytest.FixtureRequest, make_router: RouterMaker) -> Iterator[Bench]:
    """Packet sockets of DPDK get fragments joined by the kernel; taps show them to the router."""
    if request.param == "taps":
        request.getfixturevalue("spillway")
        make_router = _on_taps
    with Bench(make_router) as bench:
        Exchange(bench).warm_up()
        yield bench
        await_balance(bench.router)


@pytest.fixture(scope="module")
def permissions() -> list[Permission]:
    return [p for p in load_permissions() if asked_workers() > 1 or not p.several_workers]


@pytest.fixture(scope="module")
def applied() -> set[int]:
    """Which entries of the list were needed, by position."""
    return set()


def _play(scenario: Scenario, bench: Bench, reference: list[Step] | None = None) -> list[Step]:
    exchange = Exchange(bench, reference)
    scenario(exchange)
    return exchange.steps


@pytest.mark.parametrize("name", SCENARIOS)
def test_same_as_the_kernel(
    name: str,
    kernel_steps: Callable[[str], list[Step]],
    router_bench: Bench,
    permissions: list[Permission],
    applied: set[int],
) -> None:
    reference = kernel_steps(name)
    steps = _play(SCENARIOS[name], router_bench, reference)
    unlisted = []
    for difference in compare(name, reference, steps):
        covering = [at for at, p in enumerate(permissions) if p.covers(difference)]
        applied.update(covering)
        if not covering:
            unlisted.append(str(difference))
    if unlisted:
        pytest.fail("not permitted:\n" + "\n".join(unlisted), pytrace=False)


def _by_chance(permissions: list[Permission]) -> set[int]:
    return {at for at, p in enumerate(permissions) if p.several_workers}


def test_every_permission_is_needed(
    spillway: None, request: pytest.FixtureRequest, permissions: list[Permission], applied: set[int]
) -> None:
    """What is permitted but never happens hides the next fault."""
    played = [item for item in request.session.items if item.name.startswith("test_same_as")]
    if len(played) < 2 * len(SCENARIOS):
        pytest.skip("not all scenarios were played")
    idle = [p for at, p in enumerate(permissions) if at not in applied | _by_chance(permissions)]
    if idle:
        lines = "\n".join(f"{p.patterns}: {p.reason}" for p in idle)
        pytest.fail(f"permitted, but never happened:\n{lines}", pytrace=False)
