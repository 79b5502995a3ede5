"""Conditions that tests of the pool wait for."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from harness.waiting import eventually
from lazyrich.serving.run import Run


def over(run: Run) -> Run:
    """The run, once it is over."""
    eventually(lambda: run.over)
    return run


def gone(pid: int) -> bool:
    """Whether there is no such process, or only a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def unchanging(value: Callable[[], Any], seconds: float = 0.5) -> bool:
    """Whether a value stays the same for a while."""
    before = value()
    time.sleep(seconds)
    return value() == before
