"""Hard cases for a stabilised, adaptive integrator: nothing to do, no scale to measure by, or endless training."""

from __future__ import annotations

import pytest
import torch

from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import draw_task, start
from lazyrich.theory import single_neuron
from lazyrich.training import flow

LEAKS = [0.0, 0.2, 1.0]


def problem(n=20, d=3, m=6, seed=0):
    g = torch.Generator().manual_seed(seed)
    X, y, W, a = (torch.randn(*shape, generator=g, dtype=torch.float64) for shape in ((n, d), (n,), (m, d), (m,)))
    return X, y, W / 2, a / 2


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("times", [[0.0], [0.0, 1e9], [1e-300, 1e-10, 1e300]])
def test_a_saddle_of_no_gradient_is_left_at_once_and_unchanged(times, leak):
    X, y, W, a = problem()
    result = flow(X, y, 0 * W, 0 * a, times, leak=leak)
    assert result.gradients <= 2
    assert not result.W.any() and not result.a.any()
    torch.testing.assert_close(result.loss, y.square().mean().expand(len(times)))


def test_dead_neurons_stay_where_they_are():
    X, y, W, a = problem()
    X, W = X.abs(), -W.abs()
    result = flow(X, y, W, a, [1.0, 1e6])
    assert torch.equal(result.W[1], W) and torch.equal(result.a[1], a)
    W[0] = -W[0]
    alive = flow(X, y, W, a, [1.0])
    assert not torch.equal(alive.W[0, 0], W[0]) and torch.equal(alive.W[0, 1:], W[1:])


@pytest.mark.parametrize("leak", LEAKS)
def test_a_student_that_is_right_already_stays_right(leak):
    X, _, W, a = problem()
    result = flow(X, two_layer(X, W, a, leak), W, a, [1.0, 1e12], leak=leak)
    torch.testing.assert_close(result.W[1], W, rtol=1e-12, atol=1e-13)
    assert result.loss[1] < 1e-28


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
def test_one_input_one_neuron_reaches_its_end_however_long_it_runs(dtype, leak):
    one = torch.ones(1, 1, dtype=dtype)
    result = flow(one, one[0], one / 2, one[0] / 2, [1.0, 1e3, 1e12], leak=leak)
    assert result.loss[0] < 0.01 and result.loss[2] < 1e-12
    # balanced from the start, so that a = w all along and a w = 1 at the end
    torch.testing.assert_close(result.W[2], one, rtol=1e-4, atol=0)
    torch.testing.assert_close(result.a[2], one[0], rtol=1e-4, atol=0)


def test_a_single_linear_neuron_follows_its_closed_form():
    g = torch.Generator().manual_seed(3)
    X = torch.linalg.qr(torch.randn(12, 4, generator=g, dtype=torch.float64))[0]
    beta, w0 = torch.randn(2, 4, generator=g, dtype=torch.float64)
    times = torch.tensor([1.0, 5.0, 30.0, 200.0], dtype=torch.float64)
    result = flow(X, X @ beta, w0[None], torch.tensor([0.7], dtype=torch.float64), times, leak=1.0, tolerance=1e-5)
    # theory's loss is half the sum of squares, in which time runs 12 / 2 times as fast
    a, w = single_neuron(times * 2 / 12, 0.7, w0, beta)
    torch.testing.assert_close(result.a[:, 0], torch.as_tensor(a), rtol=2e-4, atol=1e-5)
    torch.testing.assert_close(result.W[:, 0], torch.as_tensor(w), rtol=2e-4, atol=2e-4)


@pytest.mark.parametrize("leak", LEAKS)
def test_outputs_of_zero_are_forgotten_for_good(leak):
    X, y, W, a = problem()
    result = flow(X, 0 * y, W, a, [0.1, 1e3], leak=leak)
    assert result.loss[1] < 1e-3 * result.loss[0]


@pytest.mark.parametrize("leak", LEAKS)
def test_inputs_of_zero_teach_nothing(leak):
    X, y, W, a = problem()
    result = flow(0 * X, y, W, a, [1.0, 1e6], leak=leak)
    assert torch.equal(result.W[1], W) and torch.equal(result.a[1], a)


@pytest.mark.parametrize("leak", [0.0, 1.0])
def test_a_frozen_layer_does_not_move_and_the_other_does_as_its_own_linear_flow(leak):
    X, y, W, a = problem()
    features = flow(X, y, W, a, [7.0], eta_a=0.5, eta_w=0.0, leak=leak, tolerance=1e-4)
    assert torch.equal(features.W[0], W)
    # with the features fixed the readout obeys a' = 2 eta_a / n Phi^T (y - Phi a)
    Phi = X @ W.T
    Phi = torch.where(Phi > 0, Phi, leak * Phi)
    G, b = Phi.T @ Phi * (2 * 0.5 / len(X)), Phi.T @ y * (2 * 0.5 / len(X))
    values, vectors = torch.linalg.eigh(G)
    decay = vectors @ torch.diag(torch.exp(-7.0 * values)) @ vectors.T
    last = torch.linalg.pinv(G) @ b
    torch.testing.assert_close(features.a[0], last + decay @ (a - last), rtol=5e-3, atol=5e-3)
    lazy = flow(X, y, W, a, [7.0], eta_a=0.0, leak=leak)
    assert torch.equal(lazy.a[0], a) and not torch.equal(lazy.W[0], W)
    still = flow(X, y, W, a, [7.0], eta_a=0.0, eta_w=0.0, leak=leak)
    assert torch.equal(still.a[0], a) and torch.equal(still.W[0], W)


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize(("tau", "delta"), [(2.0, 0.0), (2.0, 1.0), (0.1, 1.0), (0.1, 0.0), (0.1, -1.0), (0.01, 0.0)])
def test_the_corners_of_the_phase_portrait_are_learnt_to_the_end(tau, delta, dtype):
    task, directions, signs = draw_task(3, dimension=2, width=20, samples=20, dtype=dtype)
    W, a = start(directions, signs, tau, delta)
    result = flow(task.X, task.y, W, a, [1.0, 100.0, 2000.0])
    assert result.loss[2] < 0.05 * task.y.square().mean()
    assert (result.loss.diff() <= 0).all()
    # a hundredth of descent's steps at the largest rate that is stable
    assert result.gradients < 20_000


def test_a_tiny_start_leaves_its_saddle_at_the_time_of_theory():
    # near 0 a neuron grows as e^{g t} with g = |2/n sum_j y_j x_j|, from a balanced start along that direction
    X, y, _, _ = problem(n=40)
    pull = 2 / 40 * X.T @ y
    for size in (1e-3, 1e-6, 1e-12):
        w0 = size * pull / pull.norm()
        time = torch.log(torch.tensor(1e-2 / size)) / pull.norm()
        result = flow(X, y, w0[None], torch.tensor([size]).double(), [float(time)], leak=1.0, tolerance=1e-5)
        assert float(result.a[0, 0]) == pytest.approx(1e-2, rel=0.02)
