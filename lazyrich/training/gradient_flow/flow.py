"""Gradient flow on the mean squared error for one or many two-layer networks.

W' = -eta_w dL/dW, a' = -eta_a dL/da with L = (1/n) sum_j (f(x_j) - y_j)^2 (theory.md, section 0): the limit of descent
with small steps, in the same time = learning rate x steps, for a fraction of the gradients. `flow` runs to the last
requested time; `Flow` advances a little at a time, to inspect intermediate states.

Steps are Runge-Kutta-Chebyshev (rkc.py), and their length follows an error estimate and the largest eigenvalue of the
kernel (controller.py, stiffness.py). A small network that is alone on its data is integrated in numpy, with dense
output between long steps of second order (small/solver.py, small/stack.py); others side by side, with steps that end at
each requested time (batched_solver.py).
ReLU and leaky ReLU have kinks, where neurons may slide along lines or rest, with activations that change to and fro
while the loss still falls. Small networks with inputs in the plane are followed there exactly (small/pattern.py;
theory.md, section 5). With more dimensions, or many networks, kinks leave errors of first order with any method: in the
batched solver networks that have them take steps of first order, and linear networks steps of second order; if outputs
cannot be fitted, such a flow costs as much as descent or more. Errors are relative to the size of the outputs, those of
the network if they are larger than the data's (accuracy.py), so that neither outputs of 0 nor a large start need extra
steps.

    trajectory = flow(X, y, W, a, at=[0, 10, 100, 1000])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich.arrays import copies, number
from lazyrich.geometry import equal_rates
from lazyrich.networks import checked_leak, checked_rates
from lazyrich.theory import TooManySteps
from lazyrich.training.gradient_flow.batched_solver import BatchedSolver
from lazyrich.training.gradient_flow.jobs import Job, Reached
from lazyrich.training.gradient_flow.small.solver import SmallSolver
from lazyrich.training.gradient_flow.small.stack import SmallStack
from lazyrich.training.gradient_flow.times import checked_times, time_per_network
from lazyrich.training.gradient_flow.trajectory import Trajectory
from lazyrich.training.precision import full_precision
from lazyrich.training.small_network import is_small
from lazyrich.training.validation import check_problem

__all__ = ["MAX_GRADIENTS", "Flow", "flow"]

MAX_GRADIENTS, SMALL_MAX_GRADIENTS = 200_000, 1_000_000
"""Largest number of gradients for a network, and for a small one, whose gradients take a fifth of the time, but whose
steps are shorter where activations flip to and fro in more than two dimensions. The networks of the paper's Fig. 1(b)
need 380 on average, a few thousand at most."""


class Flow:
    """One or many two-layer networks under gradient flow.

        run = Flow(X, y, W, a)
        run.to(10.0)
        run.advance(2.5)
        run.time, run.W, run.a, run.loss()

    Computed in the type and on the device that `lazyrich.arrays.tensors` chooses. All arrays are copied, without their
    autograd history. The result does not depend on how the same training is divided between rates and sizes (theory.md,
    section 6).

    Args:
        X: Inputs (n, d) that all networks share, or (B, n, d) for separate ones.
        y: Labels (n,) or (B, n).
        W: First layers at the start (m, d) or (B, m, d).
        a: Readouts at the start (m,) or (B, m).
        eta_a: Rate of the readout; 0 freezes the layer.
        eta_w: Rate of the first layer; 0 freezes the layer.
        leak: Slope of the activation at and below zero, 0 to 1; 1 for a linear network.
        tolerance: Error of a step, above 0 and below 1, relative to the weights or to a linear map with outputs as
            large as those of the data or the network, whichever is stricter.
        most_gradients: Largest number of gradients for a network; MAX_GRADIENTS if None, or SMALL_MAX_GRADIENTS for a
            small network.

    Raises:
        ValueError: If a shape or a number is not allowed, or not finite.

    Source: theory.md, section 0.
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        W: Any,
        a: Any,
        eta_a: float = 1.0,
        eta_w: float = 1.0,
        leak: float = 0.0,
        tolerance: float = 2e-3,
        most_gradients: int | None = None,
    ):
        (X, y, W, a), self._back = copies(X=X, y=y, W=W, a=a)
        check_problem(X, y, W, a)
        eta_a, eta_w = checked_rates(eta_a, eta_w)
        leak, tolerance = checked_leak(leak), number("tolerance", tolerance)
        if not 0 < tolerance < 1:
            raise ValueError(f"tolerance must be above 0 and below 1, got {tolerance:g}: 2e-3 is what is usual.")
        for name, given in (("X", X), ("y", y), ("W", W), ("a", a)):
            if not torch.isfinite(given).all():
                raise ValueError(f"{name} must hold finite numbers, got some that are not: flow needs all of them.")
        self._many = W.ndim == 3
        B, m, d = W.shape if self._many else (1, *W.shape)
        self._W, self._a = W.reshape(B, m, d), a.reshape(B, m)
        # convert to the sizes at unit rates, with time in units of n/2
        p, q, pace = _unit_rates(self._a, self._W, eta_a, eta_w)
        self._pace = pace * 2 / X.shape[-2]
        self._undo = float(eta_w / eta_a) ** 0.25 if eta_a and eta_w else 1.0
        theta = torch.cat([q, p[..., None]], -1)
        trained = (eta_a > 0, eta_w > 0)
        self._solver: SmallSolver | SmallStack | BatchedSolver
        if is_small(1 if X.ndim == 3 else B, m, X.shape[-2], d, X.device):
            most = SMALL_MAX_GRADIENTS if most_gradients is None else most_gradients
            if B == 1:
                X, y = X.reshape(X.shape[-2:]), y.reshape(-1)
                self._solver = SmallSolver(X, y, theta[0], tolerance, leak, trained, most)
            else:
                self._solver = SmallStack(X, y, theta, tolerance, leak, trained, most)
        else:
            most, order = MAX_GRADIENTS if most_gradients is None else most_gradients, 2 if leak == 1 else 1
            self._solver = BatchedSolver(X, y, theta, tolerance, leak, trained, order, most)
        self._times = [0.0] * B

    @property
    def W(self) -> Any:
        """Return a copy of the first layer, ([B,] m, d), numpy or torch as was given."""
        return self._back((self._W if self._many else self._W[0]).clone())

    @property
    def a(self) -> Any:
        """Return a copy of the readout, ([B,] m), numpy or torch as was given."""
        return self._back((self._a if self._many else self._a[0]).clone())

    @property
    def time(self) -> Any:
        """Return the flow time now: a number, or (B,) numbers, numpy or torch as was given."""
        return (
            self._back(torch.tensor(self._times, dtype=torch.float64, device="cpu")) if self._many else self._times[0]
        )

    @property
    def gradients(self) -> Any:
        """Return the gradients spent so far, including iterations for the stiffness: a whole number, or (B,)."""
        spent = [student.gradients for student in self._solver.students]
        return self._back(torch.tensor(spent, dtype=torch.int64, device="cpu")) if self._many else spent[0]

    @property
    def steps(self) -> Any:
        """Return the steps taken so far, each of several gradients: a whole number, or (B,)."""
        taken = [student.control.steps for student in self._solver.students]
        return self._back(torch.tensor(taken, dtype=torch.int64, device="cpu")) if self._many else taken[0]

    def to(self, time: Any) -> None:
        """Advance to exactly this time, a number or one for each network (B,).

        Raises:
            ValueError: If a network is already past that time.
            TooManySteps: If a network cannot reach it. It is raised after all others have reached it, and these can be
                advanced further; see `stuck`.
        """
        targets = time_per_network(time, len(self._times))
        self._check_ahead(dict(enumerate(targets)))
        self._run({b: [target] for b, target in enumerate(targets)}, self._keep)

    def advance(self, time: Any) -> None:
        """Advance by this time, a number or (B,). Raise ValueError if it is negative, and as `to` does."""
        spans = time_per_network(time, len(self._times))
        if min(spans) < 0:
            raise ValueError(f"time must be 0 or more, got {min(spans):g}: flow goes forward only.")
        self.to([now + span for now, span in zip(self._times, spans, strict=True)])

    def loss(self) -> Any:
        """Return the mean squared error at the current weights, a number or (B,), numpy or torch as was given."""
        if not all(student.begun for student in self._solver.students):
            self.to(self._times)
        losses = torch.stack([student.loss for student in self._solver.students])
        return self._back(losses if self._many else losses[0])

    @property
    def stuck(self) -> Any:
        """Return whether a network stopped with TooManySteps, a bool or (B,)."""
        found = [student.stuck is not None for student in self._solver.students]
        return self._back(torch.tensor(found, dtype=torch.bool, device="cpu")) if self._many else found[0]

    def finite(self) -> Any:
        """Return whether all weights are finite, a bool or (B,). Flow refuses steps that would make them infinite."""
        good = torch.isfinite(self._W.sum((1, 2)) + self._a.sum(1))
        return self._back(good) if self._many else bool(good[0])

    def record(self, at: Any, networks: Sequence[int] | None = None, skip_stuck: bool = False) -> Trajectory:
        """Advance to the times `at`, which are hit exactly, and record the networks there.

        Args:
            at: Increasing times (T,) or (B, T), none before a network's current time.
            networks: Indices of the networks to advance, all if None. The others do not move, with nan as record.
            skip_stuck: Record nan for stuck networks instead of raising TooManySteps.

        Returns:
            A Trajectory, as `flow` does.

        Raises:
            ValueError: If a time is not allowed.
            TooManySteps: If a network cannot reach its times, after all others have reached theirs.
        """
        B = len(self._W)
        where = checked_times(at, B if self._many else None)
        own = np.broadcast_to(where, (B, where.shape[-1]))
        going = range(B) if networks is None else networks
        self._check_ahead({b: own[b, 0] for b in going})
        fill = {"fill_value": float("nan")}
        Ws, readouts = (part.new_full((own.shape[1], *part.shape), **fill) for part in (self._W, self._a))
        losses = self._W.new_full((own.shape[1], B), **fill)

        def reached(number: int, first: int, theta: Tensor, losses_there: Tensor) -> None:
            W, a = self._keep(number, first, theta, losses_there)
            these = slice(first, first + len(theta))
            Ws[these, number], readouts[these, number], losses[these, number] = W, a, losses_there

        try:
            self._run({b: own[b].tolist() for b in going}, reached)
        except TooManySteps:
            if not skip_stuck:
                raise
        if not self._many:
            Ws, readouts, losses = Ws[:, 0], readouts[:, 0], losses[:, 0]
        back = self._back
        return Trajectory(back(torch.from_numpy(where)), back(Ws), back(readouts), back(losses), self.gradients)

    def _check_ahead(self, targets: Mapping[int, float]) -> None:
        for b, target in targets.items():
            if not target >= self._times[b]:
                raise ValueError(f"time must be {self._times[b]:g}, where the network is, or later, got {target:g}.")

    @full_precision
    def _run(self, times: Mapping[int, Sequence[float]], reached: Reached) -> None:
        """Bring networks b to times[b], and report each time reached."""
        sizes = (self._W.square().sum((1, 2)) + self._a.square().sum(1)).tolist()
        # the longest jobs first (stiffness times time), so that none runs alone at the end
        first = sorted(times, key=lambda b: -sizes[b] * times[b][-1])
        jobs = [Job(b, [time * self._pace for time in times[b]]) for b in first]
        try:
            with torch.inference_mode():
                self._solver.run(jobs, reached)
        except TooManySteps:
            self._arrive(times)
            raise
        self._arrive(times)

    def _arrive(self, times: Mapping[int, Sequence[float]]) -> None:
        for b, own in times.items():
            if not self._solver.students[b].stuck:
                self._times[b] = own[-1]

    def _keep(self, number: int, _: int, theta: Tensor, losses: Tensor) -> tuple[Tensor, Tensor]:
        """Take over the last of some weights (k, m, d + 1) of a network.

        Returns all of them in the sizes that were given: W (k, m, d), a (k, m).
        """
        # not before they have moved, so that the start is bit for bit the one given
        if self._solver.students[number].control.steps:
            W, a = theta[..., :-1] * self._undo, theta[..., -1] / self._undo
            self._W[number], self._a[number] = W[-1], a[-1]
        else:
            W, a = self._W[number].expand(len(theta), -1, -1), self._a[number].expand(len(theta), -1)
        return W, a


