"""Waiting for a condition, never for a time."""

import time
from typing import Callable, Optional, TypeVar

from .errors import LabError

T = TypeVar("T")

# The machine may be busy with other things: deadlines are there to end what will never come.
PATIENCE_S = 30.0


def until(
    condition: Callable[[], Optional[T]],
    what: str,
    seconds: float = PATIENCE_S,
    every: float = 0.02,
    detail: Callable[[], str] = lambda: "",
) -> T:
    """The first true value of `condition`; LabError with `what` (and `detail`) when none comes."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise LabError(f"{what}: not within {seconds:g} s {detail()}".rstrip())
        time.sleep(every)


def attempt(action: Callable[[], T], *failures: type[BaseException]) -> Optional[T]:
    """The result of `action`, or None where it fails in one of the ways named."""
    try:
        return action()
    except failures:
        return None
