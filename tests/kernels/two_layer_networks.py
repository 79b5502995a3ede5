"""Two-layer networks with random weights, and networks near them."""

from __future__ import annotations

import torch

DEVICES = ["cpu"] + (["cuda"] if torch.cuda.is_available() else [])


def network(n=30, d=4, m=7, seed=0):
    g = torch.Generator().manual_seed(seed)
    X, W = torch.randn(n, d, generator=g, dtype=torch.float64), torch.randn(m, d, generator=g, dtype=torch.float64)
    return X / X.norm(dim=1, keepdim=True), W, torch.randn(m, generator=g, dtype=torch.float64)


def nearby(W, a, size, seed=1):
    """The same weights, each changed at random by about `size` of itself."""
    g = torch.Generator().manual_seed(seed)
    W1 = W * (1 + size * torch.randn(W.shape, generator=g, dtype=torch.float64))
    return W1, a * (1 + size * torch.randn(a.shape, generator=g, dtype=torch.float64))
