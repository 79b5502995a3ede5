"""Small students whose activations change, against closed forms and against LSODA on a smoothed ReLU.

A neuron that slides along a line w . x = 0, or rests at the origin, does so in a smoothed network within a layer that
is as thin as the smoothing.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from scipy.linalg import expm
from scipy.optimize import brentq
from scipy.special import expit

from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import draw_task, start
from lazyrich.training import Flow, descent, flow
from lazyrich.training.gradient_flow.small.lines import Lines

THIN = 1e-6
"""Width of the smoothed kink."""


def smoothed(X, y, W, a, times, leak=0.0):
    """Weights (T, m, d), (T, m) of a network whose slope of phi rises from leak to 1 over a width THIN."""
    (m, d), n = W.shape, len(X)

    def slope(_, theta):
        W, a = theta[: m * d].reshape(m, d), theta[m * d :]
        Z = X @ W.T
        S = leak + (1 - leak) * expit(Z / THIN)
        r = 2 / n * (y - (Z * S) @ a)
        return np.concatenate([((S * a).T @ (r[:, None] * X)).ravel(), (Z * S).T @ r])

    theta = np.concatenate([np.ravel(W), a])
    found = solve_ivp(slope, (0, times[-1]), theta, "LSODA", times, rtol=1e-8, atol=1e-10).y.T
    return found[:, : m * d].reshape(-1, m, d), found[:, m * d :]


def plane(W, a):
    return np.abs(np.asarray(a))[..., None] * np.asarray(W)


def far(one, other):
    """Largest distance of a neuron's |a| w at any time, over the largest |a| |w|."""
    return np.linalg.norm(one - other, axis=-1).max() / np.linalg.norm(other, axis=-1).max()


TIMES = np.geomspace(0.05, 20, 30)


def small(seed, tau, delta):
    """(X, y, W, a) of a student with 6 neurons on 8 inputs."""
    task, directions, signs = draw_task(seed, dimension=2, width=6, samples=8)
    return [part.numpy() for part in (task.X, task.y, *start(directions, signs, tau, delta))]


# one neuron with a readout of 1 that is frozen: w_x is drawn to 2 by the first input, the second pushes w_y down
# where it is active, and the third pushes both up as long as w_x + w_y < 1.2
X, Y = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]), np.array([2.0, -5.0, 1.2])
AT = 3 / 2 * np.array([0.01, 0.05, 0.1, 0.3, 0.45, 0.6, 1.0, 3.0])
"""Times in which the flow's rate 2/n is 1."""


def slide_and_leave(t):
    """w(t) from w(0) = (0.1, -0.02): up to the line w_y = 0, along it until w_x = 1.2, and below it again."""
    A = np.array([[-2.0, -1.0], [-1.0, -1.0]])
    rest = np.linalg.solve(A, [-3.2, -1.2])

    def below(w, t):
        return rest + expm(A * t) @ (w - rest)

    reached = brentq(lambda s: below([0.1, -0.02], s)[1], 0, 0.1)
    x = below([0.1, -0.02], reached)[0]
    # along the line w_x' = (2 - w_x) + (1.2 - w_x)
    left = reached + np.log((1.6 - x) / (1.6 - 1.2)) / 2
    if t < reached:
        return below([0.1, -0.02], t)
    if t < left:
        return [1.6 - (1.6 - x) * np.exp(-2 * (t - reached)), 0.0]
    return below([1.2, 0.0], t - left)


def test_a_neuron_slides_along_a_line_and_leaves_it_as_in_closed_form():
    found = flow(X, Y, np.array([[0.1, -0.02]]), np.ones(1), AT, eta_a=0.0)
    exact = np.array([slide_and_leave(t * 2 / 3) for t in AT])
    assert (exact[:, 1] == 0).sum() == 5 and exact[-1, 1] < -0.05
    np.testing.assert_allclose(found.W[:, 0], exact, atol=2e-3)
    # shown on the side of the line where it would spend more of its time: below, where it is pushed up less
    assert (found.W[exact[:, 1] == 0, 0, 1] != 0).all()
    strict = flow(X, Y, np.array([[0.1, -0.02]]), np.ones(1), AT, eta_a=0.0, tolerance=1e-6)
    np.testing.assert_allclose(strict.W[:, 0], exact, atol=2e-5)
    assert strict.gradients < 1000


