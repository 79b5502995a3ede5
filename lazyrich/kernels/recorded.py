"""Repeated kernel distances S(0, t) of one two-layer network, at half the cost of whole kernels.

distance = KernelDistance(X, W0, a0)
distance(W, a)
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from lazyrich.arrays import copies, tensors
from lazyrich.kernels.distance import kernel_distance
from lazyrich.kernels.scale import is_finite, largest_power, times_power
from lazyrich.kernels.two_layer import check_shapes, features, joint_power, kernel, scaled, strips
from lazyrich.networks import checked_leak, checked_rates
from lazyrich.training.precision import full_precision

__all__ = ["KernelDistance"]

NEAR = {torch.float32: 6, torch.float64: 100}
"""Largest powers of two at which weights are not rescaled: squares of kernels of that scale are far inside the range of
the type."""

CACHED = 100_000
"""Number of kernel or activation entries of the networks computed together, so that they stay in a core's cache."""

TRACES = {torch.float32: (1e-8, 1e17), torch.float64: (1e-120, 1e120)}
"""Range of traces of kernels, on inputs of size 1, in which squares of kernel differences are in the type's range."""


class KernelDistance:
    """Repeated kernel distances S(0, t) from one start: `KernelDistance(X, W0, a0)(W, a)`.

    The same number as kernel_distance(two_layer_ntk(X, W0, a0), two_layer_ntk(X, W, a)), about twice as fast: X
    X^T and K0 / |K0| are kept, only the lower triangle is computed, and each strip of it is used up while it is in
    cache.

    Let K0 have norm 1 and K = c K0 + E for any c; then p = |E|^2 - <E, K0>^2 is the squared part of K that is not along
    K0. With q = <K, K0> = c + <E, K0> and N = sqrt(q^2 + p) = |K|, S = p / (N (N + q)). Nothing cancels as long as c is
    near q, for which the ratio of the traces is near enough, and the form cannot be negative.

    Inputs and weights of any scale are allowed, since S has none: inputs, and weights far from size 1, are scaled by a
    power of two, which changes no digit. If the kernel's scale leaves the range of its type during training, S is
    computed from whole kernels in float64.

    Args:
        X: Inputs (n, d); copied, as are W0 and a0.
        W0: First layer at the start (m, d).
        a0: Readout at the start (m,).
        eta_a: Learning rate of the readout, as in two_layer_ntk.
        eta_w: Learning rate of the first layer.
        leak: Slope of phi at and below zero, 0 to 1.

    Raises:
        ValueError: For shapes, rates or a leak that do not fit, and numbers that are not finite.
    """

    @full_precision
    def __init__(self, X: Any, W0: Any, a0: Any, eta_a: float = 1.0, eta_w: float = 1.0, leak: float = 0.0):
        (X, W0, a0), _ = copies(X=X, W0=W0, a0=a0)
        check_shapes(X, W0, a0)
        for name, part in (("X", X), ("W0", W0), ("a0", a0)):
            if not is_finite(part):
                raise ValueError(f"{name} must hold finite numbers, got some that are not: take those of the start.")
        self._eta_a, self._eta_w = checked_rates(eta_a, eta_w)
        self._leak = checked_leak(leak)
        self._X = times_power(X, -largest_power(X))
        self._start = W0, a0
        power = joint_power(W0, a0, self._eta_a, self._eta_w)
        self._power = power if abs(power) > NEAR[X.dtype] else 0
        n = len(X)
        self._squares = self._eta_w * self._X.square().sum(1)
        # (rows, columns, weight): tiles left of the diagonal count twice
        self._tiles: list[tuple[slice, slice, int]] = []
        for rows in strips(n):
            if rows.start:
                self._tiles.append((rows, slice(0, rows.start), 2))
            self._tiles.append((rows, rows, 1))
        self._gram = [self._eta_w * (self._X[rows] @ self._X[columns].T) for rows, columns, _ in self._tiles]
        largest = max(gram.numel() for gram in self._gram)
        self._together = max(1, CACHED // max(largest, n * len(a0)))
        self._scratch = X.new_empty(self._together * largest)
        with torch.inference_mode():
            Phi, S = self._features(W0[None], a0[None])
            self._K0 = [self._less(number, None, Phi, S)[0].clone() for number in range(len(self._tiles))]
            self._trace0 = float(self._trace(Phi, S)[0])
            self._recordable = self._in_range(self._trace0)
            if self._recordable:
                norm0 = (
                    sum(tile[2] * float(K.norm()) ** 2 for tile, K in zip(self._tiles, self._K0, strict=True)) ** 0.5
                )
                self._trace0 /= norm0
                for K in self._K0:
                    K /= norm0

    @full_precision
    def __call__(self, W: Any, a: Any) -> float:
        """Return the kernel distance from the start to a network.

        Args:
            W: First layer (m, d).
            a: Readout (m,).

        Returns:
            A number in [0, 1]; nan when a weight is not finite; 1 when one of the two kernels is zero.

        Raises:
            ValueError: For shapes that do not fit the inputs.
        """
        (W, a), _ = tensors(W=W, a=a)
        if W.ndim != 2 or W.shape[1] != self._X.shape[1] or a.shape != W.shape[:1]:
            check_shapes(self._X, W, a)
        with torch.inference_mode():
            return self._distances(W[None], a[None])[0]

    @full_precision
    def of_many(self, W: Any, a: Any) -> list[float]:
        """Return the kernel distance from the start to each of several networks, small ones computed together.

        Args:
            W: First layers (F, m, d).
            a: Readouts (F, m).

        Returns:
            A number for each network, equal to the distance of that network alone up to rounding.

        Raises:
            ValueError: For shapes that do not fit the inputs.
        """
        (W, a), _ = tensors(W=W, a=a)
        if W.ndim != 3 or W.shape[2] != self._X.shape[1] or a.shape != W.shape[:2]:
            raise ValueError(
                f"W must have shape (F, m, {self._X.shape[1]}) and a (F, m) with the same F and m, "
                f"got {tuple(W.shape)} and {tuple(a.shape)}."
            )
        found: list[float] = []
        with torch.inference_mode():
            for some, readouts in zip(W.split(self._together), a.split(self._together), strict=True):
                found += self._distances(some, readouts)
        return found

    def _distances(self, W: Tensor, a: Tensor) -> list[float]:
        """Return the distances of networks W (F, m, d), a (F, m), computed together."""
        Phi, S = self._features(W, a)
        traces = self._trace(Phi, S)
        c = traces / self._trace0
        products = []
        for number in range(len(self._tiles) if self._recordable else 0):
            E = self._less(number, c, Phi, S).flatten(1)
            # mv, since mm with one column costs eight times as much for large kernels
            products += [torch.mv(E, self._K0[number].view(-1)), torch.bmm(E[:, None], E[:, :, None])[:, 0, 0]]
        # one transfer to the host for all tiles, whose sums are added there in float64
        rows = torch.stack([traces, c, *products], 1).tolist()
        return [
            self._distance(*row) if self._recordable and self._in_range(row[0]) else self._from_whole_kernels(*pair)
            for row, *pair in zip(rows, W, a, strict=True)
        ]

    def _distance(self, trace: float, c: float, *sums: float) -> float:
        """Return S from a network's trace, its ratio c to that of the start, and <E, K0> and |E|^2 of each tile."""
        e = squared = 0.0
        for (_, _, weight), along, square in zip(self._tiles, sums[::2], sums[1::2], strict=True):
            e += weight * along
            squared += weight * square
        p = max(0.0, squared - e * e)
        q = c + e
        N = (q * q + p) ** 0.5
        return p / (N * (N + q))

    def _from_whole_kernels(self, W: Tensor, a: Tensor) -> float:
        if not (is_finite(W) and is_finite(a)):
            return math.nan
        kernels = []
        for first, readout in (self._start, (W, a)):
            first, readout = (part.to(self._X.device, torch.float64) for part in (first, readout))
            power = joint_power(first, readout, self._eta_a, self._eta_w)
            layers = scaled(first, readout, self._eta_a, self._eta_w, -power)
            kernels.append(kernel(self._X.double(), *layers, self._eta_a, self._eta_w, self._leak))
        return kernel_distance(*kernels)

    def _features(self, W: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
        W, a = times_power(W.to(self._X), -self._power), times_power(a.to(self._X), -self._power)
        Phi, S = features(self._X, W, a, self._leak)
        # the rate of the first layer is in the Gram matrix already
        return Phi.mul_(self._eta_a**0.5), S

    def _trace(self, Phi: Tensor, S: Tensor) -> Tensor:
        """Return the trace of the kernel of each network, (F,)."""
        return Phi.square().sum((1, 2)) + S.square().sum(2) @ self._squares

    def _in_range(self, trace: float) -> bool:
        low, high = TRACES[self._X.dtype]
        return low < trace < high

    def _less(self, number: int, c: Tensor | None, Phi: Tensor, S: Tensor) -> Tensor:
        """Return one tile of K - c K0 of each network (F, rows, columns), in memory that the next tile reuses."""
        rows, columns, _ = self._tiles[number]
        gram = self._gram[number]
        tile = self._scratch[: len(Phi) * gram.numel()].view(len(Phi), *gram.shape)
        torch.bmm(S[:, rows], S[:, columns].mT, out=tile).mul_(gram)
        if c is not None:
            tile.addcmul_(self._K0[number], c[:, None, None], value=-1)
        return tile.baddbmm_(Phi[:, rows], Phi[:, columns].mT)
