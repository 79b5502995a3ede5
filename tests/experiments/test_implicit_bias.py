"""Implicit bias: training ends at the minimum of the potential, and the presets show what their sentences claim."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.optimize import minimize

from lazyrich import ImplicitBias, theory, train
from lazyrich.config.schema import complaints
from lazyrich.experiments.implicit_bias import config as experiment
from lazyrich.experiments.implicit_bias import frames
from lazyrich.experiments.implicit_bias.config import PRESETS
from lazyrich.theory import neuron_of, potential

BY_NAME = {preset.name: preset.config for preset in PRESETS}


def least_potential(problem, delta, sign):
    """argmin of Psi_delta(|beta|) - sign w0 . beta over X beta = y, by a general minimiser over the null space."""
    _, w0 = neuron_of(problem.beta0, delta)
    _, _, V = np.linalg.svd(problem.X)
    null = V[len(problem.X) :].T

    def value(c):
        beta = problem.shortest + null @ c
        return float(potential(np.linalg.norm(beta), delta) - sign * w0 @ beta)

    best = minimize(value, np.full(null.shape[1], 0.1), method="BFGS", options={"gtol": 1e-10})
    return problem.shortest + null @ best.x


@pytest.mark.parametrize("config", [BY_NAME["From a visible start"], BY_NAME["Ten dimensions"]], ids=["d=2", "d=10"])
def test_training_ends_at_the_least_potential(config):
    result = train(config.changed(points=5, reach=2.0))
    problem = config.problem()
    for frame in result.frames:
        expected = least_potential(problem, frame.metrics["delta"], 1)
        np.testing.assert_allclose(frame.arrays["beta_exact"], expected, atol=1e-5)
        np.testing.assert_allclose(frame.arrays["beta"], expected, atol=3e-3)


def test_the_difference_shrinks_with_the_step():
    config = ImplicitBias(points=3, reach=2.0)
    large, small = (train(config.changed(rate=rate)).curves["difference"] for rate in (0.04, 0.01))
    np.testing.assert_allclose(large / small, 4, rtol=0.1)


def test_all_solutions_found_fit_the_data():
    result = train(BY_NAME["Ten dimensions"].changed(points=5))
    problem = result.config.problem()
    for frame in result.frames:
        np.testing.assert_allclose(problem.X @ frame.arrays["beta"], problem.y, atol=1e-4)


@pytest.mark.claims
def test_far_upstream_nearest_to_the_start_and_far_downstream_in_its_direction():
    curves = train(BY_NAME["From a visible start"]).curves
    problem = BY_NAME["From a visible start"].problem()
    nearest = np.linalg.norm(problem.shortest * (1 - problem.beta0 @ problem.shortest))
    assert curves["moved"].iloc[-1] == pytest.approx(nearest, rel=0.01)
    assert curves["moved"].min() >= nearest - 1e-3
    assert curves["cosine"].iloc[0] > 0.99
    assert curves["cosine"].is_monotonic_decreasing


@pytest.mark.claims
def test_from_nearly_zero_upstream_and_balanced_starts_end_at_the_shortest_solution():
    curves = train(BY_NAME["From nearly zero"]).curves
    assert (curves.loc[curves["delta"] >= 0, "length"] < 1.01).all()
    assert curves["length"].iloc[0] > 2


@pytest.mark.claims
def test_from_the_smallest_start_the_balance_still_matters_downstream_and_there_alone():
    curves = train(ImplicitBias(start_length=0.001, points=9)).curves
    length = curves["length"].to_numpy()
    np.testing.assert_allclose(length[4:], 1, atol=1e-3)
    assert (length[:3] > 1.2).all() and length[0] > 2


def test_at_no_angle_all_balances_agree():
    curves = train(ImplicitBias(start_angle=0.0, points=7)).curves
    np.testing.assert_allclose(curves["length"], 1, atol=1e-3)
    np.testing.assert_allclose(curves["cosine"], 1, atol=1e-6)


@pytest.mark.claims
def test_pointing_away_a_changes_its_sign_downstream_only():
    result = train(BY_NAME["Pointing away"])
    flipped = ["other sign" in frame.verdict for frame in result.frames]
    assert flipped[0] and not any(flipped[len(flipped) // 2 :])


def test_balances_are_symmetric_about_zero_and_denser_there():
    deltas = ImplicitBias(points=9, reach=5.0).deltas
    np.testing.assert_allclose(deltas, -deltas[::-1], atol=1e-15)
    assert deltas[-1] == pytest.approx(5.0) and deltas[4] == 0
    assert np.all(np.diff(np.diff(deltas[4:])) > 0)


def test_as_many_samples_as_dimensions_are_refused_with_a_sentence():
    with pytest.raises(ValidationError) as error:
        ImplicitBias(dimension=3, samples=3)
    assert complaints(ImplicitBias, error.value) == [
        "samples must be fewer than the 3 dimensions, got 3: otherwise there is one solution and nothing to choose."
    ]


def test_an_unfinished_training_is_reported_and_counted(monkeypatch):
    for module in (experiment, frames):
        monkeypatch.setattr(module, "MAX_STEPS", 500)
    result = train(ImplicitBias(points=3, start_length=0.001))
    late = [frame.verdict.endswith(": not at its end after 500 steps") for frame in result.frames]
    assert late == (result.curves["gradient_steps"] >= 500).tolist() and any(late)
    assert result.ending.state == "unknown"
    assert result.ending.words == f"{sum(late)} of 3 trainings were not at their end after 500 steps"


def test_on_the_edge_of_two_basins_theory_and_verdict_name_no_solution():
    a, seen = 0.5, 1.2
    cosine = theory.separatrix_cosine(a, seen, 1.0)
    w = np.array([seen * cosine, seen * (1 - cosine**2) ** 0.5, 0.7])
    problem = experiment.Problem(np.eye(2, 3), np.array([1.0, 0.0]), a * w, np.eye(3)[0])
    expected = frames._predicted(problem, float(a**2 - w @ w))
    assert np.isnan(expected).all() and expected.shape == (3,)
    text = frames._verdict(-1.69, float("nan"), frames.Trained(a * w, 0.0, 10, False))
    assert text == "δ = −1.69: on the edge of two basins, where theory names no side"
