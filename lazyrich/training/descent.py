"""Full-batch gradient descent on the mean squared error for one or many two-layer networks.

W <- W - rate eta_w dL/dW, a <- a - rate eta_a dL/da with L = (1/n) sum_j (f(x_j) - y_j)^2: the authors' training
(theory.md, section 0). `descent` runs to the last requested step; `Descent` advances a few steps at a time, to inspect
intermediate states.

    trajectory = descent(X, y, W, a, learning_rate=0.5, at=[0, 10, 100, 1000])
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich.arrays import copies, number
from lazyrich.networks import checked_leak, checked_rates
from lazyrich.training.batched import BatchedNetworks, Buffers
from lazyrich.training.cuda_graphs import GraphedNetworks
from lazyrich.training.gradient_flow.trajectory import Trajectory
from lazyrich.training.precision import full_precision
from lazyrich.training.small_network import SmallDescent, is_small
from lazyrich.training.small_network import together as small_together
from lazyrich.training.small_networks import SmallDescents
from lazyrich.training.validation import check_problem, checked_steps, learning_rates

__all__ = ["Descent", "descent"]

CACHED = 200_000
"""Number of pre-activations of the students in one batch on a CPU: four students of the paper's Fig. 1(b). Measured;
with two or sixteen of them a step is 4 to 14 % slower, because the products are too small or leave the cache."""

ALONE = 1_000_000
"""Multiplications of the first layer on all inputs, m n d, from which students with their own data are trained one by
one on a CPU: their inputs would evict each other from the cache."""

CUDA_MAX, CUDA_ENTRIES = 300, 15_000_000
"""Number of pre-activations of the students in one batch on CUDA, where more students use more of the device: 300 of
Fig. 1(b)."""


class Descent:
    """Gradient descent of one or many two-layer networks.

        run = Descent(X, y, W, a, learning_rate=0.5)
        run.advance(100)
        run.W, run.a, run.loss()

    Computed in the type and on the device that `lazyrich.arrays.tensors` chooses; on a CPU the same call gives bitwise
    the same numbers. Weights that overflow become inf and nan, which `finite` tells. All arrays are copied, without
    their autograd history.

    Args:
        X: Inputs (n, d) that all networks share, or (B, n, d) for separate ones.
        y: Labels (n,) or (B, n).
        W: First layers at the start (m, d) or (B, m, d).
        a: Readouts at the start (m,) or (B, m).
        learning_rate: A number above 0, or one for each network (B,).
        eta_a: Rate of the readout relative to it; 0 freezes the layer.
        eta_w: Rate of the first layer relative to it; 0 freezes the layer.
        leak: Slope of the activation at and below zero, 0 to 1.

    Raises:
        ValueError: If a shape or a number is not allowed.

    Source: theory.md, section 0.
    """

    def __init__(
        self,
        X: Any,
        y: Any,
        W: Any,
        a: Any,
        learning_rate: Any,
        eta_a: float = 1.0,
        eta_w: float = 1.0,
        leak: float = 0.0,
    ):
        (X, y, W, a), self._back = copies(X=X, y=y, W=W, a=a)
        check_problem(X, y, W, a)
        eta_a, eta_w = checked_rates(eta_a, eta_w)
        leak = checked_leak(leak)
        self._shape = W.shape
        self._many = W.ndim == 3
        B, m, d = W.shape if self._many else (1, *W.shape)
        rates = learning_rates(learning_rate, B if self._many else None)
        self._W, self._a = W.reshape(B * m, d), a.reshape(B * m)
        self.steps = 0
        """Steps taken so far."""
        together = _together(X.device, m * X.shape[-2])
        if X.ndim == 3 and not X.is_cuda and m * X.shape[-2] * d > ALONE:
            together = 1
        self._stacks: list[SmallDescent | SmallDescents | BatchedNetworks | GraphedNetworks] = []
        if is_small(1 if X.ndim == 3 else B, m, X.shape[-2], d, X.device):
            inputs, targets = (part.expand(B, *part.shape[-axes:]).numpy() for part, axes in ((X, 2), (y, 1)))
            weights = self._W.view(B, m, d).numpy(), self._a.view(B, m).numpy()
            for first, last in _chunks(B, small_together(m, X.shape[-2])):
                X, y, W, a = (part[first:last] for part in (inputs, targets, *weights))
                own, rules = rates[first:last], (eta_a, eta_w, leak)
                self._stacks.append(
                    SmallDescent(X[0], y[0], W[0], a[0], own[0], *rules)
                    if len(own) == 1
                    else SmallDescents(X, y, W, a, own, *rules)
                )
            return
        chunks = _chunks(B, together)
        buffers = Buffers(X, y, max(last - first for first, last in chunks), m)
        for first, last in chunks:
            own = rates[first:last]
            rate = own[0] if len(set(own)) == 1 else torch.tensor(own, dtype=X.dtype, device=X.device)
            rows = slice(first * m, last * m)
            stack = BatchedNetworks(buffers, slice(first, last), self._W[rows], self._a[rows], rate, eta_a, eta_w, leak)
            self._stacks.append(GraphedNetworks(stack, X.device) if X.is_cuda else stack)

    @property
    def W(self) -> Any:
        """Return a copy of the first layer, ([B,] m, d), numpy or torch as was given."""
        return self._back(self._W.view(self._shape).clone())

    @property
    def a(self) -> Any:
        """Return a copy of the readout, ([B,] m), numpy or torch as was given."""
        return self._back(self._a.view(self._shape[:-1]).clone())

    @full_precision
    def advance(self, steps: int) -> None:
        """Take this many more steps. Raise ValueError if `steps` is negative or no whole number."""
        count = number("steps", steps)
        if count < 0:
            raise ValueError(f"steps must be 0 or more, got {steps}: descent goes forward only.")
        if not count.is_integer():
            raise ValueError(f"steps must be a whole number, got {steps}: round it.")
        steps = int(count)
        with torch.inference_mode():
            # each stack takes all its steps before the next one, so that its numbers stay in cache
            for stack in self._stacks:
                stack.run(steps)
        self.steps += steps

    @full_precision
    def loss(self) -> Any:
        """Return the mean squared error at the current weights, a number or (B,), numpy or torch as was given."""
        with torch.inference_mode():
            losses = torch.cat([stack.loss() for stack in self._stacks])
        return self._back(losses.clone() if self._many else losses[0].clone())

    def finite(self) -> Any:
        """Return whether all weights are finite, a bool or (B,). It takes one sum, far less than a step."""
        per_network = self._W.view(*self._shape[:-2], -1).sum(-1) + self._a.view(self._shape[:-1]).sum(-1)
        good = torch.isfinite(per_network)
        return self._back(good) if self._many else bool(good)


def descent(
    X: Any,
    y: Any,
    W: Any,
    a: Any,
    learning_rate: Any,
    at: Any,
    eta_a: float = 1.0,
    eta_w: float = 1.0,
    leak: float = 0.0,
) -> Trajectory:
    """Train one or many two-layer networks by gradient descent and record them at the steps `at`.

    Args:
        X: Inputs (n, d) that all networks share, or (B, n, d) for separate ones.
        y: Labels (n,) or (B, n).
        W: First layers at the start (m, d) or (B, m, d).
        a: Readouts at the start (m,) or (B, m).
        learning_rate: A number above 0, or one for each network (B,).
        at: Increasing whole numbers of steps (T,), 0 is the start.
        eta_a: Rate of the readout relative to the learning rate; 0 freezes the layer.
        eta_w: Rate of the first layer relative to the learning rate; 0 freezes the layer.
        leak: Slope of the activation at and below zero, 0 to 1.

    Returns:
        A Trajectory, numpy or torch as was given, with the mean squared error as loss. The weights of a network that
        diverges become inf and nan.

    Raises:
        ValueError: If a shape, a rate or `at` is not allowed.

    Source: theory.md, section 0.
    """
    steps = checked_steps(at)
    run = Descent(X, y, W, a, learning_rate, eta_a=eta_a, eta_w=eta_w, leak=leak)
    moments = []
    for step in steps:
        run.advance(step - run.steps)
        moments.append((run.W, run.a, run.loss()))
    Ws, readouts, losses = zip(*moments, strict=True)
    as_torch = isinstance(Ws[0], Tensor)
    stack: Any = torch.stack if as_torch else np.stack
    count = steps[-1]
    gradients: Any = count
    if Ws[0].ndim == 3:
        gradients = (
            torch.full((len(Ws[0]),), count, dtype=torch.int64, device="cpu")
            if as_torch
            else np.full(len(Ws[0]), count)
        )
    where = torch.tensor(steps, dtype=torch.int64, device="cpu") if as_torch else np.array(steps)
    return Trajectory(where, stack(Ws), stack(readouts), stack(losses), gradients)


def _together(device: torch.device, entries: int) -> int:
    """Return the number of students with this many pre-activations in one stack."""
    if device.type == "cuda":
        return max(1, min(CUDA_MAX, CUDA_ENTRIES // entries))
    return max(1, CACHED // entries)


def _chunks(networks: int, together: int) -> list[tuple[int, int]]:
    """Return (first, last) of stacks of nearly equal size, at most `together`: a last stack of one would be slow."""
    count = -(-networks // together)
    edges = [networks * number // count for number in range(count + 1)]
    return list(itertools.pairwise(edges))
