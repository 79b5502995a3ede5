"""Waiting in tests: for a condition, never for a time."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Return as soon as the condition holds; fail if it does not for far longer than it should take."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds:g} s"
        time.sleep(0.005)
