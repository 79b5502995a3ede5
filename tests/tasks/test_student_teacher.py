"""The student-teacher task: the authors' order of draws, rebuilt with torch layers, exact sizes, realisability."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from lazyrich import geometry
from lazyrich.networks import two_layer
from lazyrich.tasks.student_teacher import draw, draw_task, start, teacher_size


def setting(**changes):
    plain = {"tau": 0.1, "delta": 1.0, "width": 50, "dimension": 2, "samples": 20, "test_samples": 100}
    plain |= {"teacher_width": 3, "leak": 0.0, "noise": 0.0, "symmetrised": True, "seed": 0}
    return SimpleNamespace(**(plain | changes))


def rows_on_the_sphere(rows):
    return rows / torch.norm(rows, dim=1, keepdim=True)


def rebuilt(s):
    """The draws in the order of theory.md, section 0, from torch's global generator and real nn.Linear layers."""
    with torch.random.fork_rng():
        torch.manual_seed(s.seed)
        nn.Linear(s.dimension, s.teacher_width, bias=False), nn.Linear(s.teacher_width, 1, bias=False)
        teacher_W = rows_on_the_sphere(torch.randn(s.teacher_width, s.dimension))
        teacher_a = torch.sign(torch.randn(s.teacher_width))
        nn.Linear(s.dimension, s.width, bias=False), nn.Linear(s.width, 1, bias=False)
        drawn = s.width // 2 if s.symmetrised else s.width
        W, a = rows_on_the_sphere(torch.randn(drawn, s.dimension)), torch.sign(torch.randn(drawn))
        X = rows_on_the_sphere(torch.randn(s.samples, s.dimension))
        noise = torch.randn(s.samples)
        torch.manual_seed(201)
        X_test = rows_on_the_sphere(torch.randn(s.test_samples, s.dimension))
    y = torch.relu(X @ teacher_W.T) @ teacher_a
    return teacher_W, teacher_a, W, a, X, y, X_test, noise


@pytest.mark.parametrize("symmetrised", [True, False])
@pytest.mark.parametrize(
    "size", [{}, {"dimension": 100, "samples": 1000, "seed": 107}, {"teacher_width": 1, "width": 2}]
)
def test_a_seed_is_the_same_problem_as_in_the_authors_order_of_draws(symmetrised, size):
    s = setting(symmetrised=symmetrised, **size)
    task, (W, a) = draw(s, torch.float64)
    teacher_W, teacher_a, directions, signs, X, y, X_test, _ = rebuilt(s)
    assert torch.equal(task.X, X.double()) and torch.equal(task.X_test, X_test.double())
    assert torch.equal(task.teacher_W, teacher_W.double()) and torch.equal(task.teacher_a, teacher_a.double())
    torch.testing.assert_close(task.y, y.double(), rtol=0, atol=1e-6)
    if symmetrised:
        directions, signs = directions.repeat(2, 1), torch.cat([signs, -signs])
    a_size, w_size = geometry.layer_norms(s.tau, s.delta)
    torch.testing.assert_close(W, w_size * directions.double(), rtol=0, atol=1e-6 * w_size)
    torch.testing.assert_close(a, a_size * signs.double(), rtol=1e-15, atol=0)


@pytest.mark.parametrize(("tau", "delta"), [(0.1, 1.0), (0.1, -1.0), (2.0, 0.3), (0.01, 2.0)])
@pytest.mark.parametrize("symmetrised", [True, False])
def test_every_neuron_starts_with_exactly_the_conserved_quantity_delta(tau, delta, symmetrised):
    _, (W, a) = draw(setting(tau=tau, delta=delta, symmetrised=symmetrised, dimension=7), torch.float64)
    a_size, w_size = geometry.layer_norms(tau, delta)
    error = (geometry.conserved_quantity(a, W) - delta).abs().max()
    assert error <= 4e-15 * (a_size**2 + w_size**2)


def test_a_symmetrised_student_starts_at_zero_everywhere():
    task, (W, a) = draw(setting(dimension=5, tau=2.0), torch.float64)
    assert two_layer(task.X_test, W, a).abs().max() <= 1e-14