@pytest.mark.parametrize(
    ("tau", "delta", "leak"), [(0.1, 0.0, 0.0), (0.1, 1.0, 0.0), (0.1, -0.5, 0.0), (0.3, 1.0, 0.2), (1.0, 0.0, 0.0)]
)
def test_students_follow_a_smoothed_network(tau, delta, leak):
    for seed in range(3):
        given = small(seed, tau, delta)
        theirs = plane(*smoothed(*given, TIMES, leak))
        for tolerance, share in ((2e-3, 0.02), (2e-4, 0.005)):
            found = flow(*given, TIMES, leak=leak, tolerance=tolerance)
            assert far(plane(found.W, found.a), theirs) < share


@pytest.mark.parametrize("seed", [0, 3, 7])
def test_a_neuron_rests_at_the_origin_until_it_can_leave(seed):
    given = small(seed, 0.1, 1.0)
    run = Flow(*given, tolerance=2e-4)
    found = run.record(TIMES)
    zero = np.abs(found.W).max(-1) == 0
    assert set(run._solver.pattern.resting) == set(np.flatnonzero(zero[-1]).tolist())
    assert zero.any()
    assert (zero[:-1] & ~zero[1:]).any() or seed == 7
    theirs, readouts = smoothed(*given, TIMES)
    assert np.abs(theirs[zero]).max() < 100 * THIN
    assert far(plane(found.W, found.a), plane(theirs, readouts)) < 0.003
    # and small steps of descent, whose neurons jump to and fro around the origin
    rate = 4e-4
    steps = np.round(TIMES[::6] / rate).astype(int)
    jumping = descent(*given, rate, steps)
    at_steps = flow(*given, steps * rate, tolerance=2e-4)
    assert far(plane(jumping.W, jumping.a), plane(at_steps.W, at_steps.a)) < 0.01


@pytest.mark.parametrize(("tau", "delta"), [(0.1, 1.0), (0.1, 0.0), (0.1, -1.0), (0.3, 0.5), (2.0, 0.0)])
def test_the_plane_of_the_playground_is_within_one_percent_and_nearer_with_a_smaller_tolerance(tau, delta):
    task, directions, signs = draw_task(2, dimension=2, width=50, samples=20)
    given, times = (task.X, task.y, *start(directions, signs, tau, delta)), np.geomspace(0.02, 50, 60)
    runs = [flow(*given, times, tolerance=tolerance) for tolerance in (2e-3, 2e-4, 1e-5)]
    usual, closer, exact = (plane(run.W, run.a) for run in runs)
    assert far(usual, exact) < 0.01
    # of second order: a tenth of the tolerance has about a fifth of the error
    assert far(closer, exact) < 0.5 * far(usual, exact)
    assert runs[-1].gradients < 8000
    losses = [(two_layer(task.X_test, run.W, run.a) - task.y_test).square().mean(-1).log10() for run in runs]
    assert (losses[0] - losses[-1]).abs().max() < 0.015


def test_rounding_at_the_start_changes_no_visible_number():
    task, directions, signs = draw_task(11, dimension=2, width=50, samples=20)
    W, a = start(directions, signs, 0.1, 1.0)
    near = W * (1 + 1e-15 * torch.randn(W.shape, generator=torch.Generator().manual_seed(0), dtype=W.dtype))
    times = np.geomspace(0.001, 5, 50)
    one, other = (flow(task.X, task.y, start, a, times) for start in (W, near))
    assert far(plane(one.W, one.a), plane(other.W, other.a)) < 1e-4
    active = [(run.W @ task.X.T > 0) for run in (one, other)]
    assert (active[0] != active[1]).float().mean() < 1e-3


def test_conserved_quantities_are_constant_across_lines():
    task, directions, signs = draw_task(1, dimension=2, width=50, samples=20)
    W, a = start(directions, signs, 0.1, 0.5)
    found = flow(task.X, task.y, W, a, np.geomspace(0.01, 30, 40))
    kept = found.a.square() - found.W.square().sum(-1)
    assert (kept - 0.5).abs().max() < 0.01


