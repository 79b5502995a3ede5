"""Show the progress of a long computation and its remaining time on the terminal."""

from __future__ import annotations

import time
from typing import Self

from lazyrich.console.output import StatusLine

__all__ = ["ProgressBar", "duration"]


class ProgressBar:
    """Progress of the work done. Nothing is shown without a terminal.

    Args:
        whole: Total work, in any unit.
        count: Number of things to compute.
        name: Their name, in the plural.
    """

    def __init__(self, whole: float, count: int, name: str):
        self._whole, self._count, self._name = whole, count, name
        self._had = self._have = 0.0
        self._made = 0
        self._began, self._line = time.monotonic(), StatusLine()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.clear()

    def add_earlier(self, work: float, count: int) -> None:
        """Record work done in an earlier run, which the estimate of the remaining time ignores."""
        self._had, self._have, self._made = self._had + work, self._have + work, self._made + count

    def add(self, work: float, count: int) -> None:
        """Record work done in this run."""
        self._have += work
        self._made += count
        if not self._line.due:
            return
        left = (time.monotonic() - self._began) * (self._whole - self._have) / (self._have - self._had)
        filled = round(24 * self._have / self._whole)
        bar = "#" * filled + "." * (24 - filled)
        self._line.change(f"[{bar}] {self._made:,} of {self._count:,} {self._name}, {duration(left)} left")


def duration(seconds: float) -> str:
    """Return a duration as text, to the second, the minute or a tenth of an hour."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
