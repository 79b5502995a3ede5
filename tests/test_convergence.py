"""The decay exponent of a loss at the end of its record, on curves with known slopes."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich import StudentTeacher, train
from lazyrich.convergence import FLAT, decay_exponent, still_falling
from lazyrich.experiments.common.schedule import logarithmic

T = 5000.0
EVEN, LOGARITHMIC = np.linspace(0, T, 201), np.array(logarithmic(int(T)), dtype=float)
DECADES = np.array([5.0, 50.0, 500.0, 5000.0])
GRIDS = [EVEN, LOGARITHMIC, DECADES]


@pytest.mark.parametrize("t", GRIDS)
@pytest.mark.parametrize("p", [-0.5, 0.0, 0.3, 1.0, 2.0])
def test_a_power_law_has_its_own_exponent_however_it_is_recorded(t, p):
    L = 7e-3 * np.maximum(t, 1) ** -p
    assert decay_exponent(t, L) == pytest.approx(p, abs=1e-9)
    assert decay_exponent(1e-5 * t, 1e-9 * L, "float32") == pytest.approx(p, abs=1e-9)
    assert still_falling(decay_exponent(t, L)) == (p >= FLAT)


@pytest.mark.parametrize("t", [EVEN, LOGARITHMIC])
@pytest.mark.parametrize("c", [1e-7, 1e-4, 5e-3])
def test_an_exponential_decay_lies_between_its_slopes_at_half_the_time_and_at_the_end(t, c):
    assert c * T / 2 < decay_exponent(t, np.exp(-c * t)) < c * T


def test_an_early_fall_counts_as_flat_and_a_late_fall_is_detected():
    t = LOGARITHMIC
    assert decay_exponent(t, 1 / (1 + (t / 3) ** 4) + 0.2) == pytest.approx(0, abs=1e-3)
    late = np.exp(-((t / 4000) ** 3))
    assert decay_exponent(t, late) > 0.5 and decay_exponent(t[t < 500], late[t < 500]) < 0.01


@pytest.mark.parametrize(("dtype", "level"), [("float64", 1e-30), ("float32", 1e-13)])
def test_rounding_noise_and_a_loss_of_zero_count_as_flat(dtype, level):
    rng = np.random.default_rng(0)
    for t in GRIDS:
        noise = level * np.exp(rng.normal(size=len(t)))
        decayed = np.maximum(np.exp(-t), noise)
        assert decay_exponent(t, decayed, dtype) == 0
        assert decay_exponent(t, np.exp(-t) * (t < 1000), dtype) == 0
    assert decay_exponent([1.0, 2.0], [0.0, 0.0]) == 0
    # the same digits, above what a float64 resolves, are a fall
    assert decay_exponent(DECADES, 1e-13 / DECADES) == pytest.approx(1)


def test_single_spikes_and_ripples_count_little():
    t = LOGARITHMIC
    L = t.clip(1) ** -0.3
    L[[-40, -3]] *= 1e3
    assert decay_exponent(t, L) == pytest.approx(0.3, abs=0.03)
    assert decay_exponent(t, t.clip(1) ** -0.3 * (1 + 0.1 * np.sin(40 * t))) == pytest.approx(0.3, abs=0.1)


def test_few_records_give_an_exponent_or_nan():
    assert decay_exponent([0.0, 1.0, 9.0, 10.0], [1.0, 1.0, 9**-0.5, 10**-0.5]) == pytest.approx(0.5)
    assert decay_exponent([9.0, 10.0], [0.9, 0.9 * 0.9**0.5]) == pytest.approx(0.5)
    for t, L in (([], []), ([3.0], [1.0]), ([0.0], [1.0]), ([0.0, 3.0], [1.0, 0.1]), ([1.0, 2.0], [1.0, np.nan])):
        found = decay_exponent(t, L)
        assert np.isnan(found) and still_falling(found) is False
    assert decay_exponent([1.0, 5.0, 10.0], [4.0, np.inf, 2.0]) == pytest.approx(np.log10(2))
    assert decay_exponent([1.0, 5.0, 10.0], np.ma.array([4.0, 77.0, 2.0], mask=[0, 1, 0])) == pytest.approx(np.log10(2))


def test_many_losses_are_measured_each_for_itself():
    p = np.array([[0.0, 0.2, 1.0], [2.0, -1.0, 0.05]])
    L = DECADES ** -p[..., None]
    L[1, 1, -1] = np.nan
    expected = np.where([[True, True, True], [True, False, True]], p, np.nan)
    np.testing.assert_allclose(decay_exponent(DECADES, L), expected, atol=1e-12)
    np.testing.assert_allclose(decay_exponent(np.broadcast_to(DECADES, L.shape), L), expected, atol=1e-12)
    assert still_falling(expected).tolist() == [[False, True, True], [True, False, False]]


def test_a_fall_of_a_negligible_loss_counts_as_flat():
    L = 100.0 / DECADES
    assert decay_exponent(DECADES, L, floor=0.2) == 0
    assert decay_exponent(DECADES, L, floor=0.02) == pytest.approx(1)


def test_steps_and_flow_time_of_a_run_give_the_same():
    curves = train(StudentTeacher(tau=2.0, steps=200, seed=3)).curves
    L = curves["train_loss"].to_numpy()
    found = decay_exponent(curves["time"], curves["train_loss"])
    assert found == pytest.approx(decay_exponent(curves["step"], curves["train_loss"]), rel=1e-9)
    # stopped early: between the slopes of the first and the last of the hundred steps
    steepest, gentlest = (np.log(L[k] / L[k + 1]) / np.log((k + 1) / k) for k in (199, 100))
    assert gentlest < found < steepest and still_falling(found) is True


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (([1.0, 2.0], [1.0]), r"losses must have a number for each of the times, .* got \(1,\) and times \(2,\)"),
        ((1.0, 1.0), "losses must have a number for each of the times"),
        (([2.0, 1.0], [1.0, 1.0]), "times must be finite and increase from 0 or later"),
        (([-1.0, 1.0], [1.0, 1.0]), "times must be finite and increase from 0 or later"),
        (([1.0, np.nan], [1.0, 1.0]), "times must be finite"),
        (([1.0, 2.0], [1.0, 1j]), "losses must be real numbers, got"),
        (([1.0, 2.0], ["a", "b"]), "losses must be real numbers, got"),
        (([1.0, 2.0], [1.0, 1.0], "float64", -1.0), "floor must be 0 or above and finite, got -1"),
        (([1.0, 2.0], [1.0, 1.0], "float16"), 'dtype must be "float64" or "float32"'),
    ],
)
def test_invalid_records_are_refused_in_a_sentence(given, sentence):
    with pytest.raises(ValueError, match=sentence):
        decay_exponent(*given)
