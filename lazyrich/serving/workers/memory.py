"""How much memory a worker may hold, and how it is kept from taking that of the others.

Two measures against the kernel's way out, which is to kill some process of the container when its memory is gone:

- a worker sets itself a limit. Past it an allocation fails, which ends the run that asked for it with a sentence;
- a worker offers itself first, should the kernel have to choose: the web process, which everybody needs, stays.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

from lazyrich.config.limits import MB, Limits
from lazyrich.config.machine import total

BARE: Final = 500 * MB
"""What a worker holds before it computes anything: torch and all that experiments import, measured, and half as much
again."""

LEAST: Final = 250 * MB
"""What a worker has for computing at least, however small the machine."""

WEB: Final = 400 * MB
"""What the web process holds beside the frames of runs."""

FIRST_TO_GO: Final = "800"
"""How willing a worker is to be killed, from -1000 to 1000; other processes are at 0."""

GRAPHICS_CARDS: Final = (Path("/dev/nvidiactl"), Path("/dev/dxg"), Path("/dev/nvmap"))
"""What is there where torch may compute on a graphics card: on Linux, on Windows' own Linux (WSL2), on a Jetson."""


def of_worker(limits: Limits) -> int:
    """Bytes that one worker process may hold; 0 for any number.

    LAZYRICH_WORKER_MB, or else twice what one run may need, as far as the frames of all runs, the web process and the
    other workers leave it. Any number where there is a graphics card: its driver maps far more memory than it uses, and
    the limit counts all of it.
    """
    if limits.worker_mb:
        return int(limits.worker_mb * MB)
    if any(card.exists() for card in GRAPHICS_CARDS):
        return 0
    share = (total() - WEB - limits.log_mb * MB) / max(1, limits.workers)
    return int(max(BARE + LEAST, min(BARE + 2 * limits.scratch_mb * MB, share)))


def keep_within(most: int) -> None:
    """From now on this process holds at most that many bytes (0: any), and is the first that the kernel would kill.

    Memory that may be written counts, touched or not, but not addresses that are only reserved. Where a system has no
    such limit, there is none.
    """
    with suppress(ImportError, AttributeError, OSError, ValueError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if most and (hard == resource.RLIM_INFINITY or most < hard):
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(FIRST_TO_GO)
