"""Compute as in a fresh process, independent of the modes that the calling program has switched on.

A config gives the same numbers everywhere. Random numbers come from separate generators, and tensors are made with a
dtype and a device, so that the caller's defaults do not matter; tests/test_draws.py checks both. The remaining modes
that change how torch and numpy compute are set aside here, and restored afterwards.

    with fresh_modes():
        frame = next(frames)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
import torch

from lazyrich.training.precision import Shared

__all__ = ["fresh_modes"]


@contextmanager
def fresh_modes() -> Iterator[None]:
    """Set aside the caller's modes: gradients off, inference, deterministic algorithms, denormals, numpy's errors.

    Modes of a thread are set for this thread, those of the process as long as any thread is within. See
    lazyrich.training.precision for precision and lazyrich.training.threads for the number of threads.
    """
    flushed = _flushes_denormals()
    if flushed:
        torch.set_flush_denormal(False)
    try:
        with (
            _usual_algorithms,
            torch.inference_mode(False),
            torch.enable_grad(),
            np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
        ):
            yield
    finally:
        if flushed:
            torch.set_flush_denormal(True)


def _flushes_denormals() -> bool:
    # torch can set this mode of the processor and cannot read it
    halves = [2.0**-1022, 0.5]
    return halves[0] * halves[1] == 0.0


def _usual() -> Callable[[], None]:
    before = torch.are_deterministic_algorithms_enabled(), torch.is_deterministic_algorithms_warn_only_enabled()
    if not before[0]:
        return lambda: None
    torch.use_deterministic_algorithms(False)
    return lambda: torch.use_deterministic_algorithms(before[0], warn_only=before[1])


_usual_algorithms: Final = Shared(_usual)
