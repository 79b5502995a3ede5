"""The closed form of the single neuron against DOP853 on the weights, and its end against the definition."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp

from lazyrich.geometry import conserved_quantity
from lazyrich.theory import (
    Limit,
    OnSeparatrix,
    limit,
    separatrix_cosine,
    sign_flip_time,
    single_neuron,
)

CASES = 15
"""Starts of each kind; ten kinds."""

KINDS = {
    "random": lambda rng, a, w, unit: (a, w),
    "readout zero": lambda rng, a, w, unit: (0.0, w),
    "first layer zero": lambda rng, a, w, unit: (a, 0 * w),
    "aligned": lambda rng, a, w, unit: (a, np.linalg.norm(w) * unit),
    "anti-aligned": lambda rng, a, w, unit: (abs(a), -np.linalg.norm(w) * unit),
    "balanced": lambda rng, a, w, unit: (np.sign(a) * np.linalg.norm(w), w),
    "nearly balanced": lambda rng, a, w, unit: (np.sign(a) * np.linalg.norm(w) * (1 + 1e-7 * rng.normal()), w),
    "upstream": lambda rng, a, w, unit: (5 * a, 0.02 * w),
    "downstream": lambda rng, a, w, unit: (0.02 * a, 3 * w),
    "tiny": lambda rng, a, w, unit: (1e-4 * a, 1e-4 * w),
}


def drawn(kind: str, seed: int):
    """(a0, w0, beta, eta_a, eta_w): a start of the kind, in sizes that are balanced by rates where the kind says so."""
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    # on a line a balanced neuron that points away is on the separatrix, where integration tells nothing
    d = int(rng.integers(2 if "balanced" in kind else 1, 6))
    beta = rng.normal(size=d) * np.exp(rng.uniform(-1, 1)) / d**0.5
    eta_a, eta_w = np.exp(rng.uniform(-1.5, 1.5, 2))
    a, w = KINDS[kind](rng, rng.normal(), rng.normal(size=d) / d**0.5, beta / np.linalg.norm(beta))
    return a * eta_a**0.5, w * eta_w**0.5, beta, eta_a, eta_w


def slope(t, z, beta, eta_a, eta_w):
    a, w = z[0], z[1:]
    push = beta - a * w
    return np.concatenate([[eta_a * (w @ push)], eta_w * a * push])


def integrated(t, a0, w0, beta, eta_a, eta_w):
    """The weights (T, 1 + d) at the times t by DOP853, with steps that land on them."""
    z, values = np.concatenate([[a0], w0]), []
    for start, stop in zip([0.0, *t[:-1]], t, strict=True):
        run = solve_ivp(
            slope, (start, stop), z, "DOP853", rtol=1e-12, atol=1e-13 * abs(z).max(), args=(beta, eta_a, eta_w)
        )
        z = run.y[:, -1]
        values.append(z)
    return np.array(values)


def balance(a0, w0, beta, eta_a, eta_w):
    """(delta, Omega at the target)."""
    delta = float(conserved_quantity(np.array(a0), w0, eta_a, eta_w))
    return delta, np.hypot(delta, 2 * (eta_a * eta_w) ** 0.5 * np.linalg.norm(beta))


@pytest.mark.parametrize("kind", KINDS)
def test_the_closed_form_agrees_with_dop853_from_any_kind_of_start(kind):
    for seed in range(CASES):
        start = drawn(kind, seed)
        # from the first movement to long after the growth has ended
        t = np.array([0.3, 2.0, 12.0, 80.0]) * np.random.default_rng(seed).uniform(0.5, 1.5) / balance(*start)[1]
        expected = integrated(t, *start)
        got = np.column_stack(single_neuron(t, *start))
        error = np.linalg.norm(got - expected, axis=1) / np.linalg.norm(expected, axis=1)
        assert error.max() <= 1e-9, (seed, error)


@pytest.mark.parametrize("kind", KINDS)
def test_the_conserved_quantity_stays_and_the_loss_never_rises(kind):
    for seed in range(20):
        a0, w0, beta, eta_a, eta_w = drawn(kind, seed)
        delta, Omega = balance(a0, w0, beta, eta_a, eta_w)
        a, w = single_neuron(np.geomspace(1e-3, 1e3, 200) / Omega, a0, w0, beta, eta_a, eta_w)
        size = eta_w * a**2 + eta_a * (w**2).sum(1)
        assert (abs(conserved_quantity(a, w, eta_a, eta_w) - delta) <= 1e-12 * size).all()
        losses = ((a[:, None] * w - beta) ** 2).sum(1)
        assert (np.diff(losses) <= 1e-12 * (beta @ beta)).all()


@pytest.mark.parametrize("kind", KINDS)
def test_the_limit_is_where_the_curve_ends_and_a_minimum_of_the_loss(kind):
    for seed in range(40):
        a0, w0, beta, eta_a, eta_w = drawn(kind, seed)
        delta, Omega = balance(a0, w0, beta, eta_a, eta_w)
        end = limit(a0, w0, beta, eta_a, eta_w)
        a, w = single_neuron([1e6 * max(1.0, delta**2) / Omega], a0, w0, beta, eta_a, eta_w)
        size = np.hypot(end.a, np.linalg.norm(end.w))
        assert np.hypot(a[0] - end.a, np.linalg.norm(w[0] - end.w)) <= 1e-12 * size
        np.testing.assert_allclose(end.a * end.w, beta, rtol=1e-12, atol=1e-13)
        assert end.sign == np.sign(end.a) and not end.saddle


def flipping(count: int):
    """Downstream starts, half of which or so change the sign of a."""
    for seed in range(count):
        yield drawn("downstream", 1000 + seed)


def test_a_is_zero_at_the_time_of_the_sign_flip_only():
    flips = 0
    for start in flipping(60):
        a0, time = start[0], sign_flip_time(*start)
        t = np.geomspace(1e-4, 1e4, 400) / balance(*start)[1]
        signs = np.sign(single_neuron(t, *start)[0])
        if time is None:
            assert (signs == np.sign(a0)).all() and limit(*start).sign == np.sign(a0)
            continue
        flips += 1
        assert limit(*start).sign == -np.sign(a0)
        np.testing.assert_array_equal(signs, np.where(t < time, np.sign(a0), -np.sign(a0)))
        # integrated to that time, what is left of a is nothing beside how fast it passes
        end = integrated(np.array([time]), *start)[0]
        speed = abs(slope(0.0, end, *start[2:])[0])
        assert abs(end[0]) <= 1e-10 * speed * time
    assert flips >= 20


@pytest.mark.parametrize("kind", ["upstream", "first layer zero", "tiny", "aligned"])
def test_upstream_neurons_never_change_the_sign_of_their_readout(kind):
    starts = [start for start in (drawn(kind, seed) for seed in range(60)) if balance(*start)[0] > 0]
    assert len(starts) >= 10
    assert all(sign_flip_time(*start) is None for start in starts)


def on_the_edge(seed: int):
    """A downstream start on the separatrix, in the general position that separatrix_cosine gives."""
    rng = np.random.default_rng(seed)
    d = int(rng.integers(2, 5))
    eta_a, eta_w = np.exp(rng.uniform(-1, 1, 2))
    beta, across = rng.normal(size=(2, d))
    unit = beta / np.linalg.norm(beta)
    for _ in range(2):
        across -= (across @ unit) * unit
        across /= np.linalg.norm(across)
    a, length = rng.normal() * 0.3 / eta_w**0.5, 1.5 / eta_a**0.5
    cosine = separatrix_cosine(a, length, np.linalg.norm(beta), eta_a, eta_w)
    return a, length * (cosine * unit + (1 - cosine**2) ** 0.5 * across), beta, eta_a, eta_w


@pytest.mark.parametrize("seed", range(30))
def test_the_separatrix_ends_on_the_saddle_and_is_reported(seed):
    a0, w0, beta, eta_a, eta_w = on_the_edge(seed)
    delta, Omega = balance(a0, w0, beta, eta_a, eta_w)
    assert delta < 0
    end = limit(a0, w0, beta, eta_a, eta_w)
    assert end.saddle and end.a == 0 and end.sign == 0
    assert eta_a * end.w @ end.w == pytest.approx(-delta, rel=1e-12)
    assert abs(end.w @ beta) <= 1e-14 * np.linalg.norm(end.w) * np.linalg.norm(beta)
    with pytest.warns(OnSeparatrix, match="ends on the saddle"):
        a, w = single_neuron([0.0, 1e3 / Omega, 1e12], a0, w0, beta, eta_a, eta_w)
    np.testing.assert_allclose(np.append(a[0], w[0]), np.append(a0, w0), rtol=1e-12, atol=1e-14)
    for k in (1, 2):
        assert abs(a[k]) <= 1e-12
        np.testing.assert_allclose(w[k], end.w, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("seed", range(30))
def test_a_millionth_beside_the_separatrix_the_flow_ends_on_that_side(seed):
    a0, w0, beta, eta_a, eta_w = on_the_edge(seed)
    for side in (-1, 1):
        start = (a0, w0 + side * 1e-6 * beta, beta, eta_a, eta_w)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            a, _ = single_neuron([1e6], *start)
        assert np.sign(a[0]) == limit(*start).sign == side
        # DOP853 leaves on the same side
        assert np.sign(integrated(np.array([200.0 / balance(*start)[1]]), *start)[0, 0]) == side


@pytest.mark.parametrize("scale", [1e-8, 1.0, 1e3])
def test_a_balanced_neuron_pointing_away_and_one_without_weights_end_at_the_origin(scale):
    beta = np.array([3.0, -4.0])
    for a0, w0 in [(5 * scale, -beta * scale), (0.0, 0 * beta)]:
        assert limit(a0, w0, beta).saddle
        with pytest.warns(OnSeparatrix):
            a, w = single_neuron([0.0, 1.0, 1e12], a0, w0, beta)
        assert a[0] == pytest.approx(a0) and a[2] == 0 and not w[2].any()
        # on a line through the origin the flow is mu' = -2 mu (s + mu)
        s, mu0 = 5.0, 25 * scale**2 * (a0 > 0)
        mu1 = s / ((1 + s / mu0) * np.exp(2 * s) - 1) if mu0 else 0.0
        assert a[1] ** 2 == pytest.approx(mu1, rel=1e-12)


def test_a_start_without_readout_and_orthogonal_to_the_target_stays():
    w0 = np.array([0.0, 2.0])
    with pytest.warns(OnSeparatrix):
        a, w = single_neuron([0.0, 1.0, 1e12], 0.0, w0, [1.0, 0.0])
    np.testing.assert_allclose(a, 0.0, atol=0)
    np.testing.assert_allclose(w, [w0] * 3, rtol=1e-14)


@pytest.mark.parametrize("delta", [-1e6, -1.0, -1e-7, 0.0, 1e-7, 1.0, 1e6])
@pytest.mark.parametrize("scale", [1e-8, 1e-3, 1.0])
@pytest.mark.parametrize("cosine", [-0.9, 0.0, 0.5, 1.0])
def test_late_times_large_balances_and_tiny_scales_do_not_overflow(delta, scale, cosine):
    size = (np.hypot(delta, 2 * scale**2) + abs(delta)) / 2
    larger, smaller = size**0.5, scale**2 / size**0.5
    a0, length = (larger, smaller) if delta >= 0 else (smaller, larger)
    w0 = length * np.array([cosine, (1 - cosine**2) ** 0.5])
    t = np.concatenate([[0.0], np.geomspace(1e-12, 1e12, 200)])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a, w = single_neuron(t, a0, w0, [1.0, 0.0], eta_a=1.0, eta_w=1.0)
    assert np.isfinite(a).all() and np.isfinite(w).all()
    end = limit(a0, w0, [1.0, 0.0])
    np.testing.assert_allclose(np.append(a[-1], w[-1]), np.append(end.a, end.w), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(end.a * end.w, [1.0, 0.0], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("delta", [-1e3, 1e3])
def test_an_early_step_of_a_very_unbalanced_neuron_is_its_slope(delta):
    large = abs(delta) ** 0.5
    a0, w0 = (1e-6, np.array([large, 1e-6])) if delta < 0 else (large, np.array([1e-6, 1e-6]))
    beta = np.array([-0.3, 0.4])
    h = 1e-12
    a, w = single_neuron([h], a0, w0, beta)
    moved = slope(0, np.append(a0, w0), beta, 1.0, 1.0) * h
    np.testing.assert_allclose(np.append(a[0] - a0, w[0] - w0), moved, rtol=1e-5, atol=1e-13)


def test_a_target_of_zero_is_unlearned():
    a, w = single_neuron([0.0, 1e9], 1.0, [0.3, -2.0], [0.0, 0.0])
    assert a[0] == pytest.approx(1.0) and abs(a[1]) < 1e-9
    np.testing.assert_allclose(w[1], limit(1.0, [0.3, -2.0], [0.0, 0.0]).w, rtol=1e-12)
    assert not limit(1.0, [0.3, -2.0], [0.0, 0.0]).saddle
    upstream = limit(-2.0, [0.3, 1.0], [0.0, 0.0])
    assert upstream.a == pytest.approx(-((4 - 1.09) ** 0.5)) and upstream.sign == -1 and not upstream.w.any()


def test_one_time_gives_one_neuron_and_the_order_of_times_does_not_matter():
    start = (0.3, [1.0, -0.2], [0.5, 0.5])
    a, w = single_neuron([3.0, 0.5, 1.0], *start)
    for k, t in enumerate([3.0, 0.5, 1.0]):
        one_a, one_w = single_neuron(t, *start)
        assert np.shape(one_a) == () and one_w.shape == (2,)
        np.testing.assert_allclose(np.append(one_a, one_w), np.append(a[k], w[k]), rtol=1e-14)


def test_tensors_come_back_as_tensors():
    t, w0, beta = (torch.tensor(values, dtype=torch.float64) for values in ([0.1, 2.0], [1.0, -0.2], [0.5, 0.5]))
    a, w = single_neuron(t, torch.tensor(0.3, dtype=torch.float64), w0, beta, eta_w=2.0)
    expected = single_neuron(t.numpy(), 0.3, w0.numpy(), beta.numpy(), eta_w=2.0)
    assert isinstance(a, torch.Tensor) and isinstance(w, torch.Tensor)
    np.testing.assert_array_equal(a.numpy(), expected[0])
    np.testing.assert_array_equal(w.numpy(), expected[1])
    assert isinstance(limit(0.3, w0, beta), Limit) and isinstance(limit(0.3, w0, beta).w, torch.Tensor)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"t": [-1.0]}, "times must be at or above 0, got -1"),
        ({"eta_a": 0.0}, "eta_a must be above 0, got 0"),
        ({"eta_w": -2.0}, "eta_w must be above 0, got -2"),
        ({"w0": [1.0, 2.0, 3.0]}, r"vectors of one length, got shapes \(\), \(3,\) and \(2,\)"),
        ({"a0": [1.0, 2.0]}, "a0 must be one number"),
        ({"beta": [float("nan"), 1.0]}, "must be finite"),
    ],
)
def test_invalid_arguments_are_refused_with_their_values(change, message):
    given = {"t": [1.0], "a0": 1.0, "w0": [1.0, 0.0], "beta": [0.0, 1.0]} | change
    with pytest.raises(ValueError, match=message):
        single_neuron(**given)


def test_no_angle_is_on_the_edge_upstream_and_only_the_opposite_one_when_balanced():
    assert np.isnan(separatrix_cosine([0.5, -2.0], [0.3, 1.0], 1.0)).all()
    assert separatrix_cosine(0.7, 0.7, 3.0) == pytest.approx(-1.0, abs=1e-14)
    assert separatrix_cosine(-0.7, 0.7, 3.0) == pytest.approx(1.0, abs=1e-14)
    assert separatrix_cosine(0.0, 2.0, 1.0) == 0.0
    with pytest.raises(ValueError, match="w_norm must be above 0, got 0"):
        separatrix_cosine(1.0, 0.0, 1.0)


def test_theory_does_not_load_torch():
    script = (
        "import sys, lazyrich.theory as th; th.single_neuron([1.], 1., [1.], [1.]); assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
