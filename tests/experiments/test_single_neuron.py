"""The single neuron: its exact columns, convergence of training to them as the step shrinks, and its presets."""

from itertools import islice

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from lazyrich import Diverged, SingleNeuron, stream, train
from lazyrich.experiments.common import schedule
from lazyrich.experiments.single_neuron.config import PRESETS, inputs, twin_by_rates
from lazyrich.experiments.single_neuron.frames import exact_columns
from lazyrich.theory import separatrix_cosine


@pytest.fixture
def few_frames(monkeypatch):
    """Record about thirty frames a run: with hundreds, measuring takes most of its time."""
    monkeypatch.setattr(SingleNeuron, "schedule", property(lambda self: schedule.logarithmic(self.steps, 30)))


BY_NAME = {preset.name: preset.config for preset in PRESETS}
COMPARED = ("mu", "phi", "kernel_distance")


def integrated(config, times):
    """(a (T,), w (T, d)) by DOP853 from the definition of the loss alone."""
    start = config.start()
    X, y = start.X, start.X @ start.beta

    def slope(_, z):
        a, w = z[0], z[1:]
        pull = X.T @ (y - a * X @ w)
        return np.concatenate([[config.eta_a * w @ pull], config.eta_w * a * pull])

    z0 = np.concatenate([[start.a], start.w])
    solved = solve_ivp(slope, (0, times[-1]), z0, "DOP853", t_eval=times, rtol=1e-12, atol=1e-14)
    return solved.y[0], solved.y[1:].T


@pytest.mark.parametrize(
    "config",
    [
        SingleNeuron(delta=1.3, angle=130, eta_a=0.5, eta_w=3.0, dimension=3),
        SingleNeuron(delta=-2.0, angle=70, sign="negative", target=2.0),
        SingleNeuron(delta=-1.0, angle=40, data="correlated", condition=30.0, dimension=4, eta_w=2.0),
    ],
    ids=["upstream", "downstream", "correlated"],
)
def test_the_exact_columns_are_the_flow_of_the_loss(config):
    times = np.linspace(0, 5, 23)
    a, w = integrated(config, times)
    columns, _ = exact_columns(config, config.start(), times)
    np.testing.assert_allclose(columns["a"], a, atol=1e-8)
    np.testing.assert_allclose(columns["w_along"], w[:, 0], atol=1e-8)
    np.testing.assert_allclose(columns["w_across"], w[:, 1], atol=1e-8)
    np.testing.assert_allclose(columns["mu"], a * np.linalg.norm(w, axis=1), atol=1e-8)
    X = config.start().X
    rates = config.eta_w, config.eta_a
    kernels = [
        X @ (rates[0] * b * b * np.eye(X.shape[1]) + rates[1] * np.outer(v, v)) @ X.T for b, v in zip(a, w, strict=True)
    ]
    S = [1 - np.sum(kernels[0] * K) / np.linalg.norm(kernels[0]) / np.linalg.norm(K) for K in kernels]
    np.testing.assert_allclose(columns["kernel_distance"], S, atol=1e-8)


@pytest.mark.parametrize("data", ["whitened", "correlated"])
def test_training_comes_to_the_exact_curve_in_proportion_to_the_step(data):
    def largest(rate):
        config = SingleNeuron(delta=-0.7, angle=60, data=data, learning_rate=rate, steps=round(4 / rate))
        last = train(config).curves.iloc[-1]
        return np.array([last[f"{name}_difference"] for name in COMPARED])

    ratios = largest(2e-3) / largest(1e-3)
    np.testing.assert_allclose(ratios, 2, rtol=0.03)


def test_the_differences_are_the_largest_so_far():
    curves = train(SingleNeuron(delta=0.5, steps=200, learning_rate=0.01)).curves
    for name in COMPARED:
        apart = (curves[name] - curves[f"{name}_exact"]).abs()
        np.testing.assert_allclose(curves[f"{name}_difference"], apart.cummax(), rtol=1e-12)
        assert curves[f"{name}_difference"].iloc[-1] > 0


def test_the_opening_brings_the_exact_curves_of_the_very_frames():
    frames = list(stream(SingleNeuron(steps=200, learning_rate=0.01)))
    exact = frames[0].header.chart_data["exact"]
    np.testing.assert_allclose(exact["time"], [frame.time for frame in frames], rtol=1e-4)
    for name in ("mu", "phi", "kernel_distance", "a", "beta_along", "eigen_across"):
        shown = [frame.metrics[f"{name}_exact"] for frame in frames]
        np.testing.assert_allclose(exact[name], shown, rtol=1e-4, atol=1e-12)


def test_whitened_inputs_are_white_and_correlated_ones_have_the_condition_asked_for():
    np.testing.assert_array_equal(inputs(4, 1.0), np.eye(4))
    X = inputs(4, 50.0)
    values, vectors = np.linalg.eigh(X.T @ X)
    assert values[-1] / values[0] == pytest.approx(50.0)
    np.testing.assert_allclose(np.abs(vectors[0]), 0.5, rtol=1e-12)  # the target leans equally to all


