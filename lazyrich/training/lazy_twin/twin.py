"""The lazy twin of a two-layer network: its linearisation at the start, trained on the same data.

twin = LazyTwin(X, y, W, a)
twin([1.0, 10.0, math.inf], X_new)        # outputs (3, len(X_new)) of its gradient flow
twin.descent(1000, 5e-3, X_new)           # after 1000 steps of gradient descent
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, get_args

import torch
from torch import Tensor

from lazyrich.arrays import copies, number, tensors
from lazyrich.config.twin_size import twin_too_large
from lazyrich.networks import checked_leak, checked_rates
from lazyrich.training.lazy_twin.gradients import Linearisation
from lazyrich.training.lazy_twin.modes import Route, modes_of
from lazyrich.training.lazy_twin.shares import Shares, shares_by_descent, shares_by_flow
from lazyrich.training.precision import full_precision
from lazyrich.training.validation import check_problem

__all__ = ["LazyTwin"]

Back = Callable[[Tensor], Any]


class LazyTwin:
    """The linearised two-layer network f_0(x) + grad f_0(x) . (theta - theta_0), trained exactly on the same data.

    With K = V diag(l) V^T the kernel of the start on the training inputs and r = y - f_0(X), gradient flow on the mean
    squared error gives, at every time,

        f(x; t) = f_0(x) + K(x, X) V diag((1 - exp(-2 l t / n)) / l) V^T r,

    and k steps of gradient descent of size h have 1 - (1 - 2 h l / n)^k in place of the exponential. It is the kernel
    machine that the network would be if its kernel did not move; a lazy network stays close to it. Always float64.

    Args:
        X: Training inputs (n, d).
        y: Training outputs (n,).
        W: First layer of the start (m, d).
        a: Readout of the start (m,).
        eta_a: Learning rate of the readout, 0 freezes it; as in `training.flow`.
        eta_w: Learning rate of the first layer, 0 freezes it.
        leak: Slope of the activation at and below zero, 0 to 1.
        route: "kernel" takes the eigenvectors of K, n^3 operations. "features" takes the singular vectors of the
            gradients, and keeps modes down to 1e-22 of the largest eigenvalue in place of 1e-12: use it for t = inf if
            two inputs lie within 1e-5 of each other. None takes "features" where that is cheap.

    Raises:
        ValueError: For shapes that do not fit, numbers that are not finite, rates or a leak that are not allowed, and
            where both n and m (d + 1) are above 2,000.

    Example:
        twin = LazyTwin(X, y, W, a)
        gap = twin(t, X_test) - two_layer(X_test, W_t, a_t)

    Source: docs/theory.md, section 9; Jacot et al. 2018; Lee et al. 2019.
    """

    @full_precision
    def __init__(
        self,
        X: Any,
        y: Any,
        W: Any,
        a: Any,
        eta_a: float = 1.0,
        eta_w: float = 1.0,
        leak: float = 0.0,
        *,
        route: Route | None = None,
    ):
        given, self._back = copies(X=X, y=y, W=W, a=a)
        self._device = given[0].device
        self._as_torch = isinstance(self._back(given[0]), Tensor)
        X, y, W, a = (part.to("cpu", torch.float64) for part in given)
        check_problem(X, y, W, a)
        if W.ndim != 2:
            raise ValueError(f"W must have shape (m, {X.shape[1]}), one network, got {tuple(W.shape)}.")
        for name, part in (("X", X), ("y", y), ("W", W), ("a", a)):
            if not torch.isfinite(part).all():
                raise ValueError(f"{name} must hold finite numbers only, got some that are not: leave them out.")
        if route is not None and route not in get_args(Route):
            raise ValueError(f"route must be 'kernel', 'features' or None, got {route!r}.")
        eta_a, eta_w = checked_rates(eta_a, eta_w)
        if too_large := twin_too_large(len(X), *W.shape):
            raise ValueError(f"A lazy twin {too_large}.")
        self._network = Linearisation(W, a, eta_a, eta_w, checked_leak(leak))
        self._samples = len(X)
        residual = y - self._network.outputs(X)
        if not all(torch.isfinite(part).all() for part in (residual, self._network.trace(X))):
            raise ValueError(
                "X, W and a must have outputs and a kernel below 1.8e308, got larger ones: divide them by a number."
            )
        self._modes = modes_of(self._network, X, residual, route)
        self._speeds = 2.0 / len(X) * self._modes.eigenvalues

    def __call__(self, t: Any, X_new: Any) -> Any:
        """Return the outputs of gradient flow at times t.

        Args:
            t: Flow times, a number or an array (...) of them, from 0 on; infinity is the end of training.
            X_new: Inputs (k, d).

        Returns:
            Outputs (..., k), float64; numpy, or torch where the data or X_new are.

        Raises:
            ValueError: For a time below 0 or no number, and inputs of another dimension.
        """
        return self._outputs(self._by_flow(t), X_new)

    def descent(self, k: Any, step: float, X_new: Any) -> Any:
        """Return the outputs after k steps of gradient descent.

        Args:
            k: Numbers of steps, a whole number or an array (...) of them, from 0 on; infinity if every mode decays.
            step: Size of a step, the learning rate that multiplies eta_a and eta_w. Above the largest stable one, n
                over the largest eigenvalue of K, outputs grow without bound and end as inf or nan.
            X_new: Inputs (k, d).

        Returns:
            Outputs (..., k), float64; numpy, or torch where the data or X_new are.

        Raises:
            ValueError: For numbers of steps below 0 or not whole, a step that is not above 0, and inputs of another
                dimension.
        """
        return self._outputs(self._by_descent(k, step), X_new)

    def train_loss(self, t: Any, step: float | None = None) -> Any:
        """Return the mean squared error on the training data.

        Args:
            t: Flow times (...) as of a call; where `step` is given, numbers of steps as of `descent`.
            step: Size of a step of gradient descent; None for gradient flow.

        Returns:
            Losses (...), float64; with digits down to where the loss is rounding of the outputs.

        Raises:
            ValueError: As for a call or `descent`.
        """
        remaining = self._shares(t, step).remaining
        squares = (self._modes.residual * remaining).square().sum(-1)
        return self._out((squares + self._modes.unlearned_square) / self._samples, self._back)

    def weights(self, t: Any, step: float | None = None, axes: Any = None) -> tuple[Any, Any]:
        """Return the weights of the linearised network.

        Args:
            t: Flow times (...) as of a call; where `step` is given, numbers of steps as of `descent`.
            step: Size of a step of gradient descent; None for gradient flow.
            axes: Directions (q, d) along which to return the first layer; all of it if None.

        Returns:
            The first layer (..., m, d), or (..., m, q) along axes, and the readout (..., m), float64.

        Raises:
            ValueError: As for a call or `descent`, and for axes of another dimension.
        """
        shares = self._shares(t, step).learned
        W, a = self._network.W, self._network.a
        along = (
            torch.eye(W.shape[1], dtype=torch.float64, device="cpu") if axes is None else self._inputs("axes", axes)[0]
        )
        first, readout = self._modes.weights(along)
        by_first = (shares @ first.flatten(0, 1).T).unflatten(-1, first.shape[:2])
        return self._out(W @ along.T + by_first, self._back), self._out(a + shares @ readout.T, self._back)

    @full_precision
    def _outputs(self, shares: Shares, given: Any) -> Any:
        X_new, back = self._inputs("X_new", given)
        start, basis = self._network.outputs(X_new), self._modes.at(X_new)
        *lead, modes = shares.learned.shape
        # in one pass, because the outputs at all frames of a run are the largest array here
        found = torch.addmm(start, shares.learned.reshape(math.prod(lead), modes), basis.T)
        return self._out(found.reshape(*lead, len(X_new)), back)

    def _shares(self, t: Any, step: float | None) -> Shares:
        return self._by_flow(t) if step is None else self._by_descent(t, step)

    def _by_flow(self, t: Any) -> Shares:
        (times,), _ = tensors(t=t)
        times = times.to("cpu", torch.float64)
        if not (times >= 0).all():
            raise ValueError(f"t must be at or above 0, got {float(times.min()):g}: time runs forward from the start.")
        return shares_by_flow(self._speeds, times)

    def _by_descent(self, k: Any, step: Any) -> Shares:
        (steps,), _ = tensors(k=k)
        steps, size = steps.to("cpu", torch.float64), number("step", step)
        if not (steps >= 0).all() or not (steps == steps.floor()).all():
            bad = steps[~((steps >= 0) & (steps == steps.floor()))].flatten()[0]
            raise ValueError(f"k must hold whole numbers of steps from 0 on, got {float(bad):g}.")
        if not (size > 0 and math.isfinite(size)):
            raise ValueError(f"step must be above 0 and finite, got {size:g}: choose a positive one.")
        if torch.isinf(steps).any() and (size * self._speeds >= 2).any():
            stable = 2 / float(self._speeds.max())
            raise ValueError(
                f"k may be infinite only where descent settles, for a step below {stable:.3g}, got {size:g}: take a "
                "smaller step, or a finite k."
            )
        return shares_by_descent(self._speeds, steps, size)

    def _inputs(self, name: str, given: Any) -> tuple[Tensor, Back]:
        (inputs,), back = tensors(**{name: given})
        inputs, d = inputs.to("cpu", torch.float64), self._network.W.shape[1]
        if inputs.ndim != 2 or inputs.shape[1] != d or not len(inputs):
            raise ValueError(f"{name} must have shape (k, {d}) like X, not empty, got {tuple(inputs.shape)}.")
        return inputs, back

    def _out(self, result: Tensor, back: Back) -> Any:
        """Convert a result as the data were given, or by `back` if those were no tensors."""
        return result.to(self._device) if self._as_torch else back(result)
