"""Wait in tests for a condition, never for a fixed time."""

import time
from collections.abc import Callable


def eventually(condition: Callable[[], object], seconds: float = 15.0) -> None:
    """Return as soon as the condition holds; fail after a generous timeout."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds:g} s"
        time.sleep(0.005)
