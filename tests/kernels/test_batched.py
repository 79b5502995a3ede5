"""Kernel distances of many small networks in one call, against one call for each."""

from __future__ import annotations

import pytest
import torch

from lazyrich.kernels import KernelDistance
from lazyrich.kernels.batched import KernelDistances


def drawn(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("scale", [1.0, 1e-150], ids=["all at once", "one by one"])
@pytest.mark.parametrize("shared", [True, False])
def test_distances_of_many_networks_at_several_moments_agree_with_each(shared, scale):
    B, T, n, m, d = 3, 2, 7, 5, 4
    X = drawn(n, d, seed=1) if shared else drawn(B, n, d, seed=1)
    W0, a0 = scale * drawn(B, m, d, seed=2), drawn(B, m, seed=3)
    W, a = W0 + scale * 0.1 * drawn(T, B, m, d, seed=4), a0 + 0.1 * drawn(T, B, m, seed=5)
    W[1, 2, 0, 0] = torch.nan
    found = KernelDistances(X, W0, a0, 0.5, 2.0, 0.1)(W, a)
    assert found.shape == (T, B) and found.dtype == torch.float64
    for b in range(B):
        alone = KernelDistance(X if shared else X[b], W0[b], a0[b], 0.5, 2.0, 0.1)
        expected = torch.tensor([alone(W[t, b], a[t, b]) for t in range(T)], dtype=torch.float64)
        torch.testing.assert_close(found[:, b], expected, rtol=1e-11, atol=1e-15, equal_nan=True)
    torch.testing.assert_close(KernelDistances(X, W0, a0, 0.5, 2.0, 0.1)(W[0], a[0]), found[0], rtol=1e-13, atol=0)
