"""Gradients of a two-layer network's outputs, and the kernel that they span between two sets of inputs.

theory.md, section 5. The gradients carry the root of each layer's rate, so that K(X, X') = F(X) F(X')^T.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from lazyrich.kernels.two_layer import features

__all__ = ["Linearisation"]


@dataclass(frozen=True)
class Linearisation:
    """Linearisation of a network f(x) = sum_i a_i phi(w_i . x) around given weights.

    Args:
        W: First layer (m, d), float64.
        a: Readout (m,), float64.
        eta_a: Learning rate of the readout.
        eta_w: Learning rate of the first layer.
        leak: Slope of phi at and below zero.
    """

    W: Tensor
    a: Tensor
    eta_a: float
    eta_w: float
    leak: float

    @property
    def weights(self) -> int:
        """Return the number of weights of the network, m (d + 1)."""
        return self.W.numel() + len(self.a)

    def features(self, X: Tensor) -> tuple[Tensor, Tensor]:
        """Return the hidden activations, and their slopes times the readout, at the inputs X (n, d): both (n, m)."""
        return features(X, self.W, self.a, self.leak)

    def outputs(self, X: Tensor) -> Tensor:
        """Return f at the inputs X (n, d): (n,)."""
        Phi, _ = self.features(X)
        return Phi @ self.a

    def gradients(self, X: Tensor) -> Tensor:
        """Return the gradients F (n, m d + m), each times the root of its layer's rate.

        The columns are the weights of the first layer, neuron by neuron, and then those of the readout.
        """
        Phi, S = self.features(X)
        by_first = (self.eta_w**0.5 * S)[:, :, None] * X[:, None, :]
        return torch.cat([by_first.reshape(len(X), -1), self.eta_a**0.5 * Phi], dim=1)

    def kernel(self, X: Tensor, others: Tensor) -> Tensor:
        """Return K (n, n') between the inputs X (n, d) and others (n', d)."""
        Phi, S = self.features(X)
        Phi_o, S_o = (Phi, S) if others is X else self.features(others)
        K = ((self.eta_w * S) @ S_o.T).mul_(X @ others.T)
        return K.addmm_(Phi, Phi_o.T, alpha=self.eta_a)

    def trace(self, X: Tensor) -> Tensor:
        """Return the sum of the kernel's eigenvalues at the inputs X (n, d)."""
        Phi, S = self.features(X)
        return self.eta_a * Phi.square().sum() + self.eta_w * (S.square().sum(1) @ X.square().sum(1))
