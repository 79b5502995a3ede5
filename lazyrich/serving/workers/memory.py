"""Limit the memory of a worker, so that it cannot exhaust that of the container.

When the memory is exhausted the kernel kills some process of the container. Two measures prevent or direct that:

- a worker limits its own memory. Beyond the limit an allocation fails, which ends the run that needs it, in words;
- a worker asks to be killed first, so that the web process, on which all visitors depend, survives.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from lazyrich.config.limits import MB, Limits
from lazyrich.config.machine import total

BASE_MEMORY: Final = 500 * MB
"""Memory of a worker before it computes anything: torch and all imports of experiments, measured, times 1.5."""

MIN_COMPUTE_MEMORY: Final = 250 * MB
"""Lower bound of a worker's memory for computing, however small the machine."""

WEB_MEMORY: Final = 400 * MB
"""Memory of the web process beside the frames of runs."""

OOM_SCORE: Final = "800"
"""Badness of a worker for Linux's out-of-memory killer, from -1000 to 1000; other processes are at 0."""

GRAPHICS_CARDS: Final = (Path("/dev/nvidiactl"), Path("/dev/dxg"), Path("/dev/nvmap"))
"""Device files that exist where torch may compute on a graphics card: on Linux, on WSL2, on a Jetson."""


def worker_limit(limits: Limits) -> int:
    """Return the bytes that one worker process may hold; 0 for no limit.

    It is LAZYRICH_WORKER_MB, or else twice the largest need of one run, or less if the frames of all runs, the web
    process and the other workers leave less. On a machine with a graphics card it is 0, because the card's driver maps
    far more memory than it uses, and the limit would count all of it.
    """
    if limits.worker_mb:
        return int(limits.worker_mb * MB)
    if any(card.exists() for card in GRAPHICS_CARDS):
        return 0
    share = (total() - WEB_MEMORY - limits.log_mb * MB) / max(1, limits.workers)
    return int(max(BASE_MEMORY + MIN_COMPUTE_MEMORY, min(BASE_MEMORY + 2 * limits.scratch_mb * MB, share)))


def limit_memory(most: int) -> None:
    """Limit the memory of this process (0: no limit), and make it the first that the kernel would kill.

    Writable memory counts, used or not; addresses that are only reserved do not. On systems without such a limit none
    is set.
    """
    with suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if most and (hard == resource.RLIM_INFINITY or most < hard):
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(OOM_SCORE)