def flow(
    X: Any,
    y: Any,
    W: Any,
    a: Any,
    at: Any,
    eta_a: float = 1.0,
    eta_w: float = 1.0,
    leak: float = 0.0,
    tolerance: float = 2e-3,
    most_gradients: int | None = None,
) -> Trajectory:
    """Train one or many two-layer networks by gradient flow and record them at the times `at`.

    Steps end at these times; for a single small network, cubic Hermite polynomials interpolate between longer steps.

    Args:
        X: Inputs (n, d) that all networks share, or (B, n, d) for separate ones.
        y: Labels (n,) or (B, n).
        W: First layers at the start (m, d) or (B, m, d).
        a: Readouts at the start (m,) or (B, m).
        at: Increasing times (T,) or (B, T), learning rate x steps of descent; 0 is the start.
        eta_a: Rate of the readout; 0 freezes the layer.
        eta_w: Rate of the first layer; 0 freezes the layer.
        leak: Slope of the activation at and below zero, 0 to 1; 1 for a linear network.
        tolerance: Error of a step, above 0 and below 1; see `Flow`.
        most_gradients: Largest number of gradients for a network; see `Flow`.

    Returns:
        A Trajectory, numpy or torch as was given, with the mean squared error as loss. ReLU flow is not continuous in
        the weights where activations flip, so compare outputs, losses and kernels with other solvers, not weights.
        Weights that stay on the line of an input are recorded beside it, on the side where they would be for most of
        the time.

    Raises:
        ValueError: If a shape, a rate or `at` is not allowed.
        TooManySteps: If a network needs more than most_gradients; from lazyrich.theory.

    Source: theory.md, section 0.
    """
    run = Flow(X, y, W, a, eta_a, eta_w, leak, tolerance, most_gradients)
    return run.record(at)


def _unit_rates(a: Tensor, W: Tensor, eta_a: float, eta_w: float) -> tuple[Tensor, Tensor, float]:
    """Return the sizes of (a, W) at unit rates and the factor of time; a frozen layer keeps the rate 0."""
    if eta_a and eta_w:
        return equal_rates(a, W, eta_a, eta_w)
    return a, W, eta_a or eta_w
