"""Power iteration over samples against all eigenvalues of the kernel from autograd."""

from __future__ import annotations

import pytest
import torch

from lazyrich.training.gradient_flow.stiffness import Stiffness


def problem(n=60, d=6, m=15, seed=0):
    g = torch.Generator().manual_seed(seed)
    X, W, a = (torch.randn(*shape, generator=g, dtype=torch.float64) for shape in ((n, d), (m, d), (m,)))
    return X, W, a


def kernel_by_autograd(X, W, a, leak, trained):
    def outputs(W, a):
        Z = X @ W.T
        return torch.where(Z > 0, Z, leak * Z) @ a

    by_first, by_readout = torch.autograd.functional.jacobian(outputs, (W, a))
    by_first = by_first.flatten(1)
    return trained[0] * by_readout @ by_readout.T + trained[1] * by_first @ by_first.T


@pytest.mark.parametrize("trained", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("leak", [0.0, 0.2, 1.0])
def test_the_stiffness_is_the_largest_eigenvalue_of_the_kernel(leak, trained):
    for seed in range(5):
        X, W, a = problem(seed=seed)
        exact = float(torch.linalg.eigvalsh(kernel_by_autograd(X, W, a, leak, trained))[-1])
        stiffness = Stiffness(X, leak, trained)
        cold, v, _ = stiffness.measure(W, a, stiffness.guess)
        assert 0.9 * exact < cold <= exact * (1 + 1e-12)
        warm, _, spent = stiffness.measure(W, a, v, rounds=200)
        assert warm == pytest.approx(exact, rel=1e-3) and warm <= exact * (1 + 1e-12)
        assert spent == 201


def test_the_stiffness_follows_a_moving_network_with_one_iteration_at_a_time():
    X, W, a = problem(seed=1)
    stiffness = Stiffness(X)
    _, v, _ = stiffness.measure(W, a, stiffness.guess)
    for step in range(30):
        moved = a * (1 + 0.05 * step)
        value, v, spent = stiffness.measure(W, moved, v, rounds=1)
        assert spent == 2
    exact = float(torch.linalg.eigvalsh(kernel_by_autograd(X, W, moved, 0.0, (1.0, 1.0)))[-1])
    assert 0.95 * exact < value <= exact * (1 + 1e-12)


def test_where_no_weight_has_any_effect_it_is_zero_and_the_vector_is_kept():
    X, W, a = problem()
    stiffness = Stiffness(X)
    value, v, _ = stiffness.measure(0 * W, 0 * a, stiffness.guess)
    assert value == 0 and torch.equal(v, stiffness.guess)
