"""Types that the solvers of gradient flow share: jobs, the state of each student, and the report of reached times.

Both solvers (batched_solver.py, small/solver.py) have `students` and `run(jobs, reached)`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from torch import Tensor

from lazyrich.theory import TooManySteps
from lazyrich.training.gradient_flow.controller import StepController

__all__ = ["Job", "Reached", "Student", "too_many_steps"]

Reached = Callable[[int, int, Tensor, Tensor], object]
"""Callback with (student, index of the first time, weights (k, m, d + 1), mean squared errors (k,)), called whenever k
consecutive times are reached."""


@dataclass
class Student:
    """State of a student besides its weights and slopes.

    Attributes:
        direction: Stiffest direction (n,), as last measured.
        loss: Mean squared error.
        outputs: Norm of its outputs at the start.
        gradients: Number of gradients spent so far.
        begun: Whether its slopes, its loss and its outputs are known.
        stuck: The error that stopped it, None if it can go on.
    """

    control: StepController
    direction: Any
    loss: Tensor
    outputs: float = 0.0
    gradients: int = 0
    begun: bool = False
    stuck: TooManySteps | None = None


@dataclass
class Job:
    """A student's number and the increasing times to bring it to, none before its current time."""

    number: int
    times: Sequence[float]


def too_many_steps(gradients: int, share: float) -> TooManySteps:
    """Return the error of a flow that needs more gradients than these and came to this share of its time."""
    return TooManySteps(
        f"the flow of a network needs more than {gradients} gradients to reach the last time asked for and came to "
        f"{share:.3g} of it: choose a shorter time or a larger tolerance."
    )
