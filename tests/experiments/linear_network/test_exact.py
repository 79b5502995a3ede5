"""The exact columns of linear networks against an integrator, and training against the exact columns."""

import json

import numpy as np
import pytest

from lazyrich import LinearNetwork, stream, train
from lazyrich.experiments.linear_network.exact import exact_columns
from lazyrich.experiments.linear_network.start import initial, target
from tests.experiments.linear_network.reference import EXACT, SMALL, apart, flow, kernel, product


@pytest.mark.parametrize("config", EXACT, ids=lambda config: config.key[:6])
def test_exact_columns_agree_with_the_flow_of_all_weights(config):
    until = 2.0
    task = target(config)
    start = initial(config, task)
    columns, _ = exact_columns(config, task, start, np.array([0.0, until / 3, until]))
    weights = flow(config, until)
    singular = np.linalg.svd(product(weights), compute_uv=False)
    assert columns["loss"][-1] == pytest.approx(((product(weights) - task.beta.T) ** 2).sum() / 2, rel=1e-6)
    for number, value in enumerate(singular, 1):
        assert columns[f"singular_{number}"][-1] == pytest.approx(value, rel=1e-6, abs=1e-8)
    for number, layer in enumerate(weights, 1):
        assert columns[f"layer_{number}"][-1] == pytest.approx(np.linalg.norm(layer, 2), rel=1e-6)
    moved = apart(kernel(start.weights, config.rates), kernel(weights, config.rates))
    assert moved > 1e-4
    assert columns["kernel_distance"][-1] == pytest.approx(moved, rel=1e-5)


@pytest.mark.usefixtures("few_frames")
@pytest.mark.parametrize("config", [EXACT[0], EXACT[6], EXACT[7], EXACT[9]], ids=lambda config: config.key[:6])
def test_training_comes_to_the_exact_columns_in_proportion_to_its_step(config):
    steps = np.array([1, 2, 4])
    ends = [train(config.changed(learning_rate=8e-3 / part, steps=100 * int(part))).curves.iloc[-1] for part in steps]
    for column in ("loss_difference", "singular_difference", "kernel_distance_difference"):
        slope = np.polyfit(np.log(steps), np.log([end[column] for end in ends]), 1)[0]
        assert slope == pytest.approx(-1, abs=0.1), column


@pytest.mark.usefixtures("few_frames")
def test_without_an_exact_flow_exact_columns_are_missing_with_the_reason():
    result = train(LinearNetwork(**SMALL, depth=3))
    assert not [name for name in result.curves if "exact" in name or "difference" in name]
    view = result.frames[0].header.chart_data
    assert view["exact"] == {} and view["exact_by"].startswith("No exact curve: none is known")


@pytest.mark.usefixtures("few_frames")
@pytest.mark.parametrize("config", EXACT[-3:], ids=["chain", "narrow chain", "modes"])
def test_a_flow_that_is_too_stiff_leaves_the_run_alone(config, monkeypatch):
    monkeypatch.setattr("lazyrich.experiments.linear_network.exact.MAX_STEPS", 10)
    result = train(config)
    assert result.status == "finished" and "loss_exact" not in result.curves
    view = result.frames[0].header.chart_data
    assert view["exact"] == {} and "too stiff" in view["exact_by"]


@pytest.mark.usefixtures("few_frames")
@pytest.mark.parametrize("config", EXACT, ids=lambda config: config.key[:6])
def test_the_opening_carries_the_whole_exact_curves_as_short_plain_numbers(config):
    config = config.changed(steps=50)
    frames = list(stream(config))
    view = json.loads(json.dumps(dict(frames[0].header.chart_data), allow_nan=False))
    exact = view["exact"]
    assert {len(values) for values in exact.values()} == {config.expected_frames}
    assert view["time_per_step"] == config.learning_rate and view["exact_by"].startswith("Exact: ")
    np.testing.assert_allclose(exact["time"], [frame.time for frame in frames], rtol=1e-5)
    for name in exact.keys() - {"time"}:
        assert all(value == float(f"{value:.6g}") for value in exact[name])
        wanted = [frame.metrics[f"{name}_exact"] for frame in frames]
        np.testing.assert_allclose(exact[name], wanted, rtol=1e-4)
        assert name in frames[0].metrics
    assert all(frame.header is None for frame in frames[1:])


def test_differences_are_the_largest_so_far():
    curves = train(EXACT[0]).curves
    wanted = (curves["loss"] - curves["loss_exact"]).abs().cummax()
    np.testing.assert_allclose(curves["loss_difference"], wanted, rtol=1e-12)
    both = [(curves[f"singular_{k}"] - curves[f"singular_{k}_exact"]).abs() for k in (1, 2)]
    np.testing.assert_allclose(curves["singular_difference"], np.maximum(*both).cummax(), rtol=1e-12)