def test_the_start_has_the_angle_scale_and_balance_asked_for():
    config = SingleNeuron(delta=-0.6, tau=0.4, angle=120, sign="negative", dimension=3)
    a, w, beta, _ = config.start()
    assert a < 0
    assert abs(a) * np.linalg.norm(w) == pytest.approx(0.16)
    assert a * a - w @ w == pytest.approx(-0.6)
    assert w @ beta / np.linalg.norm(w) / np.linalg.norm(beta) == pytest.approx(-0.5, abs=1e-15)


def test_a_right_angle_is_exact():
    assert SingleNeuron(angle=90.0).start().w[0] == 0
    assert SingleNeuron(angle=180.0).start().w[1] == 0


@pytest.mark.usefixtures("few_frames")
def test_sizes_and_rates_give_the_same_function():
    sizes, rates = (train(config).curves for config in twin_by_rates(0.3, 10.0, 110.0))
    for name in ("mu", "phi", "kernel_distance", "beta_along", "beta_across", "loss"):
        np.testing.assert_allclose(rates[name], sizes[name], atol=1e-10)
    assert abs(rates["a"] - sizes["a"]).max() > 0.1


def test_a_rate_beyond_stability_is_reported_with_one_that_works():
    with pytest.raises(Diverged) as error:
        list(stream(SingleNeuron(delta=5.0, learning_rate=1.0, steps=2000)))
    offered = error.value.remedy["learning_rate"]
    assert "Diverged at t = " in str(error.value) and 0 < offered < 1
    *_, last = stream(SingleNeuron(delta=5.0, learning_rate=offered, steps=2000))
    assert last.metrics["loss"] < 1e-6


def test_a_flow_too_stiff_to_integrate_leaves_the_training_alone(monkeypatch):
    monkeypatch.setattr("lazyrich.experiments.single_neuron.frames.MAX_STEPS", 200)
    config = SingleNeuron(
        delta=-10.0, data="correlated", condition=100.0, target=0.1, eta_a=100.0, eta_w=0.01, tau=0.01
    )
    columns, sentence = exact_columns(config, config.start(), np.geomspace(1e-3, 1e6, 50))
    assert columns == {} and sentence.startswith("No exact curve")
    frames = list(islice(stream(config.changed(learning_rate=1e-4, steps=1_000_000)), 3))
    assert frames[0].header.chart_data["exact"] == {} and frames[-1].metrics["loss"] > 0


def test_the_verdict_on_a_start_on_the_separatrix_is_that_it_ends_on_the_saddle():
    config = SingleNeuron(delta=0.0, angle=180.0)
    columns, sentence = exact_columns(config, config.start(), np.array([0.0, 1.0, 1e3]))
    assert "ends on the saddle" in sentence
    assert columns["mu"][-1] == pytest.approx(0, abs=1e-6)


@pytest.fixture(scope="module")
def runs():
    return {name: train(config).curves for name, config in BY_NAME.items()}


@pytest.mark.claims
def test_all_runs_reach_the_target(runs):
    for name, curves in runs.items():
        assert curves["loss"].iloc[-1] < 1e-3 * 0.5, name


@pytest.mark.claims
def test_upstream_hardly_moves_the_kernel_and_runs_straight(runs):
    curves = runs["Upstream"]
    assert curves["kernel_distance"].max() < 0.01
    path = curves[["beta_along", "beta_across"]].to_numpy()
    way = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
    assert way < 1.01 * np.linalg.norm(path[-1] - path[0])


@pytest.mark.claims
def test_balanced_ends_at_the_same_kernel_at_any_scale(runs):
    expected = np.sin(np.radians(110)) ** 2 / 5
    assert runs["Balanced"]["kernel_distance"].iloc[-1] == pytest.approx(expected, rel=1e-3)
    large = train(BY_NAME["Balanced"].changed(tau=2.0)).curves
    assert large["kernel_distance"].iloc[-1] == pytest.approx(expected, rel=1e-3)


@pytest.mark.claims
def test_downstream_fits_the_length_before_the_direction(runs):
    for name in ("Downstream", "Large |δ|"):
        curves = runs[name]
        phi0 = curves["phi"].iloc[0]
        # the best length along the initial direction is the target's share along it
        first = curves[(curves["mu"] > 0.9 * phi0)].iloc[0]
        assert first["kernel_distance"] < 0.02, name
        assert curves["kernel_distance"].iloc[-1] > 0.6, name


@pytest.mark.claims
def test_sign_flip_ends_with_a_negative_readout(runs):
    a = runs["Sign flip"]["a"]
    assert a.iloc[0] > 0 > a.iloc[-1]


@pytest.mark.claims
def test_the_saddles_edge_stays_near_zero_output_and_leaves(runs):
    curves = runs["Saddle's edge"]
    assert curves["mu"].min() < 0.02
    assert curves["mu"].iloc[-1] == pytest.approx(1, abs=1e-3)
    start = BY_NAME["Saddle's edge"].start()
    edge = np.degrees(np.arccos(separatrix_cosine(start.a, np.linalg.norm(start.w), 1.0)))
    assert 0 < edge - 93.0 < 0.25


@pytest.mark.claims
def test_large_imbalance_has_two_time_scales(runs):
    curves = runs["Large |δ|"]
    length = curves.loc[curves["mu"] > 0.9 * 0.5, "time"].iloc[0]
    turned = curves.loc[curves["phi"] > 0.95, "time"].iloc[0]
    assert turned > 50 * length
