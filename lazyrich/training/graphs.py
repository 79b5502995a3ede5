"""Many steps in one launch on CUDA, where a small step costs less than the launch of its kernels.

`GraphedStack` runs as a Stack does: the first steps kernel by kernel, which also sets up cuBLAS, then a recording of
STEPS steps, replayed as often as needed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from lazyrich.training.stack import Stack

__all__ = ["GraphedStack"]

STEPS = 50
"""Steps in one recording: enough to hide the launches, few enough that most numbers of steps are nearly a multiple."""

WARM_UP = 3
"""Steps before a recording, as torch asks for: libraries set themselves up outside of it."""


class GraphedStack:
    """A Stack on a CUDA device whose steps are recorded once as a CUDA graph. Matrix products do not use TF32."""

    def __init__(self, stack: Stack, device: torch.device):
        self._stack, self._device = stack, device
        self._recording: torch.cuda.CUDAGraph | None = None

    def run(self, steps: int) -> None:
        """As Stack.run."""
        with torch.cuda.device(self._device), _without_tf32():
            if self._recording is None and steps >= WARM_UP + STEPS:
                self._stack.run(WARM_UP)
                steps -= WARM_UP
                self._recording = torch.cuda.CUDAGraph()
                with torch.cuda.graph(self._recording, capture_error_mode="thread_local"):
                    self._stack.run(STEPS)
            if self._recording is not None:
                for _ in range(steps // STEPS):
                    self._recording.replay()
                steps %= STEPS
            self._stack.run(steps)

    def loss(self) -> torch.Tensor:
        """As Stack.loss."""
        with torch.cuda.device(self._device), _without_tf32():
            return self._stack.loss()


@contextmanager
def _without_tf32() -> Iterator[None]:
    products = torch.backends.cuda.matmul
    before = products.fp32_precision
    products.fp32_precision = "ieee"
    try:
        yield
    finally:
        products.fp32_precision = before
