"""Measure a run's frames relative to its start, several frames at once."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from lazyrich import geometry, kernels, metrics
from lazyrich.experiments.common import verdict
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.metrics.circle_outputs import outputs_on
from lazyrich.networks import outputs_of_many
from lazyrich.tasks.student_teacher import Task
from lazyrich.training.gradient_flow.stiffness import Stiffness

__all__ = ["Measure", "has_diverged", "have_diverged", "parts_of_verdict"]

ROUNDS = 2
"""Number of iterations a frame for the stiffest direction, which changes little between frames."""

DIVERGENCE_RATIO = 1e6
"""Ratio of the training loss to its first value above which a run counts as diverged, as it does not recover."""


FINITE_COLUMNS = ("train_loss", "kernel_distance", "parameter_distance", "conserved_drift")
"""Columns that are finite as long as a run has not diverged."""


class Measure:
    """Measurement of frames relative to the start of their run.

    Args:
        config: The run's settings.
        problem: Its task.
        W0: First layer of its start (m, d).
        a0: Readout of its start (m,).
        small: Whether the network is so small that numpy is faster than torch.
    """

    def __init__(self, config: StudentTeacher, problem: Task, W0: Tensor, a0: Tensor, small: bool = False):
        self.config, self.problem, self.W0, self.a0 = config, problem, W0.clone(), a0.clone()
        rates = {"eta_a": config.eta_a, "eta_w": config.eta_w}
        self.rates = rates
        self.kernel_distance = kernels.KernelDistance(problem.X, W0, a0, leak=config.leak, **rates)
        self._small = small
        self._stiffness = Stiffness(problem.X.numpy() if small else problem.X, config.leak)
        self._stiffest: Tensor | np.ndarray | None = None
        self._outputs_of_tests = outputs_on(problem.X_test, len(a0), config.leak)
        self.test_outputs = problem.y_test[None]
        """The student's outputs on the test inputs at the last frames, (frames, n_test)."""
        self.first_train = self.train_losses(W0[None], a0[None])[0]
        # loss of an output of 0, the scale on which losses are judged, independent of the start
        self.zero_loss = float(problem.y.square().mean())
        self.zero_test_loss = float(problem.y_test.square().mean()) if len(problem.y_test) else 0.0

    def __call__(self, W: Tensor, a: Tensor) -> list[dict[str, float]]:
        """Return all metrics of some frames: the columns of `Result.curves` after step and time (theory.md, section 8).

        Args:
            W: First layers (frames, m, d).
            a: Readouts (frames, m).

        Returns:
            The metrics of each frame.
        """
        problem = self.problem
        conserved = geometry.conserved_quantity(a, W, **self.rates)
        mean = conserved.mean(-1)
        self.test_outputs = self._outputs_of_tests(W, a)
        numbers = {
            "train_loss": self.train_losses(W, a),
            "test_loss": self._losses(self.test_outputs, problem.y_test),
            "kernel_distance": self.kernel_distance.of_many(W, a),
            "activation_flips": metrics.activation_flips(problem.X, self.W0, W).tolist(),
            "teacher_alignment": self._alignments(W, a),
            "parameter_distance": metrics.parameter_distance((self.W0, self.a0), (W, a)).tolist(),
            "conserved_mean": mean.tolist(),
            "conserved_low": conserved.amin(-1).tolist(),
            "conserved_high": conserved.amax(-1).tolist(),
            "conserved_drift": metrics.conserved_drift((self.W0, self.a0), (W, a), **self.rates).tolist(),
            "effective_delta": (mean.double() / (self.config.eta_a * self.config.eta_w) ** 0.5).tolist(),
        }
        if self.config.method == "descent":
            numbers["step_share"] = [self._step_share(*frame) for frame in zip(W, a, strict=True)]
        return [dict(zip(numbers, frame, strict=True)) for frame in zip(*numbers.values(), strict=True)]

    def train_losses(self, W: Tensor, a: Tensor) -> list[float]:
        """Return the training losses of some frames, first layers (frames, m, d) and readouts (frames, m)."""
        return self._losses(outputs_of_many(self.problem.X, W, a, self.config.leak), self.problem.y)

    def verdict(self, step: int, numbers: Mapping[str, float]) -> str:
        """Return the verdict at one frame."""
        if step == 0:
            return "At the start"
        return ": ".join(parts_of_verdict(numbers, self.first_train, self.zero_loss, self.zero_test_loss))

    def _step_share(self, W: Tensor, a: Tensor) -> float:
        """Return a step of descent over the largest stable one, h λ_max((2/n) K) / 2 (theory.md, section 7).

        The estimate is slightly too low. It starts from the stiffest direction of the last frame.
        """
        # sizes that have at unit rates the same kernel as W and a at their rates
        sizes = W * self.config.eta_a**0.5, a * self.config.eta_w**0.5
        first, readout = (size.numpy() if self._small else size for size in sizes)
        with torch.inference_mode(), np.errstate(all="ignore"):
            v, rounds = (self._stiffness.guess, None) if self._stiffest is None else (self._stiffest, ROUNDS)
            largest, self._stiffest, _ = self._stiffness.measure(first, readout, v, rounds)
        return self.config.step_size * largest / len(self.problem.X)

    @staticmethod
    def _losses(outputs: Tensor, y: Tensor) -> list[float]:
        """Return the mean squared errors of outputs (frames, n); nan without data."""
        found: list[float] = (outputs - y).square().mean(-1).tolist()
        return found

    def _alignments(self, W: Tensor, a: Tensor) -> list[float]:
        if not len(self.problem.teacher_a):
            return [float("nan")] * len(W)
        found: list[float] = metrics.teacher_alignment(W, a, self.problem.teacher_W, self.problem.teacher_a).tolist()
        return found


def parts_of_verdict(
    numbers: Mapping[str, float], first_train: float, zero_loss: float, zero_test_loss: float
) -> tuple[str, str]:
    """Return the regime of the student between lazy and rich, and what it fits.

    Args:
        numbers: The metrics of a frame.
        first_train: Training loss at the start.
        zero_loss: Training loss of an output of 0.
        zero_test_loss: Test loss of an output of 0; 0 without test inputs.

    Returns:
        (regime, fit), parts of the verdict.
    """
    train = numbers["train_loss"] / zero_loss if zero_loss > 0 else 0.0
    test = numbers["test_loss"] / zero_test_loss if zero_test_loss > 0 else None
    rising = numbers["train_loss"] > 1.1 * first_train
    return verdict.regime(numbers["kernel_distance"]), verdict.fit(train, test, rising)


def has_diverged(numbers: Mapping[str, float], first_train: float) -> bool:
    """Return whether a run has diverged; see have_diverged."""
    return bool(have_diverged({name: np.array(number) for name, number in numbers.items()}, np.array(first_train)))


def have_diverged(numbers: Mapping[str, np.ndarray], first_train: np.ndarray) -> np.ndarray:
    """Return which runs (k,) have diverged: a metric is not finite, or the training loss is far above its first value.

    Args:
        numbers: Columns (k,) of metrics.
        first_train: First training losses (k,).

    Returns:
        Booleans (k,).
    """
    finite = np.isfinite([numbers[name] for name in FINITE_COLUMNS]).all(0)
    diverged: np.ndarray = ~finite | (numbers["train_loss"] > DIVERGENCE_RATIO * first_train)
    return diverged
