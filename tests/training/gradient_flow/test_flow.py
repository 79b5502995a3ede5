"""Gradient flow against independent integrators.

Where there are kinks, outputs, losses and kernels are compared, never weights: ReLU flow jumps where activations flip,
so two good methods end at distant weights that compute nearly the same function.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from lazyrich.kernels import kernel_distance, two_layer_ntk
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import draw_task, start
from lazyrich.training import Flow, descent, flow
from tests.training.gradient_flow.problems import problem, student


def dop853(X, y, W, a, times, eta_a=1.0, eta_w=1.0):
    """Weights of a linear network's flow (T, m, d) and (T, m), by scipy to eleven digits."""
    m, d = W.shape
    X, y = X.numpy(), y.numpy()

    def slope(_, theta):
        W, a = theta[: m * d].reshape(m, d), theta[m * d :]
        beta_slope = 2 / len(X) * X.T @ (y - X @ (a @ W))
        return np.concatenate([eta_w * np.outer(a, beta_slope).ravel(), eta_a * W @ beta_slope])

    theta = np.concatenate([W.numpy().ravel(), a.numpy()])
    found = solve_ivp(slope, (0, times[-1]), theta, "DOP853", times, rtol=1e-11, atol=1e-13).y.T
    return found[:, : m * d].reshape(-1, m, d), found[:, m * d :]


LINEAR_TIMES = [0.05, 0.3, 1.0, 30.0]


@cache
def linear_reference(eta_a, eta_w):
    """Weights of a linear network at LINEAR_TIMES, for all tolerances."""
    return dop853(*problem(), LINEAR_TIMES, eta_a, eta_w)


@pytest.mark.parametrize("tolerance", [1e-2, 2e-3, 1e-4, 1e-6])
@pytest.mark.parametrize(("eta_a", "eta_w"), [(1.0, 1.0), (0.2, 3.0)])
def test_a_linear_network_follows_dop853_within_the_tolerance(tolerance, eta_a, eta_w):
    X, y, W, a = problem()
    ours = flow(X, y, W, a, LINEAR_TIMES, eta_a, eta_w, leak=1.0, tolerance=tolerance)
    Ws, readouts = linear_reference(eta_a, eta_w)
    for k in range(len(LINEAR_TIMES)):
        for one, exact in ((ours.W[k], Ws[k]), (ours.a[k], readouts[k])):
            assert np.linalg.norm(one.numpy() - exact) < 10 * tolerance * np.linalg.norm(exact)


@pytest.mark.parametrize("leak", [1.0, 0.0])
def test_the_error_falls_with_the_number_of_steps_to_the_order_of_the_method(leak, engine):
    order = 1 if engine == "batched" and leak < 1 else 2
    # positive inputs, weights and targets: every neuron stays active, and ReLU is linear without its order knowing
    X, y, W, a = (part.abs() for part in problem(size=0.3))
    Ws, readouts = dop853(X, y, W, a, [0.0, 0.5])
    exact = torch.from_numpy(X.numpy() @ (readouts[1] @ Ws[1]))
    counts, wrong = [], []
    for tolerance in 10.0 ** np.arange(-4.5, -6.5, -0.5):
        run = Flow(X, y, W, a, leak=leak, tolerance=tolerance)
        run.to(0.5)
        counts.append(run.steps)
        wrong.append(float((two_layer(X, run.W, run.a, leak) - exact).norm() / exact.norm()))
    slope = np.polyfit(np.log(counts), np.log(wrong), 1)[0]
    assert slope == pytest.approx(-order, abs=0.25), (counts, wrong)


@cache
def by_small_steps(tau, delta, leak, times):
    """Descent of a student at a rate of 0.005, for both engines."""
    return descent(*student(tau, delta), 0.005, [round(time / 0.005) for time in times], leak=leak)


