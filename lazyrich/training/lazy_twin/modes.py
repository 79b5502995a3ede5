"""The modes in which a linearised network learns.

A mode is an eigenvector of its kernel on the training inputs, with its contribution to outputs and weights once it is
learned. Two routes give the same modes. `kernel` takes the eigenvectors of K (n, n). `features` takes the singular
vectors of the gradients F (n, m (d + 1)), K = F F^T; it costs more if there are more weights than samples, but keeps
modes with eigenvalues down to 1e-22 of the largest, while eigenvalues of K below 1e-16 of it are rounding.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Final, Literal

import torch
from torch import Tensor

from lazyrich.training.lazy_twin.gradients import Linearisation

__all__ = ["Modes", "Route", "modes_of"]

Route = Literal["kernel", "features"]

SMALLEST_EIGENVALUE: Final = 1e-12
"""Share of the largest eigenvalue of K below which a mode is dropped as rounding."""

SMALLEST_SINGULAR_VALUE: Final = 1e-11
"""The same for singular values of F, whose squares are the eigenvalues of K."""

MAX_SVD_COST: Final = 1e7
"""n P min(n, P) for n samples and P weights up to which the singular vectors cost little: about 10 ms on one core."""

STRIP_ENTRIES: Final = 4_000_000
"""Number of gradients or kernel entries at new inputs that are held at a time."""


class Modes(ABC):
    """Modes of nonzero eigenvalue, with the coefficients of the residual y - f(X) to be learned.

    Attributes:
        eigenvalues: Eigenvalues of K (r,).
        residual: The residual's coefficients in the modes (r,).
        unlearned_square: Square of the part of the residual that lies in no mode and is never learned.
    """

    def __init__(self, network: Linearisation, X: Tensor, residual: Tensor, V: Tensor, eigenvalues: Tensor):
        self.network = network
        self.X = X
        self.eigenvalues = eigenvalues
        self.V = V
        self.residual = V.T @ residual
        self.unlearned_square = float((residual - V @ self.residual).square().sum())

    def at(self, X_new: Tensor) -> Tensor:
        """Return the contribution (k, r) of each learned mode to the outputs at new inputs (k, d)."""
        wide = max(len(self.X), self.network.weights)
        return torch.cat([self._at(part) for part in X_new.split(max(1, STRIP_ENTRIES // wide))])

    @abstractmethod
    def _at(self, X_new: Tensor) -> Tensor: ...

    @abstractmethod
    def weights(self, axes: Tensor) -> tuple[Tensor, Tensor]:
        """Return the contribution of each learned mode to the weights.

        Returns:
            Contributions to the first layer along the axes (q, d), (m, q, r), and to the readout, (m, r).
        """


class KernelModes(Modes):
    """Modes from the eigenvectors of K."""

    def __init__(self, network: Linearisation, X: Tensor, residual: Tensor):
        eigenvalues, V = torch.linalg.eigh(network.kernel(X, X))
        kept = eigenvalues > SMALLEST_EIGENVALUE * eigenvalues[-1].clamp_min(0)
        super().__init__(network, X, residual, V[:, kept], eigenvalues[kept])
        self._dual = self.V * (self.residual / self.eigenvalues)

    def _at(self, X_new: Tensor) -> Tensor:
        return self.network.kernel(X_new, self.X) @ self._dual

    def weights(self, axes: Tensor) -> tuple[Tensor, Tensor]:
        """See Modes.weights."""
        Phi, S = self.network.features(self.X)
        by_first = torch.stack([(S * place[:, None]).T @ self._dual for place in (self.X @ axes.T).T], dim=1)
        return self.network.eta_w * by_first, self.network.eta_a * (Phi.T @ self._dual)


class FeatureModes(Modes):
    """Modes from the singular vectors of F."""

    def __init__(self, network: Linearisation, X: Tensor, residual: Tensor):
        V, sizes, directions = torch.linalg.svd(network.gradients(X), full_matrices=False)
        kept = (sizes > SMALLEST_SINGULAR_VALUE * sizes[0]) & (sizes > 0)
        V, sizes, directions = V[:, kept], sizes[kept], directions[kept]
        super().__init__(network, X, residual, V, sizes.square())
        self._primal = directions.T * (self.residual / sizes)

    def _at(self, X_new: Tensor) -> Tensor:
        return self.network.gradients(X_new) @ self._primal

    def weights(self, axes: Tensor) -> tuple[Tensor, Tensor]:
        """See Modes.weights."""
        m, d = self.network.W.shape
        by_first, by_readout = self._primal[: m * d].reshape(m, d, -1), self._primal[m * d :]
        along = torch.einsum("qd,mdr->mqr", axes, by_first)
        return self.network.eta_w**0.5 * along, self.network.eta_a**0.5 * by_readout


def modes_of(network: Linearisation, X: Tensor, residual: Tensor, route: Route | None = None) -> Modes:
    """Return the modes by the given route or, if it is None, by the cheap one."""
    n, weights = len(X), network.weights
    if route is None:
        route = "features" if weights < n or n * weights * min(n, weights) <= MAX_SVD_COST else "kernel"
    return KernelModes(network, X, residual) if route == "kernel" else FeatureModes(network, X, residual)
