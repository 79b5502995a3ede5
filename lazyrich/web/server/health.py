"""Report whether the server is healthy and, if not, why: for the health address and for tools that restart it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Any, Final

from lazyrich.config import machine
from lazyrich.config.limits import MB
from lazyrich.serving.pool import RunPool
from lazyrich.web.hardening import fd_limit

BEAT: Final = 0.25
"""Seconds between two beats of the event loop's pulse."""

LATE: Final = 3.0
"""Seconds of delay beyond which the event loop counts as unhealthy: no browser was answered meanwhile."""

REMEMBERED: Final = 30.0
"""Seconds for which such a delay is reported."""

MEMORY_LEFT: Final = 0.04
"""Share of free memory below which the server counts as unhealthy."""


class Pulse:
    """Largest recent delay of the event loop."""

    def __init__(self) -> None:
        self._late: deque[tuple[float, float]] = deque()

    async def beat(self) -> None:
        """Measure the delay until cancelled."""
        while True:
            before = time.monotonic()
            await asyncio.sleep(BEAT)
            self.note(time.monotonic() - before - BEAT)

    def note(self, late: float) -> None:
        """Record that a beat was this many seconds late; keep only delays that no later one exceeds."""
        while self._late and self._late[-1][1] <= late:
            self._late.pop()
        self._late.append((time.monotonic(), late))

    @property
    def worst(self) -> float:
        """Return the largest delay in seconds within the last REMEMBERED."""
        while self._late and self._late[0][0] < time.monotonic() - REMEMBERED:
            self._late.popleft()
        return self._late[0][1] if self._late else 0.0


PULSE: Final = Pulse()
"""Pulse of this process."""


def report(
    pool: RunPool, pulse: Pulse = PULSE, count: fd_limit.DescriptorCount = fd_limit.PROCESS_COUNT
) -> dict[str, Any]:
    """Return the content of the health address.

    healthy: whether all is well. trouble: why not, in sentences. The rest are counts.
    """
    free, whole, late = machine.available(), machine.total(), pulse.worst
    trouble = pool.trouble
    if late > LATE:
        trouble.append(f"The event loop was held up for {late:.1f} s within the last {REMEMBERED:.0f} s.")
    if count.crowded:
        trouble.append(
            f"{count.used:,} of {fd_limit.limit():,} file descriptors are in use: new visitors are turned away."
        )
    if free < MEMORY_LEFT * whole:
        trouble.append(f"Of {whole / MB:,.0f} MB of memory {max(0, free) / MB:,.0f} MB are left.")
    return {
        "healthy": not trouble,
        "trouble": trouble,
        **pool.counts(),
        "descriptors": count.used,
        "descriptors_allowed": fd_limit.limit(),
        "memory_free_mb": round(free / MB),
        "loop_late_ms": round(1000 * late),
    }
