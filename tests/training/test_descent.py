"""Batched descent against an independent loop with gradients by autograd, and laws that descent obeys.

The tests of the engine run on every device that there is: on machines without CUDA, on the CPU alone.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lazyrich import geometry
from lazyrich.training import Descent, descent
from lazyrich.training.batched import TRANSPOSED, BatchedNetworks, Buffers

DEVICES = ["cpu"] + (["cuda"] if torch.cuda.is_available() else [])


def problem(networks=None, n=40, d=5, m=12, seed=0, size=0.5):
    """(X, y, W, a) in float64, drawn at random."""
    g = torch.Generator().manual_seed(seed)
    lead = () if networks is None else (networks,)
    X, y = torch.randn(n, d, generator=g, dtype=torch.float64), torch.randn(n, generator=g, dtype=torch.float64)
    W = size * torch.randn(*lead, m, d, generator=g, dtype=torch.float64)
    return X, y, W, size * torch.randn(*lead, m, generator=g, dtype=torch.float64)


def mean_squared_error(X, y, W, a, leak):
    z = X @ W.T
    return ((torch.where(z > 0, z, leak * z) @ a - y) ** 2).mean()


def loop(X, y, W, a, rate, eta_a, eta_w, leak, steps):
    """Plain gradient descent of one network in float64, each gradient from torch.autograd."""
    W, a = W.clone().requires_grad_(), a.clone().requires_grad_()
    for _ in range(steps):
        grad_W, grad_a = torch.autograd.grad(mean_squared_error(X, y, W, a, leak), (W, a))
        with torch.no_grad():
            W -= rate * eta_w * grad_W
            a -= rate * eta_a * grad_a
    return W.detach(), a.detach(), mean_squared_error(X, y, W, a, leak).detach()


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-10), (torch.float32, 1e-4)])
@pytest.mark.parametrize("leak", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("networks", [None, 1, 3, 20])
def test_twenty_steps_agree_with_a_loop_with_autograd(device, dtype, tolerance, leak, networks):
    X, y, W, a = problem(networks)
    rates = torch.linspace(0.01, 0.05, networks or 1, dtype=torch.float64)
    eta_a, eta_w = 0.4, 1.7
    rate = float(rates[0]) if networks is None else rates
    given = [tensor.to(device, dtype) for tensor in (X, y, W, a)]
    result = descent(*given, rate, [0, 20], eta_a=eta_a, eta_w=eta_w, leak=leak)
    assert result.W.dtype == dtype and result.W.device.type == device
    for b in range(networks or 1):
        W0, a0 = (W, a) if networks is None else (W[b], a[b])
        one = [part.cpu().double() for part in (result.W[1], result.a[1], result.loss[1])]
        if networks is not None:
            one = [part[b] for part in one]
        expected = loop(X, y, W0, a0, float(rates[b]), eta_a, eta_w, leak, 20)
        assert (expected[0] - W0).norm() > 0.02 * W0.norm()
        for ours, theirs in zip(one, expected, strict=True):
            assert (ours - theirs).norm() <= tolerance * theirs.norm()


@pytest.mark.parametrize("device", DEVICES)
def test_students_that_fill_many_stacks_each_train_as_alone(device):
    # 300 pre-activations a student and at most 200,000 in a stack on a CPU, so this makes three of nearly equal size
    X, y, W, a = (tensor.to(device) for tensor in problem(1501, n=30, m=10))
    rates = torch.linspace(0.01, 0.03, 1501)
    together = descent(X, y, W, a, rates, [7])
    for b in (0, 499, 500, 1000, 1001, 1500):
        alone = descent(X, y, W[b], a[b], float(rates[b]), [7])
        torch.testing.assert_close(together.W[0, b], alone.W[0], rtol=1e-12, atol=1e-13)
        torch.testing.assert_close(together.loss[0, b], alone.loss[0], rtol=1e-12, atol=0)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("leak", [0.0, 0.2])
@pytest.mark.parametrize(
    ("B", "n", "d"),
    [(1101, 20, 5), (7, 600, 5), (3, 2600, 40)],
    ids=["more than a stack has place for", "large", "so large that they go one by one"],
)
def test_students_with_data_of_their_own_each_train_as_alone(device, leak, B, n, d):
    g = torch.Generator().manual_seed(1)
    X, y = (torch.randn(B, *shape, generator=g, dtype=torch.float64).to(device) for shape in ((n, d), (n,)))
    W, a = (tensor.to(device) for tensor in problem(B, m=10, d=d)[2:])
    rates = torch.linspace(0.01, 0.03, B) * 5 / d
    together = descent(X, y, W, a, rates, [30], eta_a=0.4, leak=leak)
    for b in (0, B // 2, B - 1):
        alone = descent(X[b], y[b], W[b], a[b], float(rates[b]), [30], eta_a=0.4, leak=leak)
        assert (alone.W[0] - W[b]).norm() > 0.1
        torch.testing.assert_close(together.W[0, b], alone.W[0], rtol=1e-12, atol=1e-13)
        torch.testing.assert_close(together.a[0, b], alone.a[0], rtol=1e-12, atol=1e-13)
        torch.testing.assert_close(together.loss[0, b], alone.loss[0], rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("device", DEVICES)
def test_long_runs_with_stops_between_are_the_same_steps(device):
    X, y, W, a = (tensor.to(device) for tensor in problem(3))
    stops = [0, 1, 60, 61, 400]
    recorded = descent(X, y, W, a, 0.01, stops)
    for k, step in enumerate(stops):
        straight = Descent(X, y, W, a, 0.01)
        for _ in range(step):
            straight.advance(1)
        torch.testing.assert_close(recorded.W[k], straight.W, rtol=1e-11, atol=1e-12)
        torch.testing.assert_close(recorded.a[k], straight.a, rtol=1e-11, atol=1e-12)
        torch.testing.assert_close(recorded.loss[k], straight.loss(), rtol=1e-10, atol=0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_same_call_gives_bitwise_the_same_numbers_on_a_cpu(dtype):
    given = [tensor.numpy().astype(dtype) for tensor in problem(6, n=200, m=50)]
    first, second = (descent(*given, 0.01, [10, 300]) for _ in range(2))
    assert first.W.tobytes() == second.W.tobytes() and first.a.tobytes() == second.a.tobytes()
    assert first.loss.tobytes() == second.loss.tobytes()


def test_numpy_goes_out_as_numpy_and_the_start_is_recorded_as_it_was_given():
    X, y, W, a = (tensor.numpy() for tensor in problem(2))
    kept = W.copy()
    result = descent(X, y, W, a, np.array([0.1, 0.2]), np.array([0, 3, 5]))
    for array in (result.at, result.W, result.a, result.loss, result.gradients):
        assert isinstance(array, np.ndarray)
    assert result.W.shape == (3, 2, 12, 5) and result.a.shape == (3, 2, 12) and result.loss.shape == (3, 2)
    assert result.at.tolist() == [0, 3, 5] and result.gradients.tolist() == [5, 5]
    np.testing.assert_array_equal(result.W[0], kept)
    np.testing.assert_array_equal(W, kept)


def test_one_network_has_no_axis_of_networks():
    result = descent(*problem(), 0.1, [2, 4])
    assert result.W.shape == (2, 12, 5) and result.a.shape == (2, 12) and result.loss.shape == (2,)
    assert result.gradients == 4


def test_weights_read_between_steps_stay_as_they_were():
    run = Descent(*problem(), 0.1)
    W = run.W
    before = W.clone()
    run.advance(5)
    assert torch.equal(W, before) and not torch.equal(run.W, before)


def test_a_frozen_layer_does_not_move():
    X, y, W, a = problem()
    features, lazy = descent(X, y, W, a, 0.05, [50], eta_w=0.0), descent(X, y, W, a, 0.05, [50], eta_a=0.0)
    assert torch.equal(features.W[0], W) and not torch.equal(features.a[0], a)
    assert torch.equal(lazy.a[0], a) and not torch.equal(lazy.W[0], W)


def test_an_euler_step_changes_the_conserved_quantity_by_the_exact_second_order_term():
    X, y, W, a = problem()
    h, eta_a, eta_w = 0.05, 0.7, 2.5
    result = descent(X, y, W, a, h, [1], eta_a=eta_a, eta_w=eta_w)
    W_, a_ = W.clone().requires_grad_(), a.clone().requires_grad_()
    grad_W, grad_a = torch.autograd.grad(mean_squared_error(X, y, W_, a_, 0.0), (W_, a_))
    exact = h**2 * eta_a * eta_w * (eta_a * grad_a**2 - eta_w * (grad_W**2).sum(1))
    before, after = (geometry.conserved_quantity(q, p, eta_a, eta_w) for p, q in ((W, a), (result.W[0], result.a[0])))
    assert exact.abs().max() > 1e-4
    torch.testing.assert_close(after - before, exact, rtol=0, atol=2e-15)


@pytest.mark.parametrize("leak", [0.0, 1.0])
def test_drift_of_the_conserved_quantity_shrinks_linearly_with_the_learning_rate(leak):
    X, y, W, a = problem(size=0.3)
    before = geometry.conserved_quantity(a, W)
    rates, drifts = 0.02 / 2.0 ** np.arange(5), []
    for rate in rates:
        end = descent(X, y, W, a, float(rate), [round(2.0 / rate)], leak=leak)
        drifts.append(float((geometry.conserved_quantity(end.a[0], end.W[0]) - before).abs().max()))
    slope = np.polyfit(np.log(rates), np.log(drifts), 1)[0]
    assert slope == pytest.approx(1.0, abs=0.1), drifts


def test_a_run_that_explodes_goes_on_and_names_networks_that_are_no_longer_finite():
    X, y, W, a = problem(3)
    run = Descent(X, y, W, a, [0.01, 50.0, 0.02])
    assert run.finite().tolist() == [True, True, True]
    run.advance(200)
    assert run.finite().tolist() == [True, False, True]
    assert torch.isfinite(run.loss()).tolist() == [True, False, True]
    assert Descent(X, y, W[0], a[0], 0.01).finite() is True


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"X": np.zeros(3)}, r"X must have shape \(n, d\), or \(B, n, d\) .* with at least one input, got \(3,\)"),
        ({"y": np.zeros((4, 1))}, r"y must have one number for each of the 4 inputs, shape \(4,\), got \(4, 1\)"),
        ({"W": np.zeros((5, 3))}, r"W must have shape \(m, 2\), or \(B, m, 2\) for B networks, got \(5, 3\)"),
        ({"a": np.zeros((5, 1))}, r"a must have one number for each neuron, shape \(5,\) like W, got \(5, 1\)"),
        ({"learning_rate": 0.0}, "learning_rate must be above 0 and finite, got 0"),
        ({"learning_rate": float("nan")}, "learning_rate must be above 0 and finite, got nan"),
        ({"learning_rate": [0.1, 0.2]}, r"learning_rate must be a number, got shape \(2,\)"),
        ({"eta_a": -1.0}, r"eta_a must be 0 \(a frozen layer\) or above and finite, got -1"),
        ({"leak": 1.5}, r"leak must be between 0 \(ReLU\) and 1 \(linear\), got 1.5"),
        ({"at": [3, 3]}, r"at must hold at least one step, increasing from 0 or later, got \[3, 3\]"),
        ({"at": [-1]}, r"increasing from 0 or later, got \[-1\]"),
        ({"at": []}, r"increasing from 0 or later, got \[\]"),
        ({"at": [0.5]}, "at must hold whole numbers of steps, got 0.5"),
        ({"at": 10}, "at must be a list of whole numbers of steps, got 10"),
    ],
)
def test_invalid_arguments_are_refused_with_given_and_allowed_values(changes, sentence):
    good = {
        "X": np.ones((4, 2)),
        "y": np.ones(4),
        "W": np.ones((5, 2)),
        "a": np.ones(5),
        "learning_rate": 0.1,
        "at": [1],
    }
    with pytest.raises(ValueError, match=sentence):
        descent(**(good | changes))


def test_a_rate_for_each_network_must_be_one_for_each():
    with pytest.raises(ValueError, match=r"a number or 3 numbers, one for each network, got shape \(2,\)"):
        descent(*problem(3), [0.1, 0.2], [1])


def test_descent_goes_forward_only():
    with pytest.raises(ValueError, match="steps must be 0 or more, got -1"):
        Descent(*problem(), 0.1).advance(-1)


def test_descent_takes_whole_steps():
    with pytest.raises(ValueError, match=r"steps must be a whole number, got 2\.5: round it"):
        Descent(*problem(), 0.1).advance(2.5)


@pytest.mark.parametrize("rates", [0.02, [0.01, 0.02, 0.03, 0.04]], ids=["one rate", "a rate each"])
@pytest.mark.parametrize("leak", [0.0, 0.2])
@pytest.mark.parametrize("n", [30, 600], ids=["neurons along the rows", "inputs along the rows"])
def test_batches_with_data_of_their_own_take_the_steps_of_autograd(n, leak, rates):
    """Both layouts of the batched products, which a graphics card runs; small students on a CPU have another engine."""
    B, m, d = 4, 12, 5
    assert (m * n <= TRANSPOSED) == (n == 30)
    g = torch.Generator().manual_seed(3)
    X, y = (torch.randn(B, *shape, generator=g, dtype=torch.float64) for shape in ((n, d), (n,)))
    W0, a0 = problem(B, d=d, m=m)[2:]
    W, a = W0.reshape(B * m, d).clone(), a0.reshape(B * m).clone()
    rate = rates if isinstance(rates, float) else torch.tensor(rates, dtype=torch.float64)
    batch = BatchedNetworks(Buffers(X, y, B, m), slice(0, B), W, a, rate, 0.4, 1.5, leak)
    with torch.inference_mode():
        batch.run(8)
        losses = batch.loss()
    for b in range(B):
        own = rate if isinstance(rate, float) else float(rate[b])
        expected = loop(X[b], y[b], W0[b], a0[b], own, 0.4, 1.5, leak, 8)
        assert (expected[0] - W0[b]).norm() > 0.05
        for ours, theirs in zip((W.view(B, m, d)[b], a.view(B, m)[b], losses[b]), expected, strict=True):
            torch.testing.assert_close(ours, theirs, rtol=1e-11, atol=1e-13)
