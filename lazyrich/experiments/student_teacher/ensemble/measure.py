"""Metrics of the students of several seeds at some frames, equal to those of single runs, in a few calls for all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from lazyrich import geometry
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.experiments.student_teacher.cost import SMALL
from lazyrich.experiments.student_teacher.ensemble.training import stacked
from lazyrich.experiments.student_teacher.measure import ROUNDS, Measure
from lazyrich.kernels.batched import KernelDistances
from lazyrich.metrics.circle_outputs import outputs_on
from lazyrich.networks import activation
from lazyrich.tasks.student_teacher import Task
from lazyrich.training.gradient_flow.stiffness import COLD_ROUNDS, SETTLED, Stiffness

__all__ = ["BatchedMeasure", "SeparateMeasures", "measure_of"]

CACHED = 400_000
"""Largest number of entries of pre-activations and kernels computed together, to stay in the cache of a core."""

Numbers = dict[str, np.ndarray]


def measure_of(
    config: StudentTeacher, tasks: Sequence[Task], W0: Tensor, a0: Tensor
) -> BatchedMeasure | SeparateMeasures:
    """Return the measurement for these students: together if they are small, else one by one.

    Args:
        config: The settings that all of them share.
        tasks: One for each student.
        W0: First layers at the start (S, m, d).
        a0: Readouts at the start (S, m).
    """
    n = len(tasks[0].X)
    return (BatchedMeasure if n <= SMALL else SeparateMeasures)(config, tasks, W0, a0)


class SeparateMeasures:
    """Measurement with a separate Measure for each student.

    Called with weights (frames, k, m, d) and (frames, k, m), it returns name -> numbers (frames, k).
    """

    def __init__(self, config: StudentTeacher, tasks: Sequence[Task], W0: Tensor, a0: Tensor):
        starts = zip(tasks, W0, a0, strict=True)
        self._each = [Measure(config, task, W, a) for task, W, a in starts]

    @property
    def test_outputs(self) -> Tensor:
        """Return the outputs of each student on its test inputs at the last frames, (frames, k, n_test)."""
        return torch.stack([measure.test_outputs for measure in self._each], 1)

    def __call__(self, W: Tensor, a: Tensor) -> Numbers:
        """Return all metrics of some frames."""
        rows = [measure(W[:, k], a[:, k]) for k, measure in enumerate(self._each)]
        return {name: np.array([[frame[name] for frame in own] for own in rows]).T for name in rows[0][0]}

    def keep(self, places: Sequence[int]) -> None:
        """Leave out all students but those at these places."""
        self._each = [self._each[place] for place in places]


class BatchedMeasure:
    """Measurement of all students in a few calls.

    Called with weights (frames, k, m, d) and (frames, k, m), it returns name -> numbers (frames, k).
    """

    def __init__(self, config: StudentTeacher, tasks: Sequence[Task], W0: Tensor, a0: Tensor):
        self._config, (_, m, _) = config, W0.shape
        self._rates = {"eta_a": config.eta_a, "eta_w": config.eta_w}
        X, y, y_test, teacher_W, self._teacher_a = (
            stacked(tasks, name) for name in ("X", "y", "y_test", "teacher_W", "teacher_a")
        )
        S = len(tasks)
        self._Xt = X.transpose(-2, -1).expand(S, X.shape[-1], X.shape[-2])
        self._y, self._y_test = y.expand(S, y.shape[-1]), y_test.expand(S, y_test.shape[-1])
        # test inputs are the same for all seeds
        self._X_test = tasks[0].X_test
        self._teacher = _unit(teacher_W).expand(S, *teacher_W.shape[-2:])
        self._teacher_a = self._teacher_a.expand(S, self._teacher_a.shape[-1])
        self._W0, self._a0 = W0, a0
        self._active = torch.bmm(W0, self._Xt) > 0
        self._conserved = geometry.conserved_quantity(a0, W0, **self._rates)
        self._distances = KernelDistances(X, W0, a0, leak=config.leak, **self._rates)
        # the guess depends on the number of inputs alone
        self._guess = Stiffness(tasks[0].X, config.leak).guess
        self._stiffest: Tensor | None = None
        self.test_outputs = self._y_test
        """Outputs of each student on the test inputs at the last frames, (frames, k, n_test)."""
        self._outputs_of_tests = outputs_on(self._X_test, m, config.leak)
        self._frames = max(1, CACHED // (S * X.shape[-2] * max(m, X.shape[-2])))

    def __call__(self, W: Tensor, a: Tensor) -> Numbers:
        """Return all metrics of some frames."""
        with torch.inference_mode():
            parts = list(zip(W.split(self._frames), a.split(self._frames), strict=True))
            tables, outputs = zip(*[self._some(*part) for part in parts], strict=True)
            self.test_outputs = torch.cat(outputs)
        return {name: np.concatenate([table[name] for table in tables]) for name in tables[0]}

    def _some(self, W: Tensor, a: Tensor) -> tuple[Numbers, Tensor]:
        """Return the metrics of a few frames, and the outputs on the test inputs (frames, k, n_test)."""
        config = self._config
        Z = W @ self._Xt
        flips = (self._active != (Z > 0)).to(Z.dtype).mean((-2, -1))
        f = (a[..., None, :] @ activation(Z, config.leak))[..., 0, :]
        conserved = geometry.conserved_quantity(a, W, **self._rates)
        moved = (W - self._W0).square().sum((-2, -1)) + (a - self._a0).square().sum(-1)
        K, trace = self._distances.kernels(W, a)
        # the iteration of a frame starts from the result of the previous frame
        shares = [self._step_share(kernels) for kernels in K] if config.method == "descent" else None
        outputs = self._outputs_of_tests(W.flatten(0, 1), a.flatten(0, 1)).view(*W.shape[:2], len(self._X_test))
        found = {
            "train_loss": (f - self._y).square().mean(-1),
            "test_loss": (outputs - self._y_test).square().mean(-1),
            "kernel_distance": self._distances.of_kernels(K, trace, W, a),
            "activation_flips": flips,
            "teacher_alignment": self._alignment(W, a),
            "parameter_distance": moved.sqrt(),
            "conserved_mean": conserved.mean(-1),
            "conserved_low": conserved.amin(-1),
            "conserved_high": conserved.amax(-1),
            "conserved_drift": (conserved - self._conserved).abs().amax(-1),
            "effective_delta": conserved.mean(-1).double() / (config.eta_a * config.eta_w) ** 0.5,
        }
        if shares is not None:
            found["step_share"] = torch.stack(shares)
        # one transfer to the host for all
        table = torch.stack([column.double() for column in found.values()]).cpu().numpy()
        return dict(zip(found, table, strict=True)), outputs

    def keep(self, places: Sequence[int]) -> None:
        """Leave out all students but those at these places."""
        which = list(places)
        for name in ("_Xt", "_y", "_y_test", "_teacher", "_teacher_a", "_W0", "_a0", "_active", "_conserved"):
            setattr(self, name, getattr(self, name)[which])
        self._distances.keep(which)
        if self._stiffest is not None:
            self._stiffest = self._stiffest[which]

    def _alignment(self, W: Tensor, a: Tensor) -> Tensor:
        """Return the same as `metrics.teacher_alignment`."""
        if not self._teacher.shape[1]:
            return W.new_full(W.shape[:2], float("nan"))
        cosines = _unit(W) @ self._teacher.mT
        same_sign = torch.sign(a)[..., None] == torch.sign(self._teacher_a)[:, None]
        best = cosines.masked_fill(~same_sign, -torch.inf).amax(-1)
        best = torch.where(same_sign.any(-1), best, 0.0)
        weights = a.abs() * torch.linalg.vector_norm(W, dim=-1)
        return (weights * best).sum(-1) / weights.sum(-1)

    def _step_share(self, K: Tensor) -> Tensor:
        """Return the same (k,) as `Measure._step_share` from kernels (k, n, n), by power iteration."""
        n = K.shape[-1]
        if self._stiffest is None:
            v, rounds = self._guess.expand(len(K), n), None
        else:
            v, rounds = self._stiffest, ROUNDS
        largest, self._stiffest = _iterate(K, v, rounds)
        return self._config.step_size * largest.double() / n


def _iterate(K: Tensor, v: Tensor, rounds: int | None) -> tuple[Tensor, Tensor]:
    """Return the largest eigenvalues (k,) of K (k, n, n) and their vectors (k, n), from earlier ones.

    Args:
        K: Kernels.
        v: Vectors (k, n) of an earlier measurement, or guesses.
        rounds: Number of iterations; None iterates until each value settles.
    """
    value, going = v.new_zeros(len(v)), torch.ones(len(v), dtype=torch.bool, device=v.device)
    for _ in range(rounds or COLD_ROUNDS):
        image = torch.bmm(K, v[:, :, None])[:, :, 0]
        size = torch.linalg.vector_norm(image, dim=1)
        before, now = value, size / torch.linalg.vector_norm(v, dim=1)
        value = torch.where(going, now, before)
        going = going & (now > 0)
        v = torch.where(going[:, None], image / size[:, None], v)
        if rounds is None:
            going = going & ~((now - before).abs() < SETTLED * now)
            if not going.any():
                break
    return value, v


def _unit(rows: Tensor) -> Tensor:
    return torch.nn.functional.normalize(rows, dim=-1, eps=torch.finfo(rows.dtype).tiny)
