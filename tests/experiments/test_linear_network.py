"""Linear networks: training against exact flows, exact flows against an integrator, kernels against autograd."""

import csv
import json

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from scipy.integrate import solve_ivp

from lazyrich import Diverged, LinearNetwork, stream, theory, train
from lazyrich.cli import main
from lazyrich.config.schema import complaints
from lazyrich.experiments import registry
from lazyrich.experiments.common import schedule, verdict
from lazyrich.experiments.linear_network.config import PRESETS
from lazyrich.experiments.linear_network.exact import exact_columns
from lazyrich.experiments.linear_network.frames import kernel_top, solution_top
from lazyrich.experiments.linear_network.start import initial, target


@pytest.fixture
def few_frames(monkeypatch):
    """Some thirty frames a run: measuring hundreds takes most of its time, where only the way through them counts."""
    monkeypatch.setattr(LinearNetwork, "schedule", property(lambda self: schedule.logarithmic(self.steps, 30)))


SMALL = {"width": 4, "dimension": 3, "outputs": 2, "tau": 0.5, "steps": 150, "learning_rate": 0.02}


def product(weights):
    total = weights[0]
    for layer in weights[1:]:
        total = layer @ total
    return total


def kernel(weights, rates):
    """The tangent kernel over the unit vectors, all outputs, by automatic differentiation (d c, d c)."""
    layers = tuple(torch.tensor(layer) for layer in weights)

    def outputs(*parts):
        return product(parts).T.reshape(-1)

    slopes = torch.func.jacrev(outputs, argnums=tuple(range(len(layers))))(*layers)
    flat = [slope.reshape(slope.shape[0], -1) for slope in slopes]
    return sum(rate * (slope @ slope.T) for rate, slope in zip(rates, flat, strict=True)).numpy()


def apart(K0, K1):
    return 1 - (K0 * K1).sum() / np.linalg.norm(K0) / np.linalg.norm(K1)


def flow(config, until):
    """The weights at time `until` of gradient flow, by DOP853 on gradients by automatic differentiation."""
    task = target(config)
    start = initial(config, task).weights
    ends = np.cumsum([layer.size for layer in start])

    def split(flat):
        return [part.reshape(layer.shape) for part, layer in zip(np.split(flat, ends[:-1]), start, strict=True)]

    def slope(_, flat):
        layers = [torch.tensor(part, requires_grad=True) for part in split(flat)]
        loss = ((product(layers) - torch.tensor(task.beta).T) ** 2).sum() / 2
        slopes = torch.autograd.grad(loss, layers)
        return np.concatenate([-rate * part.numpy().ravel() for rate, part in zip(config.rates, slopes, strict=True)])

    begin = np.concatenate([layer.ravel() for layer in start])
    solved = solve_ivp(slope, (0, until), begin, method="DOP853", rtol=1e-11, atol=1e-13)
    return split(solved.y[:, -1])


EXACT = [
    LinearNetwork(**SMALL),
    LinearNetwork(**SMALL, delta=1.5),
    LinearNetwork(**SMALL, delta=-1.5, start="aligned"),
    LinearNetwork(**SMALL, delta=-0.5, layer_rates=(2.0, 0.5), layer_scales=(1.5,)),
    LinearNetwork(**{**SMALL, "dimension": 2, "outputs": 4}, delta=0.7),
    LinearNetwork(**{**SMALL, "width": 1}, delta=0.7),
    LinearNetwork(**SMALL, start="random", delta=0.3, layer_rates=(1.0, 3.0)),
    LinearNetwork(**{**SMALL, "outputs": 1}, depth=3, layer_rates=(1.0, 2.0, 0.5), delta=0.2),
    LinearNetwork(**{**SMALL, "outputs": 1, "width": 1}, depth=4, start="random"),
    LinearNetwork(**SMALL, depth=3, start="aligned", delta=0.4, layer_rates=(0.5, 1.0, 2.0)),
]
"""One config for every kind of exact flow, and those at the edges of its start."""


