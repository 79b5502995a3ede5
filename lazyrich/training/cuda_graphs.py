"""CUDA graphs: many steps in one launch, for small steps that cost less than the launch of their kernels.

`GraphedNetworks` runs like `BatchedNetworks`: the first steps kernel by kernel, which also sets up cuBLAS, then a
recording of STEPS steps, replayed as often as needed.
"""

from __future__ import annotations

import logging
import threading
from typing import Final

import torch

from lazyrich.training.batched import BatchedNetworks

__all__ = ["GraphedNetworks"]

STEPS = 50
"""Number of steps in one recording: enough to hide the launches, and small beside most numbers of steps."""

WARM_UP = 3
"""Number of steps before a recording, as torch requires: libraries initialise themselves outside of it."""


_ONE_AT_A_TIME: Final = threading.Lock()
"""Held during a recording, because the recordings of all threads share one stream of torch."""

logger = logging.getLogger(__name__)


class GraphedNetworks:
    """Batched networks on a CUDA device whose steps are recorded once as a CUDA graph, where possible."""

    def __init__(self, stack: BatchedNetworks, device: torch.device):
        self._stack, self._device = stack, device
        self._recording: torch.cuda.CUDAGraph | None = None
        self._may_record = True

    def run(self, steps: int) -> None:
        """See `BatchedNetworks.run`."""
        with torch.cuda.device(self._device):
            if self._may_record and self._recording is None and steps >= WARM_UP + STEPS:
                self._stack.run(WARM_UP)
                steps -= WARM_UP
                self._recording = self._record()
                self._may_record = self._recording is not None
            if self._recording is not None:
                for _ in range(steps // STEPS):
                    self._recording.replay()
                steps %= STEPS
            self._stack.run(steps)

    def loss(self) -> torch.Tensor:
        """See `BatchedNetworks.loss`."""
        with torch.cuda.device(self._device):
            return self._stack.loss()

    def _record(self) -> torch.cuda.CUDAGraph | None:
        """Record STEPS steps without taking them; return None if this card or its driver cannot.

        Then steps go on kernel by kernel. A recording changes no weights, so no number is wrong.
        """
        recording = torch.cuda.CUDAGraph()
        # the stream of a recording that failed would stay the current one
        with _ONE_AT_A_TIME, torch.cuda.stream(torch.cuda.current_stream(self._device)):
            try:
                with torch.cuda.graph(recording, capture_error_mode="thread_local"):
                    self._stack.run(STEPS)
            except RuntimeError:
                logger.info("steps are not recorded as a CUDA graph", exc_info=True)
                return None
        return recording
