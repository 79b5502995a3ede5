"""Outputs by a sweep over angles against the sum over neurons."""

from __future__ import annotations

import pytest
import torch

from lazyrich.metrics.circle_outputs import MANY, CircleOutputs, outputs_on
from lazyrich.networks import two_layer


def drawn(n, F, m, dtype=torch.float64):
    g = torch.Generator().manual_seed(n + m)
    X, W, a = (torch.randn(*shape, generator=g, dtype=torch.float64) for shape in ((n, 2), (F, m, 2), (F, m)))
    return X.to(dtype), W.to(dtype), a.to(dtype)


@pytest.mark.parametrize(("dtype", "rounding"), [(torch.float64, 1e-13), (torch.float32, 1e-4)])
@pytest.mark.parametrize("leak", [0.0, 0.3, 1.0])
def test_outputs_are_sums_over_all_neurons_whatever_the_angles(leak, dtype, rounding):
    X, W, a = drawn(300, 70, 40, dtype)
    # on the seam of the angles, on axes, of length 0, twice, and neurons whose half planes end at an input
    X[:6] = torch.tensor([[-1.0, 0.0], [-1.0, -0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 1.0], [2.0, 0.0]])
    W[:, :4] = torch.tensor([[0.0, 1.0], [-1.0, 0.0], [0.0, 0.0], [0.0, -3.0]])
    Z = W.double() @ X.double().T
    expected = (a.double()[:, :, None] * torch.where(Z > 0, Z, leak * Z)).sum(1)
    found = CircleOutputs(X, leak)(W, a)
    assert found.dtype == dtype
    torch.testing.assert_close(found.double(), expected, rtol=0, atol=rounding)


def test_a_network_has_the_same_outputs_to_the_last_bit_whichever_are_beside_it():
    X, W, a = drawn(1000, 90, 20)
    outputs = CircleOutputs(X)
    assert torch.equal(outputs(W, a)[41], outputs(W[40:44], a[40:44])[1])


def test_a_network_that_has_left_the_finite_numbers_has_outputs_that_are_not_finite():
    X, W, a = drawn(400, 3, 60)
    W[1, 5, 0] = torch.nan
    found = outputs_on(X, 60, 0.0)(W, a)
    assert torch.isfinite(found).all(1).tolist() == [True, False, True]


def test_the_sweep_is_taken_for_many_inputs_of_two_dimensions_alone():
    def is_sweep(n, d, m):
        return isinstance(outputs_on(torch.randn(n, d), m, 0.0), CircleOutputs)

    m = 50
    assert is_sweep(MANY // m, 2, m)
    assert not is_sweep(MANY // m - 1, 2, m) and not is_sweep(MANY // m, 3, m)
    X, W, a = drawn(MANY // m, 2, m)
    torch.testing.assert_close(outputs_on(X[:5], m, 0.2)(W, a), two_layer(X[:5], W, a, 0.2))
    assert outputs_on(X[:0], m, 0.0)(W, a).shape == (2, 0)