AWKWARD = {
    "parallel inputs": [[1.0, 2.0], [-2.0, -4.0], [1.0, 2.0], [0.3, -1.0], [3.0, -10.0]],
    "an input of zero": [[0.0, 0.0], [1.0, 0.5], [-0.2, 1.0]],
    "on a grid": [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [1.0, 1.0], [1.0, -1.0]],
    "one input": [[0.6, -0.8]],
    "on a line": [[1.0], [-0.5], [2.0], [-1.0]],
}


@pytest.mark.parametrize("leak", [0.0, 0.3])
@pytest.mark.parametrize("inputs", AWKWARD.values(), ids=AWKWARD)
def test_awkward_inputs_are_followed(inputs, leak):
    inputs = np.array(inputs)
    n, d = inputs.shape
    for seed in range(4):
        rng = np.random.default_rng(seed)
        W, a = 0.2 * rng.standard_normal((5, d)), rng.choice([-0.7, 0.7], 5)
        y, times = rng.standard_normal(n), np.geomspace(0.05, 20, 20)
        run = Flow(inputs, y, W, a, leak=leak)
        found, theirs = run.record(times), smoothed(inputs, y, W, a, times, leak)
        fs = [
            two_layer(torch.tensor(inputs), torch.tensor(W), torch.tensor(a), leak)
            for W, a in ((found.W, found.a), theirs)
        ]
        assert (fs[0] - fs[1]).norm(dim=-1).max() < 0.01 * max(1.0, np.linalg.norm(y))
        assert run.gradients < 3000


def test_parallel_inputs_share_one_line():
    lines = Lines.through(np.array(AWKWARD["parallel inputs"] + [[0.0, 0.0]]))
    assert len(lines.normals) == 2 and lines.of[5] == -1
    np.testing.assert_array_equal(lines.of[[0, 1, 2]], lines.of[0])
    np.testing.assert_array_equal(lines.of[[3, 4]], 1 - lines.of[0])
    assert lines.same[:5].tolist() == [True, False, True, True, True]
    # what each line's inputs add to the slope across it
    np.testing.assert_allclose(lines.sizes[lines.of[0]], [5**0.5, 20**0.5, 5**0.5, 0, 0, 0])
    np.testing.assert_allclose((lines.normals * lines.rays).sum(1), 0, atol=1e-15)
    angles = np.arctan2(lines.rays[:, 1], lines.rays[:, 0])
    assert all(0 <= one < other < np.pi for one, other in pairwise(angles))


def test_neurons_that_begin_at_zero_go_where_descent_goes():
    rng = np.random.default_rng(0)
    inputs, y = rng.standard_normal((6, 2)), rng.standard_normal(6)
    W, a = np.array([[0.0, 0.0], [0.4, 0.3]]), np.array([0.8, -0.6])
    assert not flow(inputs, y, W, a, [5.0]).W[0, 0].any()
    leaking, step = flow(inputs, y, W, a, [1e-4], leak=0.5), 1e-6
    other = inputs @ W[1]
    r = y - np.where(other > 0, other, 0.5 * other) * a[1]
    # a first step of descent with the slope of phi at zero, then one with those where it has come
    w = step * a[0] * 2 / 6 * inputs.T @ (0.5 * r)
    way = a[0] * 2 / 6 * inputs.T @ (np.where(inputs @ w > 0, 1.0, 0.5) * r)
    np.testing.assert_allclose(leaking.W[0, 0], 1e-4 * way, rtol=0.01)


@pytest.mark.parametrize("size", [1e-60, 1e60])
def test_a_neuron_passes_the_origin_whatever_the_unit_of_outputs(size):
    inputs, y, W, a = small(0, 0.1, 1.0)
    ours = flow(inputs, size * y, size**0.5 * W, size**0.5 * a, TIMES / size)
    usual = flow(inputs, y, W, a, TIMES)
    assert (np.abs(usual.W).max(-1) == 0).any()
    np.testing.assert_allclose(plane(ours.W, ours.a) / size, plane(usual.W, usual.a), rtol=1e-3, atol=1e-4)
