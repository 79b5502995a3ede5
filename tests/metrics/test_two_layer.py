"""Measures of two-layer networks, against brute force and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich import metrics

RNG = np.random.default_rng(0)
X, W0, W1 = RNG.normal(size=(9, 3)), RNG.normal(size=(2, 5, 3)), RNG.normal(size=(2, 5, 3))
A0, A1 = RNG.normal(size=(2, 5)), RNG.normal(size=(2, 5))


def test_activation_flips_are_counted_pair_by_pair():
    for k in range(2):
        flips = [(X[j] @ W0[k, i] > 0) != (X[j] @ W1[k, i] > 0) for i in range(5) for j in range(9)]
        assert metrics.activation_flips(X, W0, W1)[k] == sum(flips) / 45
        assert metrics.activation_flips(X, W0[k], W1[k]) == sum(flips) / 45


def test_activation_flips_are_none_when_neurons_grow_and_all_when_they_turn_round():
    assert metrics.activation_flips(X, W0, 3 * W0).tolist() == [0.0, 0.0]
    assert metrics.activation_flips(X, W0, -W0).tolist() == [1.0, 1.0]


def test_parameter_distance_is_the_length_of_the_difference_of_all_weights():
    for k in range(2):
        flat0, flat1 = np.append(W0[k], A0[k]), np.append(W1[k], A1[k])
        distance = metrics.parameter_distance((W0, A0), (W1, A1))[k]
        assert distance == pytest.approx(np.linalg.norm(flat1 - flat0), rel=1e-14)


def test_conserved_drift_is_the_largest_change_of_any_neuron():
    changes = [
        max(
            abs((3 * A1[k, i] ** 2 - 0.5 * W1[k, i] @ W1[k, i]) - (3 * A0[k, i] ** 2 - 0.5 * W0[k, i] @ W0[k, i]))
            for i in range(5)
        )
        for k in range(2)
    ]
    drift = metrics.conserved_drift((W0, A0), (W1, A1), eta_a=0.5, eta_w=3.0)
    np.testing.assert_allclose(drift, changes, rtol=1e-13)


def test_a_rotation_of_all_neurons_breaks_no_conserved_quantity():
    rotation = np.linalg.qr(RNG.normal(size=(3, 3)))[0]
    assert metrics.conserved_drift((W0, A0), (W0 @ rotation, -A0)).max() < 1e-14


def test_alignment_is_one_when_every_neuron_points_along_a_teacher_of_its_sign():
    teacher_W, teacher_a = np.array([[1.0, 0.0], [0.0, 1.0], [-0.6, 0.8]]), np.array([1.0, 1.0, -1.0])
    W, a = np.array([[0.0, 3.0], [0.2, 0.0], [-6.0, 8.0]]), np.array([0.1, 5.0, -2.0])
    assert metrics.teacher_alignment(W, a, teacher_W, teacher_a) == pytest.approx(1.0, rel=1e-15)


def test_alignment_weighs_cosines_with_the_size_of_each_neuron():
    teacher_W, teacher_a = np.array([[1.0, 0.0]]), np.array([1.0])
    # cosines 1, 0.6 and -1, sizes |a||w| = 2, 5 and 3
    W, a = np.array([[2.0, 0.0], [3.0, 4.0], [-1.0, 0.0]]), np.array([1.0, 1.0, 3.0])
    assert metrics.teacher_alignment(W, a, teacher_W, teacher_a) == pytest.approx((2 + 0.6 * 5 - 3) / 10, rel=1e-14)


def test_a_teacher_of_the_other_sign_does_not_count():
    teacher_W, teacher_a = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([1.0, -1.0])
    along_the_wrong_one = metrics.teacher_alignment(np.array([[5.0, 0.0]]), np.array([-1.0]), teacher_W, teacher_a)
    assert along_the_wrong_one == pytest.approx(0.0, abs=1e-15)
    none_of_its_sign = metrics.teacher_alignment(np.array([[5.0, 0.0]]), np.array([-1.0]), teacher_W[:1], teacher_a[:1])
    assert none_of_its_sign == 0.0


def test_alignment_does_not_depend_on_the_sizes_of_teachers_or_the_order_of_neurons():
    teacher_W, teacher_a = RNG.normal(size=(3, 3)), np.array([1.0, -1.0, 1.0])
    base = metrics.teacher_alignment(W0, A0, teacher_W, teacher_a)
    assert base.shape == (2,)
    order = [4, 2, 0, 1, 3]
    scaled = metrics.teacher_alignment(7 * W0[:, order], A0[:, order], teacher_W * [[2.0], [0.1], [5.0]], 3 * teacher_a)
    np.testing.assert_allclose(scaled, base, rtol=1e-13)


def test_alignment_needs_a_teacher():
    with pytest.raises(ValueError, match="teacher_W must hold at least one neuron, got none"):
        metrics.teacher_alignment(W0, A0, np.zeros((0, 3)), np.zeros(0))


def test_arrays_go_out_as_they_came_in():
    calls = {
        "flips": lambda f: metrics.activation_flips(f(X), f(W0), f(W1)),
        "distance": lambda f: metrics.parameter_distance((f(W0), f(A0)), (f(W1), f(A1))),
        "drift": lambda f: metrics.conserved_drift((f(W0), f(A0)), (f(W1), f(A1))),
        "alignment": lambda f: metrics.teacher_alignment(f(W0), f(A0), f(W1[0]), f(A1[0])),
        "rank": lambda f: metrics.effective_rank(f(X.T @ X)[None]),
    }
    for name, call in calls.items():
        as_numpy, as_torch = call(np.asarray), call(torch.from_numpy)
        assert isinstance(as_numpy, np.ndarray) and isinstance(as_torch, torch.Tensor), name
        np.testing.assert_allclose(as_numpy, as_torch.numpy(), rtol=1e-14)
        assert call(lambda array: torch.from_numpy(array).float()).dtype == torch.float32, name


def test_weights_of_other_shapes_than_at_the_start_are_refused_with_both_shapes():
    with pytest.raises(ValueError, match=r"start must be a pair \(W, a\) of weights, got 3 of them"):
        metrics.parameter_distance((W0, A0, A0), (W1, A1))
    with pytest.raises(ValueError, match=r"now must be a pair \(W, a\) of weights, got a ndarray"):
        metrics.conserved_drift((W0, A0), W1)
    with pytest.raises(ValueError, match=r"weights of one network, got W of shapes \(2, 5, 3\) and \(2, 4, 3\)"):
        metrics.parameter_distance((W0, A0), (W0[:, :4], A0[:, :4]))
