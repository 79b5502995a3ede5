"""The record of a training: weights and losses at the requested moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Trajectory"]


@dataclass(frozen=True)
class Trajectory:
    """Weights and losses of one network, or of B networks, at T moments; numpy arrays or torch tensors, as was given.

    Attributes:
        at: The requested steps or times (T,).
        W: First layers (T, [B,] m, d).
        a: Readouts (T, [B,] m).
        loss: Mean squared errors (T, [B]).
        gradients: Number of gradients evaluated, a whole number for one network, (B,) for B.
    """

    at: Any
    W: Any
    a: Any
    loss: Any
    gradients: Any
