"""The tangent kernel of classifiers that read patches (lazyrich.training.patches), over inputs and outputs.

The gradient of output c by a layer's matrix is a sum over patches p of outer products h_p(x) d_pc(x), with h the input
of the layer and d the derivative of output c by its output before the ReLU. So

    K((x, c), (x', c')) = sum over layers, p, p' of (h_p(x) . h_p'(x')) (d_pc(x) . d_p'c'(x'))

takes two matrix products for each layer and never forms the gradients. With one patch and one output this is the
formula of lazyrich.kernels.mlp.

    K = patch_kernel(X, weights)        1 / K's mean diagonal: a rate at which a step moves outputs by their residuals
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import torch
from torch import Tensor

from lazyrich.training.patches import layer_inputs

__all__ = ["patch_kernel"]


@torch.no_grad()
def patch_kernel(X: Tensor, weights: Sequence[Tensor]) -> Tensor:
    """Return the tangent kernels of A networks at unit rates.

    Costs (n patches classes)^2 fan_out multiplications for each network and layer.

    Args:
        X: Inputs (n, positions, channels).
        weights: One matrix (A, fan_in, fan_out) for each layer as in `lazyrich.training.patches`; the last layer reads
            one patch.

    Returns:
        Kernels (A, n classes, n classes), rows ordered by input and then by output.
    """
    inputs = layer_inputs(X, weights)
    return torch.stack(
        [_of_one(len(X), [H[a] for H in inputs], [W[a] for W in weights]) for a in range(len(weights[0]))]
    )


def _of_one(n: int, inputs: list[Tensor], weights: list[Tensor]) -> Tensor:
    """Return the kernel of one network on inputs (n patches, fan_in) with weights (fan_in, fan_out)."""
    classes = weights[-1].shape[1]
    K = torch.kron(inputs[-1] @ inputs[-1].T, torch.eye(classes, dtype=inputs[-1].dtype, device=inputs[-1].device))
    pairs = K.view(n, classes, n, classes)
    # derivatives of every output by the input of the last layer (n, classes, fan_in), then layer by layer down
    slopes = weights[-1].T.expand(n, -1, -1)
    for layer in range(len(weights) - 2, -1, -1):
        W = weights[layer]
        H = inputs[layer].view(n, -1, W.shape[0])
        active = inputs[layer + 1].view(n, 1, -1, W.shape[1]) > 0
        slopes = slopes.reshape(n, classes, -1, W.shape[1]) * active
        # a pair of patches at a time, which fits into a cache
        D = slopes.permute(2, 0, 1, 3).reshape(-1, n * classes, W.shape[1])
        for p, q in product(range(len(D)), repeat=2):
            near = (H[:, p] @ H[:, q].T).view(n, 1, n, 1)
            pairs.addcmul_((D[p] @ D[q].T).view_as(pairs), near)
        if layer:
            slopes = slopes @ W.T
    return K
