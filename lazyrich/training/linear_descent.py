"""Gradient descent of a deep linear network on whitened data, with a learning rate for every layer.

theory.md, section 4, with X^T X = I: the gradient of half the sum of squares depends on the data through the target
alone. The same as `theory.layer_gradients`, without the part that a step does not need.

    descent = LinearDescent([W1, W2], target, learning_rate=1e-3, rates=[1.0, 1.0])
    descent.advance(100)
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

__all__ = ["LinearDescent"]


class LinearDescent:
    """Descent W_l <- W_l - learning_rate eta_l dL/dW_l for L = |W_L ... W_1 - target^T|^2 / 2.

    Args:
        weights: Start [W_1, ..., W_L] from the input on, W_l (n_l, n_{l-1}); copied.
        target: Target (n_0, n_L).
        learning_rate: Size of a step.
        rates: Rates eta_l of the layers (L,).
    """

    def __init__(self, weights: Sequence[np.ndarray], target: np.ndarray, learning_rate: float, rates: Sequence[float]):
        self._layers = [torch.tensor(layer, dtype=torch.float64, device="cpu") for layer in weights]
        self._target = torch.tensor(target.T, dtype=torch.float64, device="cpu").contiguous()
        self._steps = [-learning_rate * rate for rate in rates]

    @property
    def weights(self) -> list[np.ndarray]:
        """Return copies of the layers."""
        return [layer.numpy().copy() for layer in self._layers]

    @torch.inference_mode()
    def advance(self, steps: int) -> None:
        """Train for this many steps."""
        layers, first, others = self._layers, self._layers[0], self._layers[1:]
        upper = list(zip(layers[:0:-1], self._steps[:0:-1], strict=True))
        for _ in range(steps):
            below = [first]
            for layer in others:
                below.append(layer @ below[-1])
            push = below.pop() - self._target
            for layer, step in upper:
                # propagate to the layer below before this one changes
                passed = layer.T @ push
                layer.addmm_(push, below.pop().T, alpha=step)
                push = passed
            first.add_(push, alpha=self._steps[0])
