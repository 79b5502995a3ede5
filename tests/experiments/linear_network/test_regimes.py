"""The regimes of linear networks, lazy or rich, and the claims of the presets about them."""

import numpy as np
import pytest

from lazyrich import LinearNetwork, theory, train
from lazyrich.experiments.linear_network.config import PRESETS
from lazyrich.experiments.linear_network.exact import exact_columns
from lazyrich.experiments.linear_network.start import initial, target


@pytest.fixture(scope="module")
def shown():
    """All presets, trained once: name -> (its run, those beside it)."""
    trained = {config: train(config) for preset in PRESETS for config in (preset.config, *preset.compared_configs)}
    return {p.name: tuple(trained[config] for config in (p.config, *p.compared_configs)) for p in PRESETS}


def reached(result, number, share):
    """The time at which a mode has grown to a share of the target's."""
    strength = result.frames[0].header.chart_data["target"][number - 1]
    curves = result.curves
    return curves["time"][curves[f"singular_{number}"] >= share * strength].iloc[0]


@pytest.mark.claims
def test_runs_of_presets_agree_with_their_sentences(shown):
    upstream, balanced, downstream, wide, deep, fast = (runs[0] for runs in shown.values())
    halves = {name: [reached(runs[0], k, 0.5) for k in (1, 2, 3)] for name, runs in shown.items()}
    assert max(halves["Upstream"]) < 1.1 * min(halves["Upstream"])
    assert upstream.curves["kernel_distance"].max() < 1e-4
    assert upstream.curves["speed_1"][0] > 0.99
    for name in ("Balanced", "Random start"):
        first, second, third = halves[name]
        assert first * 1.3 < second and second * 1.3 < third
    moved = balanced.curves["kernel_distance"]
    assert moved.max() > 0.25 and moved.iloc[-1] < 0.7 * moved.max()
    beside = shown["Downstream"][1].curves
    np.testing.assert_allclose(downstream.curves["loss"], beside["loss"], rtol=1e-2)
    np.testing.assert_allclose(downstream.curves["kernel_distance"], beside["kernel_distance"], rtol=1e-2, atol=1e-9)
    np.testing.assert_allclose(downstream.curves["layer_1"], beside["layer_2"], rtol=1e-2)
    assert wide.frames[0].header.chart_data["exact_by"].startswith("Exact: width-free flow")
    two = shown["Deep"][1]
    for number in (1, 2, 3):
        assert reached(deep, number, 0.1) > 2 * reached(two, number, 0.1)
        assert reached(fast, number, 0.5) < reached(deep, number, 0.5)
    shares = deep.curves[["speed_1", "speed_2", "speed_3"]]
    np.testing.assert_allclose(shares, 1 / 3, atol=1e-6)
    assert fast.curves["speed_1"][0] == pytest.approx(5 / 6, abs=0.01)
    assert fast.curves["layer_1"].iloc[-1] / fast.curves["layer_2"].iloc[-1] == pytest.approx(3, abs=0.1)


@pytest.mark.claims
def test_every_preset_runs_to_its_end_and_learns_its_target(shown):
    for name, runs in shown.items():
        for result in runs:
            assert result.status == "finished"
            assert result.frames[-1].verdict.endswith("all 3 modes learned"), name
            assert result.curves["singular_difference"].iloc[-1] < 0.003
    assert all(preset.observation.endswith(".") for preset in PRESETS)


def test_the_wide_flow_depends_on_the_size_of_delta_alone():
    times = np.geomspace(1e-3, 5, 20)
    sides = []
    for delta in (-2.0, 2.0):
        config = LinearNetwork(delta=delta)
        task = target(config)
        sides.append(exact_columns(config, task, initial(config, task), np.concatenate([[0.0], times]))[0])
    for name in ("loss", "kernel_distance", "singular_1", "singular_3"):
        np.testing.assert_allclose(sides[0][name], sides[1][name], rtol=1e-8, atol=1e-12)


@pytest.mark.usefixtures("few_frames")
@pytest.mark.parametrize(("outputs", "width", "delta"), [(1, 5, -3.0), (3, 5, -3.0), (3, 3, 3.0), (5, 5, 3.0)])
def test_a_network_is_lazy_on_a_side_where_it_is_as_wide_as_the_inputs_or_the_outputs(outputs, width, delta):
    config = LinearNetwork(outputs=outputs, width=width, dimension=5, delta=delta, steps=2000, learning_rate=5e-3)
    curves = train(config).curves
    assert curves["kernel_distance"].iloc[-1] < 0.01 and curves["loss"].iloc[-1] < 1e-6
    other = train(config.changed(delta=-delta, width=20)).curves
    np.testing.assert_allclose(curves["loss"], other["loss"], atol=2e-3 * other["loss"][0])


@pytest.mark.usefixtures("few_frames")
def test_a_narrow_network_is_rich_downstream():
    # with one neuron it is that of theory.md, section 1
    narrow = LinearNetwork(outputs=1, width=1, delta=-3.0, steps=6000, learning_rate=5e-3)
    start = initial(narrow, target(narrow))
    w, a = start.weights[0][0], float(start.weights[1][0, 0])
    beta = target(narrow).beta[:, 0]
    curves = train(narrow).curves
    S = theory.single_neuron_kernel_distance(np.array(curves["time"]), a, w, beta)
    np.testing.assert_allclose(curves["kernel_distance"], S, atol=2e-3)
    assert curves["kernel_distance"].iloc[-1] > 0.5
    assert train(narrow.changed(delta=3.0)).curves["kernel_distance"].iloc[-1] < 0.01
