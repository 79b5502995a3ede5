"""Gradient flow of small networks in numpy, against DOP853 and against the solver for many networks.

ReLU flow amplifies errors where activations flip: references end at different weights, but test losses and the plane
of |a| w agree as far as they are determined. So losses are compared in decades, and outputs over their size.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from lazyrich.config.small_size import MAX_PRODUCTS
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import draw_task, start
from lazyrich.training import Flow, flow
from lazyrich.training.small_network import SmallNetwork, is_small

CASES = {
    # tau, delta, eta_a, eta_w, leak, symmetrised, seed, flow time
    "upstream": (0.3, 1.0, 1.0, 1.0, 0.0, True, 2, 0.15),
    "balanced": (0.1, 0.0, 1.0, 1.0, 0.0, True, 2, 3.0),
    "downstream": (0.1, -1.0, 1.0, 1.0, 0.0, True, 2, 50.0),
    "lazy": (2.0, 0.0, 1.0, 1.0, 0.0, True, 2, 1.0),
    "tiny": (0.01, 0.5, 1.0, 1.0, 0.0, True, 2, 5.0),
    "huge": (10.0, 0.0, 1.0, 1.0, 0.0, True, 2, 0.05),
    "unsymmetrised": (0.5, 0.5, 1.0, 1.0, 0.0, False, 5, 3.0),
    "unequal rates": (0.3, 0.0, 0.1, 5.0, 0.0, True, 3, 0.1),
    "fast rates": (0.3, 0.0, 30.0, 60.0, 0.0, False, 4, 0.01),
    "leak": (0.3, -0.5, 1.0, 2.0, 0.3, False, 6, 4.0),
    "linear": (0.3, 0.5, 1.0, 1.0, 1.0, True, 7, 0.05),
}


def dop853(X, y, W, a, times, eta_a, eta_w, leak):
    """Weights (T, m, d) and (T, m) by scipy, with errors of a step some hundred times below those that are compared."""
    (m, d), n = W.shape, len(X)
    X, y = X.numpy(), y.numpy()

    def slope(_, theta):
        W, a = theta[: m * d].reshape(m, d), theta[m * d :]
        Z = X @ W.T
        slopes = np.where(Z > 0, 1.0, leak)
        r = 2 / n * (y - (Z * slopes) @ a)
        return np.concatenate([eta_w * ((slopes * a).T @ (r[:, None] * X)).ravel(), eta_a * (Z * slopes).T @ r])

    theta = np.concatenate([W.numpy().ravel(), a.numpy()])
    found = solve_ivp(slope, (0, times[-1]), theta, "DOP853", times, rtol=1e-7, atol=1e-9).y.T
    return torch.from_numpy(found[:, : m * d].reshape(-1, m, d)), torch.from_numpy(found[:, m * d :])


@pytest.mark.parametrize("case", CASES)
def test_losses_and_neurons_follow_dop853(case):
    tau, delta, eta_a, eta_w, leak, symmetrised, seed, end = CASES[case]
    task, directions, signs = draw_task(
        seed, dimension=2, width=50, samples=20, leak=leak, symmetrised=symmetrised, test_samples=500
    )
    W, a = start(directions, signs, tau, delta)
    # between the solver's own steps, most of them
    times = np.geomspace(end / 1000, end, 25)
    ours = flow(task.X, task.y, W, a, times, eta_a, eta_w, leak)
    theirs = dop853(task.X, task.y, W, a, times, eta_a, eta_w, leak)
    losses = [
        (two_layer(task.X_test, *weights, leak) - task.y_test).square().mean(-1)
        for weights in ((ours.W, ours.a), theirs)
    ]
    # a linear student has a test loss of rounding at its end
    floor = 1e-4 * task.y_test.square().mean()
    assert ((losses[0] + floor) / (losses[1] + floor)).log10().abs().max() < 0.015
    planes = [a.abs()[..., None] * W for W, a in ((ours.W, ours.a), theirs)]
    assert (planes[0] - planes[1]).norm(dim=-1).max() < 0.01 * planes[1].norm(dim=-1).max()


def test_the_small_solver_agrees_with_the_solver_for_many():
    task, directions, signs = draw_task(2, dimension=2, width=50, samples=20)
    W, a = start(directions, signs, torch.tensor([0.1, 0.1, 2.0]), torch.tensor([1.0, -1.0, 0.0]))
    times = np.geomspace(0.1, 100, 50)
    together = flow(task.X, task.y, W, a, times)
    for b in range(3):
        alone = flow(task.X, task.y, W[b], a[b], times)
        f, f_together = (two_layer(task.X_test, run_W, run_a) for run_W, run_a in (
            (alone.W, alone.a), (together.W[:, b], together.a[:, b])
        ))  # fmt: skip
        assert (f - f_together).norm(dim=-1).max() < 0.03 * task.y_test.norm()


def test_neurons_that_are_dead_or_zero_stay_and_the_others_move():
    task, directions, signs = draw_task(0, dimension=2, width=10, samples=20)
    X = task.X.abs()
    W, a = start(directions, signs, 0.3, 0.0)
    W[0], W[1], a[1] = -W[0].abs(), 0.0, 0.0
    ours = flow(X, task.y, W, a, [0.3, 10.0])
    assert torch.equal(ours.W[:, :2], W[:2].expand(2, 2, 2)) and torch.equal(ours.a[:, :2], a[:2].expand(2, 2))
    assert not torch.equal(ours.W[0, 2:], W[2:])


@pytest.mark.parametrize("trained", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("leak", [0.0, 0.3, 1.0])
def test_slopes_are_half_n_times_minus_the_gradient(leak, trained):
    g = torch.Generator().manual_seed(0)
    X, y, W, a = (torch.randn(*shape, generator=g, dtype=torch.float64) for shape in ((30, 4), (30,), (7, 4), (7,)))
    theta = np.ascontiguousarray(np.vstack([W.T.numpy(), a.numpy()]))
    out = np.full_like(theta, np.nan)
    network = SmallNetwork(X.numpy(), y.numpy(), 7, leak, trained)
    network.slopes(theta, out)
    W, a = W.requires_grad_(), a.requires_grad_()
    z = X @ W.T
    loss = ((torch.where(z > 0, z, leak * z) @ a - y) ** 2).mean()
    by_first, by_readout = torch.autograd.grad(loss, (W, a))
    np.testing.assert_allclose(out[:-1].T, -15 * by_first * trained[1], rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(out[-1], -15 * by_readout * trained[0], rtol=1e-11, atol=1e-12)
    assert network.loss(theta) == pytest.approx(float(loss), rel=1e-12)


def test_one_network_on_a_cpu_is_small_up_to_a_number_of_products():
    cpu = torch.device("cpu")
    assert is_small(1, 50, 20, 2, cpu) and is_small(1, 100, MAX_PRODUCTS // 200, 2, cpu)
    assert not is_small(2, 50, 20, 2, cpu)
    assert not is_small(1, 50, 20, 2, torch.device("cuda"))
    assert not is_small(1, 50, 1000, 100, cpu)


def test_a_small_network_that_comes_no_further_stays_where_it_is():
    task, directions, signs = draw_task(2, dimension=2, width=50, samples=20)
    run = Flow(task.X, task.y, *start(directions, signs, 0.1, 0.0), most_gradients=100)
    run.to(1e-3)
    before = run.W
    for _ in range(2):
        with pytest.raises(ValueError, match=r"needs more than 100 gradients .* came to 0\.\d+ of it"):
            run.to(1e3)
    assert run.stuck is True and run.time == 1e-3 and torch.equal(run.W, before) and run.gradients <= 100
