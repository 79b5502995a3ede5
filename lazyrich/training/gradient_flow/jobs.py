"""What a solver of gradient flow is told to do, what it knows of each student, and how it reports.

Both solvers (batched_solver.py, small_solver.py) have `students` and `run(jobs, reached)`.
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
"""Called with (student, which of its times comes first, weights (k, m, d + 1), mean squared errors (k,)) whenever k of
its times in a row are reached."""


@dataclass
class Student:
    """What is known of a student besides its weights and slopes.

    direction (n,): the stiffest one, as last measured. loss: mean squared error. outputs: the norm of its outputs at
    the start. gradients: spent so far. begun: whether its slopes, its loss and its outputs are known. stuck: why it
    came no further.
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
    """Where a student is to go: its number and the increasing times, none before where it is."""

    number: int
    times: Sequence[float]


def too_many_steps(gradients: int, share: float) -> TooManySteps:
    """Say that the flow of a network needs more gradients than these and came to this share of its time."""
    return TooManySteps(
        f"the flow of a network needs more than {gradients} gradients to reach the last time asked for and came to "
        f"{share:.3g} of it: choose a shorter time or a larger tolerance."
    )