@pytest.mark.parametrize("leak", [0.0, 0.2])
@pytest.mark.parametrize(("tau", "delta"), [(0.3, -0.6), (0.3, 0.0), (0.3, 0.6), (1.0, 0.0)])
def test_relu_students_agree_with_very_small_steps_of_descent(tau, delta, leak, engine):
    X, y, W, a = student(tau, delta)
    times = (1.0, 10.0, 60.0)
    small = by_small_steps(tau, delta, leak, times)
    ours = flow(X, y, W, a, times, leak=leak)
    assert ours.gradients < small.gradients / (10 if engine == "batched" else 1)
    K0 = two_layer_ntk(X, W, a, leak=leak)
    for k in range(len(times)):
        pairs = [(W, a), (ours.W[k], ours.a[k]), (small.W[k], small.a[k])]
        _, f, f_small = (two_layer(X, *pair, leak) for pair in pairs)
        S, S_small = (kernel_distance(K0, two_layer_ntk(X, *pair, leak=leak)) for pair in pairs[1:])
        assert (f - f_small).norm() < 0.02 * y.norm()
        assert abs(S - S_small) < 0.01
        assert float(ours.loss[k]) == pytest.approx(float(small.loss[k]), rel=0.05, abs=2e-5 * float(y.square().mean()))


def test_the_recorded_loss_follows_from_the_recorded_weights():
    X, y, W, a = problem(2)
    ours = flow(X, y, W, a, [0.0, 0.3, 2.0, 1e3, 1e5], tolerance=1e-2)
    for k in range(5):
        expected = (two_layer(X, ours.W[k], ours.a[k]) - y).square().mean(-1)
        torch.testing.assert_close(ours.loss[k], expected, rtol=1e-9, atol=1e-28)


def test_stops_between_cost_accuracy_nothing():
    X, y, W, a = problem()
    coarse = flow(X, y, W, a, [3.0], leak=1.0, tolerance=1e-4)
    fine = flow(X, y, W, a, np.linspace(0.03, 3.0, 100), leak=1.0, tolerance=1e-4)
    assert (coarse.W[-1] - fine.W[-1]).norm() < 1e-3 * fine.W[-1].norm()
    # the long step wanted before a stop is taken up again after it
    assert fine.gradients < 2 * coarse.gradients + 300


OWN_SCALE = [
    # factor of y, tau, symmetrised, gradients at most
    pytest.param(0.0, 1.0, False, 3000, id="outputs of zero"),
    pytest.param(1e-4, 1.0, False, 3000, id="outputs small beside the start's own"),
    pytest.param(1.0, 10.0, False, 3000, id="a large start that is not symmetrised"),
    pytest.param(1e4, 1.0, False, 3000, id="outputs that are huge"),
]


@cache
def own_scale(factor, tau, symmetrised, frozen):
    """Return a task, its outputs, a start, rates, times and descent in small steps up to them, for both engines."""
    task, directions, signs = draw_task(0, dimension=4, width=10, samples=30, symmetrised=symmetrised)
    X, y = task.X, factor * task.y
    W, a = start(directions, signs, tau, 0.0)
    rates = {"eta_a": 1.0, "eta_w": 1.0} | ({} if frozen is None else {frozen: 0.0})
    unit = 1 / max(2 / 30 * float(torch.linalg.eigvalsh(two_layer_ntk(X, W, a))[-1]), float(y.norm()) / 30**0.5)
    small = descent(X, y, W, a, unit / 100, [100, 1000, 5000], **rates)
    return task, y, (W, a), rates, [unit, 10 * unit, 50 * unit], small


@pytest.mark.parametrize("frozen", [None, "eta_w", "eta_a"])
@pytest.mark.parametrize(("factor", "tau", "symmetrised", "most"), OWN_SCALE)
def test_for_any_size_of_start_and_data_flow_is_near_descent_and_cheap(factor, tau, symmetrised, most, frozen, engine):
    task, y, (W, a), rates, times, small = own_scale(factor, tau, symmetrised, frozen)
    X = task.X
    ours = flow(X, y, W, a, times, **rates)
    # a stricter error where activations flip to and fro, at a fifth of the time a gradient
    assert ours.gradients < most * (1 if engine == "batched" else 4)
    begin = two_layer(X, W, a)
    for k in range(3):
        for inputs, scale in ((X, 1.0), (task.X_test, (len(task.X_test) / 30) ** 0.5)):
            f, f_small = (two_layer(inputs, run.W[k], run.a[k]) for run in (ours, small))
            # of outputs that vanish, to a share of what they were
            size = scale * max(float(y.norm()), float(f_small.norm()) / scale, 0.1 * float(begin.norm()))
            assert float((f - f_small).norm()) < 0.03 * size
