"""Full-batch gradient descent on the mean squared error for one or many two-layer networks.

W <- W - rate eta_w dL/dW, a <- a - rate eta_a dL/da with L = (1/n) sum_j (f(x_j) - y_j)^2: the authors' training
(theory.md, section 0). `descent` runs to the last requested step; `Descent` goes on a few steps at a time, to inspect
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
from lazyrich.training.validation import check_problem, checked_steps, learning_rates

__all__ = ["Descent", "descent"]

CACHED = 200_000
"""Entries of the pre-activations of students that go together on a CPU: four students of the paper's Fig. 1(b).
Measured; with two or sixteen of them instead a step is 4 to 14 % slower, because what it touches is then too small or
leaves the cache."""

ALONE = 1_000_000
"""Multiplications of the first layer on all inputs, m n d, from which students with data of their own go one by one on
a CPU: their inputs would push each other out of the cache."""

CUDA_MAX, CUDA_ENTRIES = 300, 15_000_000
"""The same on CUDA, where more students keep more of the device busy: up to 300, which those of Fig. 1(b) reach."""


class Descent:
    """One or many two-layer networks in training.

        run = Descent(X, y, W, a, learning_rate=0.5)
        run.advance(100)
        run.W, run.a, run.loss()

    X (n, d), y (n,): data that all networks share, or (B, n, d) and (B, n) where each has its own. W (m, d) or (B, m,
    d), a (m,) or (B, m): where they start. All four are copied, so that changing them later changes nothing; gradients
    that they carry are left behind. learning_rate: a number, or (B,) numbers. eta_a, eta_w: rates of readout and first
    layer relative to it, 0 freezes a layer. leak: slope of the activation below zero. Computed in the type and on the
    device that `lazyrich.arrays.tensors` chooses; on a CPU the same call gives bitwise the same numbers. Weights that
    overflow go on as inf and nan; `finite` tells. Raises ValueError when a shape or a number is not allowed.
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
        chunks = _chunks(B, together)
        self._stacks: list[SmallDescent | BatchedNetworks | GraphedNetworks] = []
        if is_small(B, m, X.shape[-2], d, X.device):
            inputs, targets = X.reshape(X.shape[-2:]).numpy(), y.reshape(-1).numpy()
            weights = self._W.numpy(), self._a.numpy()
            self._stacks.append(SmallDescent(inputs, targets, *weights, rates[0], eta_a, eta_w, leak))
            return
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
        """Take so many more steps. Raises ValueError when steps is negative or no whole number."""
        count = number("steps", steps)
        if count < 0:
            raise ValueError(f"steps must be 0 or more, got {steps}: descent goes forward only.")
        if not count.is_integer():
            raise ValueError(f"steps must be a whole number, got {steps}: round it.")
        steps = int(count)
        with torch.inference_mode():
            # a stack takes all its steps before the next one begins, so that its numbers stay in cache
            for stack in self._stacks:
                stack.run(steps)
        self.steps += steps

    @full_precision
    def loss(self) -> Any:
        """The mean squared error of the weights as they are: a number, or (B,) numbers, numpy or torch as was given."""
        with torch.inference_mode():
            losses = torch.cat([stack.loss() for stack in self._stacks])
        return self._back(losses.clone() if self._many else losses[0].clone())

    def finite(self) -> Any:
        """Whether all weights are finite: True or False, or (B,) of them. One sum, so far cheaper than a step."""
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

    at (T,): increasing whole numbers, 0 is the start. The rest as for Descent: X (n, d) or (B, n, d), y (n,) or (B, n),
    W (m, d) or (B, m, d), a (m,) or (B, m), learning_rate a number or (B,), loss the mean squared error.
    Returns a Trajectory, numpy or torch as was given. A network that diverges goes on as inf and nan.
    Raises ValueError when a shape, a rate or `at` is not allowed, saying what is.
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
    """Return how many students of so many pre-activations go into one stack."""
    if device.type == "cuda":
        return max(1, min(CUDA_MAX, CUDA_ENTRIES // entries))
    return max(1, CACHED // entries)


def _chunks(networks: int, together: int) -> list[tuple[int, int]]:
    """Return (first, last) of stacks of nearly equal size, at most `together`: a last stack of one would be slow."""
    count = -(-networks // together)
    edges = [networks * number // count for number in range(count + 1)]
    return list(itertools.pairwise(edges))
