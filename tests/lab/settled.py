"""What must hold after every test, whatever it did: every packet accounted for (R42), and none on
an uplink with a source that is not its own (R23)."""

from typing import Any, Iterator, Optional

from .lab import Lab
from .router.router import Router
from .waiting import until


def verify_settled(lab: Lab) -> None:
    strangers = lab.watch_uplinks().strangers()
    assert strangers == {}, f"R23: frames with a wrong source left the router: {strangers}"
    await_balance(lab.router)


def await_balance(router: Router) -> None:
    """Packets may still be on their way through the router: balanced, and twice the same."""
    before: Optional[dict[str, Any]] = None

    def balanced_and_quiet() -> bool:
        nonlocal before
        last, before = before, router.counters()
        return before is None or (before["balanced"] and before == last)

    until(balanced_and_quiet, "R42: the counters balance", detail=lambda: str(before))


def settled(lab: Lab) -> Iterator[Lab]:
    """A fixture's body: the laboratory for one test, and the verdict on its traffic."""
    lab.watch_uplinks()
    yield lab
    verify_settled(lab)
