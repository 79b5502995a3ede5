"""One small two-layer network in numpy, for training where calls cost more than their arithmetic.

A gradient of 50 neurons on 20 inputs is a few thousand operations, over in a microsecond or two: ten calls of torch
take some 12 µs for it, those of numpy 7. The products are those of a BatchedNetworks (batched.py), with the inputs as
rows, so that a mask of the active pairs serves both layers:

    Z = X W^T, S = (Z > 0), f = (S Z) a, r = y - f, g = S^T (r X), then dW = a g and da = <w, g>.

Weights lie in one array theta (d + 1, m), the readout in its last row, as numpy is quickest at rows of numbers.

    network = SmallNetwork(X, y, width=50)
    network.slopes(theta, out)
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from lazyrich.config.small_size import MAX_PRODUCTS

__all__ = ["SmallDescent", "SmallNetwork", "is_small", "together"]

CACHED = 64_000
"""Pre-activations of several small networks that are worked on together: with their slopes half a megabyte, which stays
in a core's cache."""


def is_small(networks: int, width: int, samples: int, dimension: int, device: Any) -> bool:
    """Return whether to train a network by numpy rather than by torch: the only place where this is decided.

    Args:
        networks: How many are trained on the same data, 1 where each has data of its own. On the same data, torch has
            one product for all of them.
        width: Neurons m.
        samples: Inputs n.
        dimension: Of the inputs, d.
        device: torch device that holds the data.

    Returns:
        True for a network alone on its data, on a CPU, whose first layer takes at most MAX_PRODUCTS multiplications.
    """
    return bool(networks == 1 and device.type == "cpu" and width * samples * dimension <= MAX_PRODUCTS)


