"""The fastest decay of gradient flow at a point: the largest eigenvalue of the neural tangent kernel as it is there.

Power iteration over the samples with the activations frozen, v <- K v, two matrix products an iteration and no kernel
formed (theory.md, sections 5 and 7). Differences of gradients would be cheaper, but one activation that flips between
them makes such an estimate up to 34 times the truth.

    stiffness = Stiffness(X, width=50)
    value, v = stiffness.measure(W, a, stiffness.guess)
"""

from __future__ import annotations

import torch
from torch import Tensor

__all__ = ["Stiffness"]

COLD_ROUNDS, SETTLED = 20, 0.01
"""Iterations at most, and the relative change that ends them, where no earlier vector is known."""


class Stiffness:
    """lambda_max of K = t_a Phi Phi^T + t_w (X X^T) o (D diag(a^2) D^T) for one network of `width` neurons at a time.

    X (n, d). leak: slope of phi below zero. trained: whether (readout, first layer) are, t_a and t_w.
    """

    def __init__(self, X: Tensor, width: int, leak: float = 0.0, trained: tuple[bool, bool] = (True, True)):
        n, d = X.shape
        self._Xt = X.T.contiguous()
        self._X = self._Xt.T
        self._leak, self._trained = leak, trained
        self._Phi, self._S, self._back = X.new_empty(width, n), X.new_empty(width, n), X.new_empty(width, n)
        self._g = X.new_empty(width, d)
        start = torch.randn(n, generator=torch.Generator().manual_seed(0), dtype=torch.float64, device="cpu")
        self.guess = (start.abs() + start / 2).div_(start.norm()).to(X)
        """A vector (n,) to begin with: mostly of one sign, as the top eigenvector of ReLU networks is."""

    def measure(self, W: Tensor, a: Tensor, v: Tensor, rounds: int | None = None) -> tuple[float, Tensor, int]:
        """The eigenvalue at the weights W (m, d), a (m,), from below; the vector for the next time; the work done.

        v (n,): from an earlier measurement, or `guess`. rounds: iterations; None goes on until the value settles.
        The work counts two matrix products as one gradient. To be called in inference mode.
        """
        torch.mm(W, self._Xt, out=self._Phi)
        torch.gt(self._Phi, 0, out=self._S)
        if self._leak:
            self._S.clamp_min_(self._leak)
        self._Phi.mul_(self._S)
        self._S.mul_(a[:, None])
        value, spent = 0.0, 1
        while spent <= (rounds or COLD_ROUNDS):
            image = self._times(v)
            before, value = value, float(image.norm() / v.norm())
            spent += 1
            if not value > 0:
                return value, v, spent
            v = image / image.norm()
            if rounds is None and abs(value - before) < SETTLED * value:
                break
        return value, v, spent

    def _times(self, v: Tensor) -> Tensor:
        """K v."""
        image = torch.zeros_like(v)
        by_readout, by_first = self._trained
        if by_first:
            torch.mul(self._S, v, out=self._back)
            torch.mm(self._back, self._X, out=self._g)
            torch.mm(self._g, self._Xt, out=self._back)
            torch.sum(self._back.mul_(self._S), 0, out=image)
        if by_readout:
            image.addmv_(self._Phi.T, self._Phi @ v)
        return image
