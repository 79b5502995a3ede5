"""Measure the fastest decay of gradient flow at a point: the largest eigenvalue of the neural tangent kernel there.

Power iteration over the samples with the activations frozen, v <- K v, two matrix products an iteration and no kernel
formed (theory.md, sections 5 and 7). Differences of gradients would be cheaper, but a single activation that flips
between them can make such an estimate 34 times too large.

    stiffness = Stiffness(X)
    value, v = stiffness.measure(W, a, stiffness.guess)
"""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import torch

__all__ = ["Stiffness"]

COLD_ROUNDS, SETTLED = 20, 0.01
"""Largest number of iterations, and the relative change that ends them, if no earlier vector is known."""


class Stiffness:
    """lambda_max of K = t_a Phi Phi^T + t_w (X X^T) o (D diag(a^2) D^T) for one network at a time.

    Args:
        X: Inputs (n, d), numpy or torch, as are all other arrays given and returned.
        leak: Slope of phi at and below zero, 0 to 1.
        trained: Whether (readout, first layer) are trained, t_a and t_w.
    """

    def __init__(self, X: Any, leak: float = 0.0, trained: tuple[bool, bool] = (True, True)):
        n = len(X)
        of_numpy = isinstance(X, np.ndarray)
        self._Xt = np.ascontiguousarray(X.T) if of_numpy else X.T.contiguous()
        self._leak, self._trained = leak, trained
        # a number of X's type: multiplying by it converts booleans to that type
        self._one = X.dtype.type(1) if of_numpy else X.new_ones(())
        start = torch.randn(n, generator=torch.Generator().manual_seed(0), dtype=torch.float64, device="cpu")
        start = (start.abs() + start / 2).div_(start.norm())
        self.guess: Any = start.numpy().astype(X.dtype) if of_numpy else start.to(X)
        """Return a vector (n,) to begin with: mostly of one sign, as the top eigenvector of ReLU networks is."""

    def measure(self, W: Any, a: Any, v: Any, rounds: int | None = None, slopes: Any = None) -> tuple[float, Any, int]:
        """Measure the eigenvalue at the given weights. Call it in inference mode.

        Args:
            W: First layer (m, d).
            a: Readout (m,).
            v: Vector (n,) of an earlier measurement, or `guess`.
            rounds: Number of iterations; None iterates until the value settles.
            slopes: Slopes of phi (n, m); those at the given weights if None.

        Returns:
            The eigenvalue, from below; its vector (n,); and the work, with two matrix products counted as one gradient.
        """
        Z = self._Xt.T @ W.T
        if slopes is None:
            slopes = (Z > 0) * self._one
            if self._leak:
                slopes = slopes.clip(self._leak)
        Z *= slopes
        slope = slopes * a
        value, spent = 0.0, 1
        while spent <= (rounds or COLD_ROUNDS):
            image = self._times(Z, slope, v)
            size = float(image @ image) ** 0.5
            before, value = value, size / float(v @ v) ** 0.5
            spent += 1
            if not 0 < value < inf:
                return value, v, spent
            v = image / size
            if rounds is None and abs(value - before) < SETTLED * value:
                break
        return value, v, spent

    def _times(self, Phi: Any, S: Any, v: Any) -> Any:
        """K v, from activations Phi (n, m) and slopes times the readout S (n, m)."""
        by_readout, by_first = self._trained
        image = 0 * v
        if by_first:
            # sum_i of S S^T o X X^T v: what goes through the first layer, without another pass over n x m numbers
            image += ((S @ ((self._Xt * v) @ S).T) * self._Xt.T).sum(1)
        if by_readout:
            image += Phi @ (Phi.T @ v)
        return image