def together(width: int, samples: int) -> int:
    """Return how many networks of m neurons on n inputs each to work on together."""
    return max(1, CACHED // (width * samples))


class SmallNetwork:
    """n/2 times minus the gradient of the mean squared error of one network.

    Args:
        X: Inputs (n, d).
        y: Targets (n,).
        width: Neurons m.
        leak: Slope of phi at and below zero.
        trained: Whether (readout, first layer) are trained; the slope of a frozen layer is 0.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        width: int,
        leak: float = 0.0,
        trained: tuple[bool, bool] = (True, True),
    ):
        (n, d), dtype = X.shape, X.dtype
        self._X, self._Xt, self._y = X, np.ascontiguousarray(X.T), y
        self._leak, self._trained, self._zero = leak, trained, np.zeros((), dtype)
        self.Z, self._phi, self._S = np.empty((3, n, width), dtype)
        """Pre-activations at the weights of the last call (n, m)."""
        self._active = np.empty((n, width), bool)
        self._normals: np.ndarray | None = None
        self._held = False
        self.along = np.zeros(width, dtype)
        """Slope along each neuron's normal that was taken away last, per readout (m,)."""
        self._r, self._rX, self._products = np.empty(n, dtype), np.empty((d, n), dtype), np.empty((d, width), dtype)

    def hold(self, slopes: np.ndarray, normals: np.ndarray | None) -> None:
        """Hold slopes of phi (n, m) whatever the weights, and move no w along its unit normal (d, m), if there are."""
        self._held, self._S, self._normals = True, slopes, normals

    def slopes(self, theta: np.ndarray, out: np.ndarray) -> None:
        """Write the slopes at theta (d + 1, m) to out (d + 1, m)."""
        W, a, g, da, r = theta[:-1], theta[-1], out[:-1], out[-1], self._r
        self.residual(theta)
        np.multiply(self._Xt, r, self._rX)
        np.dot(self._rX, self._S, g)
        if self._normals is not None:
            products = self._products
            np.multiply(self._normals, g, products)
            np.add.reduce(products, 0, out=self.along)
            np.multiply(self._normals, self.along, products)
            np.subtract(g, products, g)
        by_readout, by_first = self._trained
        if by_readout:
            # phi is homogeneous, so <w, g> is the slope of the readout
            np.multiply(W, g, self._products)
            np.add.reduce(self._products, 0, None, da)
        else:
            da.fill(0)
        if by_first:
            np.multiply(g, a, g)
        else:
            g.fill(0)

    def loss(self, theta: np.ndarray) -> float:
        """Return the mean squared error at theta (d + 1, m)."""
        self.residual(theta)
        return self.last_loss

    def losses(self, thetas: np.ndarray) -> np.ndarray:
        """Return the mean squared error at each of several weights (k, d + 1, m)."""
        found, most = np.empty(len(thetas)), together(self.Z.shape[1], len(self._r))
        for first in range(0, len(thetas), most):
            some = thetas[first : first + most]
            Z = np.matmul(self._X, some[:, :-1])
            slopes = np.greater(Z, self._zero, np.empty_like(Z))
            if self._leak:
                np.maximum(slopes, self._leak, out=slopes)
            r = self._y - np.matmul(np.multiply(Z, slopes, Z), some[:, -1, :, None])[..., 0]
            found[first : first + most] = np.vecdot(r, r)
        return (found / len(self._r)).astype(self._r.dtype)

    @property
    def last_loss(self) -> float:
        """Return the mean squared error at the weights of the last call."""
        return float(self._r.dot(self._r)) / len(self._r)

    @property
    def outputs(self) -> np.ndarray:
        """Return the outputs (n,) at the weights of the last call."""
        return self._y - self._r

    @property
    def residuals(self) -> np.ndarray:
        """Return y - f (n,) at the weights of the last call."""
        return self._r

    def residual(self, theta: np.ndarray) -> np.ndarray:
        """Return y - f (n,) at theta (d + 1, m), which the next call overwrites."""
        Z, S, r = self.Z, self._S, self._r
        np.dot(self._X, theta[:-1], Z)
        if not self._held:
            np.greater(Z, self._zero, self._active)
            np.copyto(S, self._active)
            if self._leak:
                np.maximum(S, self._leak, out=S)
        np.multiply(Z, S, self._phi)
        np.dot(self._phi, theta[-1], r)
        return np.subtract(self._y, r, r)


class SmallDescent:
    """One small network in training by gradient descent; its weights are changed in place. As BatchedNetworks.

    Args:
        X: Inputs (n, d).
        y: Targets (n,).
        W: First layer (m, d).
        a: Readout (m,).
        rate: Learning rate.
        eta_a: Rate of the readout, relative to it.
        eta_w: Rate of the first layer.
        leak: Slope of phi at and below zero.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        W: np.ndarray,
        a: np.ndarray,
        rate: float,
        eta_a: float,
        eta_w: float,
        leak: float,
    ):
        self._W, self._a = W, a
        self._dtype = torch.from_numpy(a).dtype
        self._network = SmallNetwork(X, y, len(a), leak)
        self._theta = np.empty((X.shape[1] + 1, len(a)), X.dtype)
        # a whole array: for numpy, broadcasting a column over rows of this length takes longer than reading it
        self._step = np.empty_like(self._theta)
        self._step[:-1], self._step[-1] = 2 / len(X) * rate * eta_w, 2 / len(X) * rate * eta_a
        self._slopes = np.empty_like(self._theta)

    def run(self, steps: int) -> None:
        """Take so many steps of gradient descent on the mean squared error."""
        theta, slopes, step, of = self._theta, self._slopes, self._step, self._network.slopes
        theta[:-1], theta[-1] = self._W.T, self._a
        # weights that overflow go on as inf and nan: the caller checks whether they are finite
        with np.errstate(all="ignore"):
            for _ in range(steps):
                of(theta, slopes)
                np.multiply(slopes, step, slopes)
                np.add(theta, slopes, theta)
        self._W[:], self._a[:] = theta[:-1].T, theta[-1]

    def loss(self) -> Tensor:
        """Return the mean squared error (1,)."""
        self._theta[:-1], self._theta[-1] = self._W.T, self._a
        with np.errstate(all="ignore"):
            return torch.tensor([self._network.loss(self._theta)], dtype=self._dtype, device="cpu")