@pytest.mark.parametrize("leak", [0.0, 0.25])
def test_a_student_with_the_teachers_neurons_makes_no_error(leak):
    task, _ = draw(setting(leak=leak, dimension=4), torch.float64)
    assert torch.equal(two_layer(task.X_test, task.teacher_W, task.teacher_a, leak), task.y_test)
    assert task.y_test.abs().max() > 0.1


def test_drawing_leaves_the_global_generator_alone():
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    draw(setting(), torch.float64)
    assert torch.equal(torch.rand(3), expected)


def test_float32_is_the_float64_task_rounded():
    (single, (W32, a32)), (double, (W64, a64)) = draw(setting(), torch.float32), draw(setting(), torch.float64)
    for name, array in single.arrays().items():
        assert array.dtype == np.float32
        np.testing.assert_array_equal(array, double.arrays()[name].astype(np.float32))
    torch.testing.assert_close(W32.double(), W64, rtol=1e-6, atol=1e-8)
    torch.testing.assert_close(a32.double(), a64, rtol=1e-6, atol=0)


def test_many_settings_of_one_seed_share_task_and_directions():
    _, directions, signs = draw_task(0, dimension=2, width=50, samples=20)
    taus, deltas = torch.tensor([0.1, 2.0]), torch.tensor([1.0, -0.5])
    W, a = start(directions, signs, taus, deltas)
    assert W.shape == (2, 50, 2) and a.shape == (2, 50)
    for k in range(2):
        _, (W_alone, a_alone) = draw(setting(tau=float(taus[k]), delta=float(deltas[k])), torch.float64)
        torch.testing.assert_close(W[k], W_alone, rtol=1e-12, atol=0)
        torch.testing.assert_close(a[k], a_alone, rtol=1e-12, atol=0)


def test_an_odd_width_cannot_be_symmetrised():
    with pytest.raises(ValueError, match="width must be even when symmetrised, got 5"):
        draw(setting(width=5), torch.float64)


@pytest.mark.parametrize("name", ["width", "dimension", "samples", "test_samples", "teacher_width"])
def test_sizes_below_one_are_refused_by_name(name):
    with pytest.raises(ValueError, match=f"{name} must be at least 1, got 0"):
        draw(setting(**{name: 0}), torch.float64)


@pytest.mark.parametrize("leak", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("dimension", [2, 7])
def test_the_size_of_a_teacher_is_the_mean_over_the_sphere(dimension, leak):
    task, *_ = draw_task(5, dimension=dimension, width=4, samples=400_000, teacher_width=4, leak=leak)
    sampled = float(task.y.square().mean().sqrt())
    assert teacher_size(task.teacher_W, task.teacher_a, leak) == pytest.approx(sampled, rel=0.01)


@pytest.mark.parametrize("symmetrised", [True, False])
def test_noise_is_drawn_after_all_else_and_leaves_it_bitwise_alone(symmetrised):
    s = setting(symmetrised=symmetrised, noise=0.5, seed=3)
    task, start_of_noisy = draw(s)
    clean, start_of_clean = draw(setting(symmetrised=symmetrised, seed=3))
    for mine, theirs in zip(start_of_noisy, start_of_clean, strict=True):
        assert torch.equal(mine, theirs)
    for name in ("X", "X_test", "y_test", "teacher_W", "teacher_a"):
        assert torch.equal(getattr(task, name), getattr(clean, name))
    *_, noise = rebuilt(s)
    scale = 0.5 * teacher_size(task.teacher_W, task.teacher_a)
    torch.testing.assert_close(task.y - clean.y, scale * noise.double(), rtol=1e-12, atol=1e-15)


def test_outputs_without_noise_are_the_teachers_to_the_last_bit():
    task, _ = draw(setting(seed=11, leak=0.2))
    assert torch.equal(task.y, two_layer(task.X, task.teacher_W, task.teacher_a, 0.2))


@pytest.mark.parametrize("noise", [-0.1, float("nan"), float("inf")])
def test_noise_below_0_is_refused(noise):
    with pytest.raises(ValueError, match="noise must be 0 or above and finite"):
        draw(setting(noise=noise))
