"""Several small two-layer networks with data of their own in numpy, side by side: a call for all instead of one each.

Each product of a SmallNetwork (small_network.py) is here one call over a stack of networks. numpy hands each of its
matrices to the same routine as alone, so that a network's numbers are those of a SmallNetwork to the last bit,
whichever networks are beside it. For small matrices that is two to three times faster than torch.bmm.

    networks = SmallNetworks(X, y, width=50)
    networks.slopes(theta, out)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

__all__ = ["SmallDescents", "SmallNetworks"]


class SmallNetworks:
    """n/2 times minus the gradients of the mean squared errors of up to S networks.

    Args:
        X: Inputs (S, n, d).
        y: Targets (S, n).
        width: Neurons m of each.
        leak: Slope of phi at and below zero.
        trained: Whether (readout, first layer) are; the slope of one that is not is 0.
    """

    def __init__(
        self,
        X: np.ndarray,
        y: np.ndarray,
        width: int,
        leak: float = 0.0,
        trained: tuple[bool, bool] = (True, True),
    ):
        (S, n, d), dtype = X.shape, X.dtype
        self._X, self._Xt, self._y = (part.copy() for part in (X, X.transpose(0, 2, 1), y))
        self._leak, self._trained, self._zero = leak, trained, np.zeros((), dtype)
        self.Z, self._phi, self._S = np.empty((3, S, n, width), dtype)
        """Pre-activations of each network at the weights of the last call (S, n, m)."""
        self._active = np.empty((S, n, width), bool)
        self._held, self._slides = False, np.zeros(S, bool)
        self._normals, self.along = np.zeros((S, d, width), dtype), np.zeros((S, width), dtype)
        self._r, self._rX, self._products = (np.empty((S, *shape), dtype) for shape in ((n, 1), (d, n), (d, width)))

    def load(self, place: int, X: np.ndarray, y: np.ndarray) -> None:
        """Bring the data X (n, d), y (n,) of a network to a place of the stack."""
        self._X[place], self._Xt[place], self._y[place] = X, X.T, y

    def hold(self, place: int, slopes: np.ndarray, normals: np.ndarray | None) -> None:
        """Hold the pattern of a network, as SmallNetwork.hold. Every network that is there has to hold one."""
        self._held, self._S[place], self._slides[place] = True, slopes, normals is not None
        self._normals[place] = 0.0 if normals is None else normals

    def slopes(self, theta: np.ndarray, out: np.ndarray) -> None:
        """Write the slopes at theta (c, d + 1, m) of the first c networks to out (c, d + 1, m)."""
        c = len(theta)
        W, a, g, da = theta[:, :-1], theta[:, -1:], out[:, :-1], out[:, -1]
        self._compute_residuals(theta)
        rX = np.multiply(self._Xt[:c], self._r[:c, None, :, 0], self._rX[:c])
        np.matmul(rX, self._S[:c], g)
        if self._slides[:c].any():
            normals, along, products = self._normals[:c], self.along[:c], self._products[:c]
            self._sum(np.multiply(normals, g, products), along)
            np.multiply(normals, along[:, None], products)
            np.subtract(g, products, g)
        by_readout, by_first = self._trained
        if by_readout:
            self._sum(np.multiply(W, g, self._products[:c]), da)
        else:
            da.fill(0)
        if by_first:
            np.multiply(g, a, g)
        else:
            g.fill(0)

    def losses(self, theta: np.ndarray) -> np.ndarray:
        """Return the mean squared errors (c,) of the first c networks at theta (c, d + 1, m)."""
        self._compute_residuals(theta)
        return self.last_losses(slice(len(theta)))

    def last_losses(self, which: slice | np.ndarray) -> np.ndarray:
        """Return the mean squared errors of these networks at the weights of the last call, float64."""
        r = self._r[which, :, 0]
        return np.vecdot(r, r).astype(np.float64) / r.shape[1]

    def outputs(self, which: slice | np.ndarray) -> np.ndarray:
        """Return the outputs (k, n) of these networks at the weights of the last call."""
        return self._y[which] - self._r[which, :, 0]

    def residuals(self, place: int) -> np.ndarray:
        """Return y - f (n,) of a network at the weights of the last call."""
        residuals: np.ndarray = self._r[place, :, 0]
        return residuals

    @staticmethod
    def _sum(products: np.ndarray, out: np.ndarray) -> None:
        """Write the sums over the inputs' dimensions of products (c, d, m) to out (c, m)."""
        if products.shape[1] == 2:
            # the same to the last bit in two thirds of the time
            np.add(products[:, 0], products[:, 1], out)
        else:
            np.add.reduce(products, 1, out=out)

    def _compute_residuals(self, theta: np.ndarray) -> None:
        """Write the residuals to r and the slopes of phi to S."""
        c = len(theta)
        Z, S, r, phi = self.Z[:c], self._S[:c], self._r[:c], self._phi[:c]
        np.matmul(self._X[:c], theta[:, :-1], Z)
        if not self._held:
            # a comparison written to numbers at once takes longer
            np.copyto(S, np.greater(Z, self._zero, self._active[:c]))
            if self._leak:
                np.maximum(S, self._leak, out=S)
        np.multiply(Z, S, phi)
        np.matmul(phi, theta[:, -1, :, None], r)
        np.subtract(self._y[:c, :, None], r, r)


class SmallDescents:
    """Small networks with data of their own in training by gradient descent. As SmallDescent, for several.

    Args:
        X: Inputs (S, n, d).
        y: Targets (S, n).
        W: First layers (S, m, d), changed in place.
        a: Readouts (S, m), changed in place.
        rates: Learning rate of each.
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
        rates: Sequence[float],
        eta_a: float,
        eta_w: float,
        leak: float,
    ):
        (S, n, d), m = X.shape, a.shape[1]
        self._W, self._a = W, a
        self._dtype = torch.from_numpy(a).dtype
        self._networks = SmallNetworks(X, y, m, leak)
        self._theta, self._slopes, self._step = np.empty((3, S, d + 1, m), X.dtype)
        for step, rate in zip(self._step, rates, strict=True):
            step[:-1], step[-1] = 2 / n * rate * eta_w, 2 / n * rate * eta_a

    def run(self, steps: int) -> None:
        """Take so many steps of gradient descent on the mean squared errors."""
        theta, slopes, step, of = self._theta, self._slopes, self._step, self._networks.slopes
        self._load()
        # weights that overflow go on as inf and nan: the caller checks whether they are finite
        with np.errstate(all="ignore"):
            for _ in range(steps):
                of(theta, slopes)
                np.multiply(slopes, step, slopes)
                np.add(theta, slopes, theta)
        self._W[:], self._a[:] = theta[:, :-1].transpose(0, 2, 1), theta[:, -1]

    def loss(self) -> Tensor:
        """Return the mean squared errors (S,)."""
        self._load()
        with np.errstate(all="ignore"):
            return torch.from_numpy(self._networks.losses(self._theta)).to(self._dtype)

    def _load(self) -> None:
        self._theta[:, :-1], self._theta[:, -1] = self._W.transpose(0, 2, 1), self._a