@pytest.mark.parametrize("config", EXACT, ids=lambda config: config.key[:6])
def test_exact_columns_are_those_of_the_flow_of_all_weights(config):
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
@pytest.mark.parametrize("depth", [2, 4])
def test_the_conserved_matrices_drift_in_proportion_to_the_step(depth):
    config = LinearNetwork(**{**SMALL, "start": "random"}, depth=depth, layer_rates=(1.0, 2.0))
    steps = np.array([1, 2, 4])
    ends = [train(config.changed(learning_rate=8e-3 / part, steps=100 * int(part))).curves.iloc[-1] for part in steps]
    slope = np.polyfit(np.log(steps), np.log([end["conserved_drift"] for end in ends]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.05)


@pytest.mark.usefixtures("few_frames")
@pytest.mark.parametrize("depth", [2, 3, 5])
def test_kernel_distance_and_top_eigenvalue_are_those_of_the_tangent_kernel(depth):
    config = LinearNetwork(**SMALL, depth=depth, start="random", layer_rates=(1.0, 0.3))
    result = train(config)
    first, last = (list(result.weights(frame).values()) for frame in (0, -1))
    K0, K1 = kernel(first, config.rates), kernel(last, config.rates)
    moved = result.curves["kernel_distance"]
    assert moved[0] == 0 and moved.iloc[-1] == pytest.approx(apart(K0, K1), rel=1e-9)
    assert kernel_top(last, config.rates) == pytest.approx(np.linalg.eigvalsh(K1)[-1], rel=1e-10)


def test_the_numbers_of_a_frame_are_those_of_its_weights():
    config = LinearNetwork(**SMALL, depth=3, start="random", layer_rates=(1.0, 2.0, 0.5))
    result = train(config)
    weights, task, last = list(result.weights(-1).values()), result.task, result.frames[-1].metrics
    np.testing.assert_allclose(task.X.T @ task.X, np.eye(3), atol=1e-14)
    layers = [torch.tensor(layer, requires_grad=True) for layer in weights]
    loss = ((torch.tensor(task.X) @ product(layers).T - torch.tensor(task.Y)) ** 2).sum() / 2
    slopes = torch.autograd.grad(loss, layers)
    speeds = np.array([rate * float((part**2).sum()) for rate, part in zip(config.rates, slopes, strict=True)])
    assert last["loss"] == pytest.approx(loss.item(), rel=1e-12)
    for number in (1, 2, 3):
        assert last[f"speed_{number}"] == pytest.approx(speeds[number - 1] / speeds.sum(), rel=1e-9)
        assert last[f"layer_{number}"] == pytest.approx(np.linalg.svd(weights[number - 1])[1][0], rel=1e-12)


@pytest.mark.parametrize("delta", [-3.0, -0.1, 0.0, 0.1, 3.0])
@pytest.mark.parametrize("start", ["isotropic", "aligned"])
@pytest.mark.parametrize("shape", [(20, 5, 3), (20, 2, 4), (2, 5, 3), (4, 5, 3), (1, 3, 2)])
def test_the_conserved_matrix_of_an_isotropic_start_is_delta_on_all_that_is_used(delta, start, shape):
    width, dimension, outputs = shape
    config = LinearNetwork(delta=delta, start=start, width=width, dimension=dimension, outputs=outputs)
    W, A = initial(config, target(config)).weights
    Delta = A.T @ A - W @ W.T
    _, sizes, hidden = np.linalg.svd(np.concatenate([W, A.T], axis=1).T)
    used = hidden[: (sizes > 1e-9).sum()]
    np.testing.assert_allclose(Delta, delta * used.T @ used, atol=1e-12)
    np.testing.assert_allclose(np.linalg.svd(A @ W)[1][: min(shape)], 0.1**2, rtol=1e-9)


@pytest.mark.parametrize("depth", [2, 3, 6])
@pytest.mark.parametrize("start", ["isotropic", "aligned"])
def test_balanced_starts_have_no_conserved_quantity_and_the_scale_asked_for_at_any_depth(depth, start):
    config = LinearNetwork(depth=depth, start=start, tau=0.2)
    weights = initial(config, target(config)).weights
    for matrix in theory.conserved_matrices(weights):
        np.testing.assert_allclose(matrix, 0, atol=1e-15)
    np.testing.assert_allclose(np.linalg.svd(product(weights))[1], 0.2**2, rtol=1e-12)


def test_delta_is_the_difference_of_the_ends_at_any_depth_and_layer_scales_multiply():
    config = LinearNetwork(depth=4, delta=0.7, tau=0.3)
    sizes = initial(config, target(config)).sizes
    assert sizes[-1] ** 2 - sizes[0] ** 2 == pytest.approx(0.7)
    assert np.prod(sizes) == pytest.approx(0.3**2)
    scaled = initial(config.changed(layer_scales=(2.0, 1.0, 5.0)), target(config)).sizes
    np.testing.assert_allclose(scaled / sizes, [2, 1, 5, 1])


def test_a_random_start_has_the_size_asked_for_whatever_the_width():
    for width in (20, 200):
        config = LinearNetwork(start="random", width=width, depth=3, dimension=30, tau=0.4, delta=0.5, seed=3)
        start = initial(config, target(config))
        norms = np.array([np.sqrt((layer**2).sum() * width / layer.size) for layer in start.weights])
        np.testing.assert_allclose(norms, start.sizes, rtol=0.15)


def test_the_target_has_the_modes_asked_for_and_only_the_seed_turns_it():
    config = LinearNetwork(target=3.0, ratio=2.0, outputs=4, dimension=6)
    task = target(config)
    np.testing.assert_allclose(np.linalg.svd(task.beta)[1], [3, 1.5, 0.75, 0.375], rtol=1e-12)
    for other in ({"start": "random"}, {"depth": 4}, {"width": 7}, {"delta": 2.0}):
        np.testing.assert_array_equal(target(config.changed(**other)).beta, task.beta)
    assert np.abs(target(config.changed(seed=1)).beta - task.beta).max() > 0.1


def test_without_an_exact_flow_there_are_no_exact_columns_and_a_sentence_says_why():
    result = train(LinearNetwork(**SMALL, depth=3))
    assert not [name for name in result.curves if "exact" in name or "difference" in name]
    view = result.frames[0].header.chart_data
    assert view["exact"] == {} and view["exact_by"].startswith("No exact curve: none is known")


@pytest.mark.parametrize("config", EXACT[-3:], ids=["chain", "narrow chain", "modes"])
def test_a_flow_that_is_too_stiff_leaves_the_run_alone(config, monkeypatch):
    monkeypatch.setattr("lazyrich.experiments.linear_network.exact.MAX_STEPS", 10)
    result = train(config)
    assert result.status == "finished" and "loss_exact" not in result.curves
    view = result.frames[0].header.chart_data
    assert view["exact"] == {} and "too stiff" in view["exact_by"]


@pytest.mark.parametrize(("delta", "etas"), [(0.0, (1.0, 1.0)), (3.0, (1.0, 1.0)), (-2.0, (4.0, 0.5))])
def test_the_kernel_at_the_solution_of_two_layers_has_the_eigenvalue_known_in_closed_form(delta, etas):
    config = LinearNetwork(delta=delta, layer_rates=etas)
    sizes = initial(config, target(config)).sizes
    conserved = etas[0] * sizes[1] ** 2 - etas[1] * sizes[0] ** 2
    wanted = np.hypot(conserved, 2 * (etas[0] * etas[1]) ** 0.5 * config.target)
    assert solution_top(sizes, etas, config.target) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.usefixtures("few_frames")
def test_the_kernel_at_the_solution_of_deep_networks_is_that_of_the_trained_one():
    config = LinearNetwork(depth=4, start="aligned", delta=0.3, layer_rates=(2.0, 1.0, 0.5), steps=8000)
    last = list(train(config).weights(-1).values())
    sizes = initial(config, target(config)).sizes
    assert solution_top(sizes, config.rates, 1.0) == pytest.approx(kernel_top(last, config.rates), rel=1e-3)


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


@pytest.mark.parametrize("config", [EXACT[1], LinearNetwork(**SMALL, depth=3)], ids=["exact", "none"])
def test_equal_configs_give_bitwise_equal_frames_with_the_same_columns(config):
    for one, other in zip(stream(config), stream(config), strict=True):
        assert list(one.metrics) == list(other.metrics)
        np.testing.assert_array_equal(list(one.metrics.values()), list(other.metrics.values()))
        for name in one.arrays:
            np.testing.assert_array_equal(one.arrays[name], other.arrays[name])


def test_differences_are_the_largest_so_far():
    curves = train(EXACT[0]).curves
    wanted = (curves["loss"] - curves["loss_exact"]).abs().cummax()
    np.testing.assert_allclose(curves["loss_difference"], wanted, rtol=1e-12)
    both = [(curves[f"singular_{k}"] - curves[f"singular_{k}_exact"]).abs() for k in (1, 2)]
    np.testing.assert_allclose(curves["singular_difference"], np.maximum(*both).cummax(), rtol=1e-12)


def test_rates_by_layer_are_filled_in_and_any_depth_takes_them():
    config = LinearNetwork(depth=4, layer_rates=(1, 1, 4))
    assert config.rates == (1.0, 1.0, 4.0, 1.0)
    assert config.changed(depth=2).rates == (1.0, 1.0)
    with pytest.raises(ValidationError) as caught:
        LinearNetwork(layer_rates=(1.0, 0.0))
    assert complaints(LinearNetwork, caught.value) == [
        "layer_rates must be up to 6 numbers between 0.01 and 100, separated by commas, or default, got 0.0 as entry 2."
    ]


@pytest.mark.usefixtures("few_frames")
def test_the_same_rate_for_all_layers_only_sets_the_speed():
    slow = train(LinearNetwork(**SMALL)).curves
    fast = train(LinearNetwork(**{**SMALL, "learning_rate": 0.002}, layer_rates=(10.0, 10.0))).curves
    np.testing.assert_allclose(fast["loss"], slow["loss"], rtol=1e-9)
    np.testing.assert_allclose(fast["kernel_distance"], slow["kernel_distance"], atol=1e-12)


@pytest.mark.usefixtures("few_frames")
@pytest.mark.parametrize(
    "settings",
    [
        {"delta": 10.0, "learning_rate": 0.5, "steps": 300},
        {"learning_rate": 1.0, "target": 10.0, "steps": 300},
        {"depth": 5, "learning_rate": 0.5, "target": 5.0, "start": "aligned", "steps": 300},
        {"depth": 3, "start": "random", "tau": 3.0, "learning_rate": 0.1, "steps": 300},
    ],
)
def test_a_diverging_run_keeps_its_frames_and_names_a_rate_that_does_not_diverge(settings):
    config = LinearNetwork(**settings)
    frames = []
    with pytest.raises(Diverged) as caught:
        for frame in stream(config):
            frames.append(frame)
    assert frames and caught.value.step > frames[-1].step
    mended = config.changed(**caught.value.remedy)
    assert mended.learning_rate < config.learning_rate
    result = train(mended)
    assert result.status == "finished"
    assert result.curves["loss"].iloc[-1] < frames[0].metrics["loss"]


def test_the_verdict_counts_the_modes_that_are_learned():
    result = train(LinearNetwork(start="aligned", steps=1500, learning_rate=8e-3))
    said = [frame.verdict for frame in result.frames]
    assert said[0] == "At the start"
    for number, time_of in ((1, 3.6), (2, 6.3), (3, 11.0)):
        frame = next(frame for frame in result.frames if frame.time > time_of)
        # aligned modes follow s / (1 + (s / tau^2 - 1) e^(-2 s t)), which reaches 0.9 s at ln(9 (s / tau^2 - 1)) / 2s
        counted = {1: "1 of 3 modes learned", 2: "2 of 3 modes learned", 3: "all 3 modes learned"}[number]
        assert frame.verdict.endswith(counted)
    assert said[30].endswith("none of 3 modes learned yet")
    assert verdict.modes(0, 1) == "the target is not learned yet" and verdict.modes(1, 1) == "the target is learned"


@pytest.fixture(scope="module")
def shown():
    """All presets, trained once: name -> (its run, those beside it)."""
    trained = {config: train(config) for preset in PRESETS for config in (preset.config, *preset.beside)}
    return {p.name: tuple(trained[config] for config in (p.config, *p.beside)) for p in PRESETS}


def reached(result, number, share):
    """The time at which a mode has grown to a share of the target's."""
    strength = result.frames[0].header.chart_data["target"][number - 1]
    curves = result.curves
    return curves["time"][curves[f"singular_{number}"] >= share * strength].iloc[0]


@pytest.mark.claims
def test_presets_show_what_their_sentences_say(shown):
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
    assert all(preset.look.endswith(".") for preset in PRESETS)


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
def test_it_is_lazy_on_a_side_when_it_is_as_wide_as_the_inputs_there_or_as_the_outputs(outputs, width, delta):
    config = LinearNetwork(outputs=outputs, width=width, dimension=5, delta=delta, steps=2000, learning_rate=5e-3)
    curves = train(config).curves
    assert curves["kernel_distance"].iloc[-1] < 0.01 and curves["loss"].iloc[-1] < 1e-6
    other = train(config.changed(delta=-delta, width=20)).curves
    np.testing.assert_allclose(curves["loss"], other["loss"], atol=2e-3 * other["loss"][0])


@pytest.mark.usefixtures("few_frames")
def test_a_narrow_one_is_rich_downstream():
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


@pytest.mark.parametrize("settings", [{}, {"start": "random"}, {"depth": 3, "start": "aligned"}, {"depth": 5}])
def test_the_estimate_of_memory_is_near_what_the_frames_hold(settings):
    config = LinearNetwork(**settings, width=30, steps=60)
    sizes = [frame.nbytes for frame in stream(config)]
    assert sum(sizes) / 1.5 < config.work().bytes < sum(sizes) * 1.5
    assert len(sizes) == config.expected_frames


def test_the_command_line_runs_it_and_writes_what_python_computes(tmp_path, capsys):
    assert registry["linear-network"] is LinearNetwork
    words = ["linear-network", "--depth", "3", "--layer-rates", "1,1,4", "--width", "3", "--steps", "50"]
    words += ["--start", "aligned", "--delta", "-0.5"]
    assert main([*words, "--out", str(tmp_path / "run.csv")]) == 0
    config = LinearNetwork(depth=3, layer_rates=(1, 1, 4), width=3, steps=50, start="aligned", delta=-0.5)
    with open(tmp_path / "run.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    curves = train(config).curves
    for name in ("loss", "singular_1", "loss_exact", "layer_3", "conserved_drift"):
        assert [float(row[name]) for row in rows] == list(curves[name])
    assert "modes learned" in capsys.readouterr().out
