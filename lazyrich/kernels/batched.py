"""S(0, t) of many small two-layer networks at once, each on its own inputs.

One call for all networks replaces one for each, which saves time where a call costs more than its arithmetic.

distances = KernelDistances(X, W0, a0)
distances(W, a)
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from lazyrich.kernels.recorded import NEAR, TRACES, KernelDistance
from lazyrich.kernels.scale import largest_power
from lazyrich.kernels.two_layer import joint_power

__all__ = ["KernelDistances"]


class KernelDistances:
    """Kernel distances of B networks, equal to those of a `KernelDistance` for each.

    Each matrix product is one call for all networks. Networks and inputs whose scale is far from 1 are computed one by
    one.

    Args:
        X: Inputs (B, n, d), or (n, d) that all share, finite.
        W0: First layers at the start (B, m, d).
        a0: Readouts at the start (B, m).
        eta_a: Learning rate of the readout, as in two_layer_ntk.
        eta_w: Learning rate of the first layer.
        leak: Slope of phi at and below zero, 0 to 1.
    """

    def __init__(self, X: Tensor, W0: Tensor, a0: Tensor, eta_a: float, eta_w: float, leak: float):
        self._X, self._W0, self._a0 = X.expand(len(W0), *X.shape[-2:]), W0, a0
        self._rates, self._leak = (eta_a, eta_w), leak
        self._single: dict[int, KernelDistance] = {}
        near = NEAR[X.dtype]
        powers = [largest_power(X), *(joint_power(W, a, eta_a, eta_w) for W, a in zip(W0, a0, strict=True))]
        self._gram = eta_w * torch.bmm(self._X, self._X.transpose(1, 2))
        self._squares = eta_w * self._X.square().sum(2)
        K, trace = self.kernels(W0, a0)
        norm = torch.linalg.vector_norm(K, dim=(1, 2))
        self._K0, self._trace0 = K / norm[:, None, None], trace / norm
        # sums of squares of inputs far from size 1 would come near the ends of their type's range
        self._near = max(map(abs, powers)) <= near and abs(powers[0]) <= near // 4
        self._good = self._in_range(trace)

    def __call__(self, W: Tensor, a: Tensor) -> Tensor:
        """Return the distances (..., B) of networks W (..., B, m, d), a (..., B, m), at several moments or at one.

        In float64; nan where a weight is not finite.
        """
        return self.of_kernels(*self.kernels(W, a), W, a)

    def of_kernels(self, K: Tensor, trace: Tensor, W: Tensor, a: Tensor) -> Tensor:
        """Return the distances (..., B) of networks whose `kernels` are known; K is overwritten."""
        c = trace / self._trace0
        E = K.sub_(self._K0 * c[..., None, None]).flatten(-2)
        e = (E[..., None, :] @ self._K0.flatten(1)[..., None])[..., 0, 0].double()
        squared = (E[..., None, :] @ E[..., None])[..., 0, 0].double()
        p = (squared - e * e).clamp_min_(0)
        q = c.double() + e
        N = (q * q + p).sqrt_()
        found = p / (N * (N + q))
        odd = ~(self._good & self._in_range(trace)) if self._near else torch.ones_like(found, dtype=torch.bool)
        for place in map(tuple, odd.nonzero().tolist()):
            found[place] = self._alone(place[-1])(W[place], a[place])
        return found

    def kernels(self, W: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
        """Return K (..., B, n, n) of networks W (..., B, m, d), a (..., B, m), and their traces (..., B)."""
        Z = self._X @ W.mT
        slope = (Z > 0).to(Z.dtype).clamp_min_(self._leak)
        Phi = Z.mul_(slope).mul_(self._rates[0] ** 0.5)
        S = slope.mul_(a[..., None, :])
        trace = Phi.square().sum((-2, -1)) + (self._squares * S.square().sum(-1)).sum(-1)
        K = (S @ S.mT).mul_(self._gram)
        K.flatten(0, -3).baddbmm_(Phi.flatten(0, -3), Phi.flatten(0, -3).mT)
        return K, trace

    def keep(self, networks: Sequence[int]) -> None:
        """Keep only these networks, in this order."""
        which = list(networks)
        for name in ("_X", "_W0", "_a0", "_gram", "_squares", "_K0", "_trace0", "_good"):
            setattr(self, name, getattr(self, name)[which])
        self._single = {new: self._single[old] for new, old in enumerate(which) if old in self._single}

    def _alone(self, b: int) -> KernelDistance:
        if b not in self._single:
            eta_a, eta_w = self._rates
            start = self._X[b], self._W0[b], self._a0[b]
            self._single[b] = KernelDistance(*start, eta_a=eta_a, eta_w=eta_w, leak=self._leak)
        return self._single[b]

    def _in_range(self, trace: Tensor) -> Tensor:
        low, high = TRACES[trace.dtype]
        return (trace > low) & (trace < high)
