"""Lazy twin of a run at all its frames: the student if it were linear in its weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.experiments.student_teacher.function_sizes import SHOWN
from lazyrich.experiments.student_teacher.projection import Plane
from lazyrich.tasks.student_teacher import Task
from lazyrich.training import LazyTwin


class TwinOfRun:
    """The twin's losses, its distance from the student, and the data to draw its function.

    All are computed before the first frame, as the settings determine the steps of a run, and in float64 for any dtype
    of the run.

    Args:
        config: The run's settings.
        problem: Its task.
        W0: First layer of its start (m, d).
        a0: Readout of its start (m,).
        plane: Plane in which its neurons are shown.

    Raises:
        ValueError: If the problem is too large for a twin (`config.twin_size`).
    """

    def __init__(self, config: StudentTeacher, problem: Task, W0: Tensor, a0: Tensor, plane: Plane):
        problem, W0, a0 = problem.to("cpu", torch.float64), W0.to("cpu", torch.float64), a0.to("cpu", torch.float64)
        self._twin = LazyTwin(problem.X, problem.y, W0, a0, config.eta_a, config.eta_w, config.leak)
        steps = torch.tensor(config.schedule, dtype=torch.float64, device="cpu")
        # step numbers of descent, or times of flow
        self._step = config.step_size if config.method == "descent" else None
        self._when = steps if self._step else steps * config.step_size
        self._train = self._twin.train_loss(self._when, self._step)
        self._outputs = self.outputs(problem.X_test)
        # a few frames at a time: allocating memory for the errors of all would cost more than the arithmetic
        self._test = torch.cat([_mean_square(some - problem.y_test) for some in self._outputs.split(32)])
        self._size = float(_mean_square(problem.y_test).sqrt())
        self._gates, self._coefficients = self._on_the_plane(W0, a0, plane.axes.to("cpu", torch.float64))

    def outputs(self, X: Tensor) -> Tensor:
        """Return the twin's outputs (frames, k) at inputs X (k, d), at each step of the schedule."""
        if not len(X):
            return X.new_empty(len(self._when), 0)
        if self._step is None:
            found: Tensor = self._twin(self._when, X)
        else:
            found = self._twin.descent(self._when, self._step, X)
        return found

    def numbers(self, index: int, outputs: Tensor) -> dict[str, float]:
        """Return the twin's columns of a frame.

        Args:
            index: Index of the step in the schedule.
            outputs: The student's outputs on the test inputs, (n_test,).

        Returns:
            twin_train_loss, twin_test_loss: Its mean squared errors. twin_gap: root mean square of the difference of
            student and twin on the test inputs, over that of the test outputs. Without test inputs the last two are
            nan; all three are inf where descent with these steps diverges.
        """
        apart = float(_mean_square(outputs.to("cpu", torch.float64) - self._outputs[index]).sqrt())
        return {
            "twin_train_loss": float(self._train[index]),
            "twin_test_loss": float(self._test[index]),
            "twin_gap": apart / self._size if self._size > 0 else float("nan"),
        }

    def header(self) -> dict[str, Any]:
        """Return the header's chart data for a chart of the twin's function.

        Returns:
            twin: Unit directions [[x, y], ...] of the initial neurons in the plane, at which the twin's neurons
            switch on and off at all times; null for a student of more than 512 neurons.
        """
        return {"twin": self._gates}

    def arrays(self, index: int) -> dict[str, np.ndarray]:
        """Return the twin's part of a frame's chart data.

        The twin's function on the plane is, at every point x in the plane's coordinates,

            f_twin(x) = sum_i phi'(w_i . x) c_i . x,    phi'(z) = 1 where z > 0, else the leak,

        with w_i the header's `twin`, and c_i = a_i0 w_i(t) + (a_i(t) - a_i0) w_i0 from the linearised network's
        weights. The sum includes the output of the start. It jumps at w_i . x = 0, by (1 - leak) c_i . x.

        Returns:
            twin: The c_i in the plane, float32 (m, 2). Empty for a student of more than 512 neurons, whose frames do
            not hold them all; `outputs` gives its function.
        """
        return {} if self._gates is None else {"twin": self._coefficients[index]}

    def _on_the_plane(self, W0: Tensor, a0: Tensor, axes: Tensor) -> tuple[list[list[float]] | None, np.ndarray]:
        if len(a0) > SHOWN:
            return None, np.empty(0, np.float32)
        W, a = self._twin.weights(self._when, self._step, axes)
        W0 = W0 @ axes.T
        lengths = torch.linalg.vector_norm(W0, dim=1, keepdim=True).clamp_min(1e-300)
        coefficients = a0[:, None] * W + (a - a0)[..., None] * W0
        return np.round((W0 / lengths).numpy(), 12).tolist(), coefficients.to(torch.float32).numpy()


def _mean_square(errors: Tensor) -> Tensor:
    """Return the mean squares over the last axis; inf if descent has diverged, nan for an empty axis."""
    found = errors.square().mean(-1)
    return torch.where(torch.isnan(found), torch.inf, found) if errors.shape[-1] else found
