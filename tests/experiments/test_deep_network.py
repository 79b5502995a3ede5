"""Deep networks: what a frame says against numpy, the effect of the balance over seeds, and where there is none."""

import numpy as np
import pandas as pd
import pytest
import torch
from pydantic import ValidationError

from lazyrich import stream, train
from lazyrich.cli import main
from lazyrich.config.schema import complaints
from lazyrich.experiments import registry
from lazyrich.experiments.common import multi_network
from lazyrich.experiments.deep_network.config import PRESETS, DeepNetwork
from lazyrich.experiments.deep_network.frames import LEVELS, begin
from lazyrich.experiments.deep_network.summary import verdict
from lazyrich.kernels import kernel_distance, ntk

SMALL = DeepNetwork(task="parity", alphas=(0.5, 4.0), width=24, samples=80, steps=60, seeds=2)
"""0.2 s."""

SUITED = DeepNetwork(task="parity", tau=1.0, samples=512, width=64, steps=250, seeds=3)
"""A smaller version of the parity preset, 4 s."""


def last(result):
    """The last row of each network: columns as (alphas, seeds), alphas in increasing order."""
    table = result.curves.groupby(["alpha", "seed"]).last()
    return {name: table[name].unstack().to_numpy() for name in table}


@pytest.fixture(scope="module")
def small():
    return train(SMALL)


def forward(layers, X):
    """(outputs (n,), pre-activations of each hidden layer)."""
    before = []
    for W in layers[:-1]:
        before.append(X @ W.T)
        X = np.maximum(before[-1], 0)
    return (X @ layers[-1].T)[:, 0], before


def layers_of(result, frame, alpha):
    held = result.weights(frame)
    return [held[f"W{number}"][alpha].astype(float) for number in range(1, result.config.depth + 1)]


@pytest.mark.parametrize("alpha", [0, 1])
@pytest.mark.parametrize("frame", [0, 20, -1])
def test_the_row_of_a_frame_is_what_its_weights_say(small, frame, alpha):
    task, index = small.task, range(len(small.frames))[frame]
    start, now = layers_of(small, 0, alpha), layers_of(small, frame, alpha)
    row = {name: values[alpha * SMALL.seeds] for name, values in small.frames[index].table.items()}
    f = {part: forward(now, X)[0] - forward(start, X)[0] for part, X in (("train", task.X), ("test", task.X_test))}
    assert row["train_loss"] == pytest.approx(np.mean((f["train"] - task.y) ** 2), rel=1e-4)
    right = np.mean(f["test"] * task.y_test > 0) if index else 0.5
    assert row["test_accuracy"] == pytest.approx(right, abs=0.0021)
    before, after = forward(start, task.probes)[1], forward(now, task.probes)[1]
    flips = [np.mean((one > 0) != (other > 0)) for one, other in zip(before, after, strict=True)]
    for layer, share in enumerate(flips, 1):
        assert row[f"activation_flips_{layer}"] == pytest.approx(share, abs=0.001)
    assert row["activation_flips"] == pytest.approx(np.mean(flips), abs=0.001)
    for layer, (W0, W) in enumerate(zip(start, now, strict=True), 1):
        moved = np.linalg.norm(W - W0) / np.linalg.norm(W0)
        assert row[f"movement_{layer}"] == pytest.approx(moved, rel=1e-4, abs=1e-7)


def test_kernel_distances_are_those_of_automatic_differentiation(small):
    kernels = []
    for frame in (0, -1):
        layers = layers_of(small, frame, 1)
        linear = [torch.nn.Linear(W.shape[1], W.shape[0], bias=False, dtype=torch.float64) for W in layers]
        for module, W in zip(linear, layers, strict=True):
            module.weight.data = torch.tensor(W)
        relus = [part for module in linear for part in (module, torch.nn.ReLU())][:-1]
        kernels.append(ntk(torch.nn.Sequential(*relus), torch.tensor(small.task.probes).double()))
    measured = small.frames[-1].table["kernel_distance"][SMALL.seeds]
    assert measured == pytest.approx(float(kernel_distance(*kernels)), rel=1e-3) and measured > 0.01


def test_the_table_has_a_row_for_every_network_and_frame_and_the_columns_promised(small):
    curves = small.curves
    layers = [f"activation_flips_{layer}" for layer in (1, 2, 3)] + [f"movement_{layer}" for layer in (1, 2, 3, 4)]
    numbers = ["train_loss", "test_accuracy", "kernel_distance", "activation_flips"]
    assert list(curves) == ["alpha", "seed", "step", "gradients", "time", "resting", *numbers, *layers]
    assert len(curves) == 4 * len(small.frames)
    assert set(zip(curves.alpha, curves.seed, strict=True)) == {(a, s) for a in (0.5, 4.0) for s in (0, 1)}
    assert np.isfinite(curves.drop(columns="resting").to_numpy(float)).all()


def test_all_alphas_of_a_seed_start_as_the_same_function_with_the_labels_as_residual(small):
    first = small.curves[small.curves.step == 0]
    np.testing.assert_allclose(first.train_loss, 1, rtol=1e-5)
    assert (first.test_accuracy == 0.5).all()
    moving = [name for name in first if name.startswith(("kernel", "activation", "movement"))]
    assert (first[moving] == 0).all(axis=None)
    starts = [forward(layers_of(small, 0, alpha), small.task.X)[0] for alpha in (0, 1)]
    np.testing.assert_allclose(starts[0], starts[1], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("tau", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("task", ["digits", "parity"])
def test_outputs_at_the_start_are_of_size_tau(task, tau):
    config = DeepNetwork(task=task, tau=tau, alphas=(1.0,), seeds=4, width=256)
    tasks, layers, _ = begin(config)
    f = [
        forward([W[k].double().numpy() for W in layers], one.X_test[:200].double().numpy())[0]
        for k, one in enumerate(tasks)
    ]
    assert 0.6 < np.mean(np.square(f)) ** 0.5 / tau < 1.6


def test_equal_configs_give_bitwise_equal_frames_and_a_network_trains_alone_as_among_others(small):
    alone = train(SMALL.changed(alphas=(4.0,), seed=1, seeds=1)).curves
    rows = small.curves[(small.curves.alpha == 4.0) & (small.curves.seed == 1)].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, rows.iloc[: len(alone)], rtol=1e-6)
    pd.testing.assert_frame_equal(train(SMALL).curves, small.curves, check_exact=True)


@pytest.mark.parametrize("rates", [(), (3.0, 0.5, 2.0, 1.5)])
def test_by_sizes_and_by_rates_networks_are_the_same_function_at_all_steps(rates):
    config = SMALL.changed(alphas=(0.3, 1.0, 5.0), dtype="float64", layer_rates=rates, steps=25)
    sizes, rated = (train(config.changed(profile_by=way)).curves for way in ("sizes", "rates"))
    pd.testing.assert_frame_equal(sizes, rated, rtol=1e-9, atol=1e-13)
    assert sizes.activation_flips.max() > 0.1


def test_test_accuracies_at_equal_loss_are_read_between_frames(small):
    shown = small.frames[-1].chart_data["matched"]
    assert small.frames[0].header.chart_data["matched_x"] == list(LEVELS)
    for row, alpha in enumerate((0.5, 4.0)):
        for column, level in enumerate(LEVELS):
            found = []
            for seed in (0, 1):
                curve = small.curves[(small.curves.alpha == alpha) & (small.curves.seed == seed)]
                below = np.flatnonzero(curve.train_loss <= level)
                if not len(below):
                    found.append(np.nan)
                    continue
                part = curve.iloc[below[0] - 1 : below[0] + 1]
                found.append(np.interp(-np.log(level), -np.log(part.train_loss), part.test_accuracy))
            wanted = [np.median(found), np.min(found), np.max(found)]
            np.testing.assert_allclose(shown[row, column], wanted, rtol=1e-5)
    assert np.isnan(shown[0]).any() and np.isfinite(shown[1]).any()


def test_what_is_drawn_are_medians_and_ranges_over_the_seeds(small):
    frame = small.frames[-1]
    header = small.frames[0].header.chart_data
    assert header["alphas"] == [0.5, 4.0] and header["seeds"] == 2
    shapes = {name: array.shape for name, array in frame.chart_data.items()}
    over_steps = dict.fromkeys(("train_loss", "test_accuracy", "kernel_distance", "activation_flips"), (2, 3))
    assert shapes == {**over_steps, "flips_by_layer": (2, 3, 3), "movement_by_layer": (2, 4, 3), "matched": (2, 5, 3)}
    assert all(array.dtype == np.float32 for array in frame.chart_data.values())
    flips = frame.table["activation_flips_2"].reshape(2, 2)
    np.testing.assert_allclose(frame.chart_data["flips_by_layer"][:, 1, 1], flips.min(1), rtol=1e-6)
    np.testing.assert_allclose(frame.chart_data["flips_by_layer"][:, 1, 0], flips.mean(1), rtol=1e-6)
    assert frame.metrics["flips_2"] == pytest.approx(np.median(frame.table["activation_flips"][2:]))


def test_a_run_ends_when_all_its_networks_rest():
    config = SMALL.changed(alphas=(8.0,), tau=0.1, width=64, samples=200, steps=1000)
    result = train(config)
    assert result.status == "finished" and 10 < len(result.frames) < config.expected_frames
    end = result.frames[-1]
    assert (end.table["train_loss"] <= 0.0101).all() and end.table["resting"].all()
    assert (end.table["gradients"] <= end.step).all() and end.verdict.endswith(
        "; all reached 1 % of the first loss (2 seeds)"
    )


@pytest.mark.claims
def test_upstream_more_activations_flip_in_every_seed():
    result = train(DeepNetwork(width=64, steps=120, seeds=3))
    flips = last(result)["activation_flips"]
    # .012, .11, .23, .29
    assert (flips[1:] > 1.15 * flips[:-1]).all() and (flips[-1] > 10 * flips[0]).all()
    assert result.frames[-1].verdict.startswith("In 3 of 3 seeds α = 10 flipped more activations than α = 0.1")


@pytest.mark.claims
def test_upstream_the_parity_is_learned_in_every_seed():
    end = last(train(SUITED))
    accuracy = end["test_accuracy"]
    # .61, .77, .99, .99
    assert (accuracy[1] > accuracy[0] + 0.06).all() and (accuracy[2] > accuracy[1] + 0.1).all()
    assert (accuracy[3] > 0.97).all() and (accuracy[0] < 0.7).all()


@pytest.mark.claims
def test_the_lower_the_fast_layer_lies_the_better_the_parity_is_learned():
    fast = [SUITED.changed(alphas=(1.0,), layer_rates=(1.0,) * layer + (100.0,)) for layer in range(4)]
    accuracy = np.array([last(train(config))["test_accuracy"][0] for config in fast])
    # .99, .85, .69, .62
    assert (accuracy[:-1] > accuracy[1:] + 0.02).all() and accuracy[0].min() > 0.95


@pytest.mark.claims
def test_the_digits_preset_shows_what_its_sentence_says():
    digits = train(PRESETS[0].config)
    end = last(digits)
    assert end["activation_flips"][-1, 0] == pytest.approx(0.25, abs=0.04)
    assert end["activation_flips"][0, 0] == pytest.approx(0.02, abs=0.01)
    assert end["activation_flips_1"][0, 0] < 0.002
    at_tenth = digits.frames[-1].chart_data["matched"][:, LEVELS.index(0.1), 0]
    assert np.ptp(at_tenth) < 0.03


@pytest.mark.claims
def test_the_parity_preset_shows_what_its_sentence_says():
    result = train(PRESETS[1].config)
    accuracy = last(result)["test_accuracy"][:, 0]
    assert accuracy[3] > 0.97 and 0.83 < accuracy[1] < 0.93 and accuracy[0] < 0.66
    at_tenth = result.frames[-1].chart_data["matched"][:, LEVELS.index(0.1), 0]
    assert (at_tenth[2:] > at_tenth[1] + 0.03).all()


@pytest.mark.claims
def test_the_large_preset_shows_what_its_sentence_says():
    result = train(PRESETS[3].config)
    assert result.curves.activation_flips.max() < 0.01
    assert result.frames[-1].verdict.startswith("Lazy at every α")
    assert last(result)["train_loss"].max() < 0.25 and last(result)["kernel_distance"].max() < 0.01


@pytest.mark.claims
def test_the_kernel_and_flips_preset_shows_what_its_sentence_says():
    end = last(train(PRESETS[4].config))
    kernel, flips = end["kernel_distance"][:, 0], end["activation_flips"][:, 0]
    assert kernel.argmax() == 1 and kernel[1] > 2 * kernel[3]
    assert flips[3] > 1.8 * flips[1]


def test_presets_that_compare_runs_differ_in_what_they_compare_alone():
    fast, twins = PRESETS[2], PRESETS[5]
    assert [run.rates.index(100.0) for run in (fast.config, *fast.beside)] == [0, 1, 2, 3]
    assert all(sum(run.rates) == 103 for run in (fast.config, *fast.beside))
    assert twins.config.differences(twins.beside[0]) == {"profile_by": "rates"}
    for preset in PRESETS:
        assert preset.look.endswith(".") and len(preset.look) < 230


@pytest.mark.parametrize(
    ("flips", "sentence"),
    [
        (
            [[0.02, 0.03], [0.2, 0.3]],
            "In 2 of 2 seeds α = 4 flipped more activations than α = 0.5 (25 % against 2.5 %)",
        ),
        ([[0.2, 0.1], [0.01, 0.3]], "In 1 of 2 seeds α = 4 flipped"),
        ([[0.2, 0.3], [0.1, 0.1]], "In 2 of 2 seeds α = 0.5 flipped more activations than α = 4 (25 % against 10 %)"),
        (
            [[0.2, 0.2], [0.2, 0.2]],
            "No clear difference in activations flipped between α = 4 (20 %) and α = 0.5 (20 %)",
        ),
        ([[0.001, 0.002], [0.003, 0.004]], "Lazy at every α: at most 0.4 % of activations flipped"),
        ([[0.2], [0.4]], "α = 4 flipped more activations than α = 0.5 (40 % against 20 %)"),
    ],
)
def test_the_words_count_seeds_and_name_the_losses_reached(flips, sentence):
    flips = np.array(flips)
    columns = {"activation_flips": flips, "test_accuracy": flips + 0.5, "train_loss": flips + 0.1}
    said = verdict(10, (0.5, 4.0), columns | {"resting": flips > 0.25})
    assert said.startswith(sentence) and "; test accuracy " in said
    assert f"at training loss {np.median(flips[1]) + 0.1:.2g} against {np.median(flips[0]) + 0.1:.2g}" in said
    assert f"{(flips > 0.25).sum()} of {flips.size} reached 1 % of the first loss" in said


def test_one_alpha_is_described_without_a_comparison():
    frames = list(stream(SMALL.changed(alphas=(2.0,), seeds=1, steps=20)))
    assert frames[0].verdict == "At the start, where every α computes the same function"
    assert frames[-1].verdict.startswith("α = 2: ") and "against" not in frames[-1].verdict


def test_the_estimates_of_memory_and_frames_are_near_what_a_run_takes():
    for config in (SMALL, DeepNetwork(steps=10), DeepNetwork(depth=6, width=256, steps=20, alphas=(1.0,), samples=32)):
        frames = list(stream(config))
        held = sum(frame.nbytes for frame in frames)
        assert held / 1.3 < config.work().bytes < held * 1.3
        assert len(frames) == config.expected_frames == len(config.schedule)


def test_a_log_stays_small_by_leaving_out_inner_layers():
    assert DeepNetwork().kept_layers == [1, 2, 3, 4]
    large = DeepNetwork(width=256, depth=6, steps=10)
    assert large.changed(steps=3000).kept_layers == [1, 6]
    assert large.changed(steps=3000).work().bytes < 100e6


def test_work_grows_with_networks_and_steps_and_falls_where_networks_rest_early():
    seconds = DeepNetwork().work().seconds
    assert DeepNetwork(seeds=4).work().seconds == pytest.approx(4 * seconds)
    assert DeepNetwork(steps=3000).work().seconds > 1.5 * seconds
    assert DeepNetwork(alphas=(10.0,)).work().seconds < DeepNetwork(alphas=(1.0,)).work().seconds / 3


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"alphas": (1.0, 100.0)}, "alphas must be 1 to 6 numbers between 0.05 and 20, separated by commas, got 100.0"),
        ({"alphas": ()}, "alphas must be 1 to 6 numbers between 0.05 and 20, separated by commas, got none."),
        ({"depth": 1}, "depth must be a whole number between 2 and 6, got 1."),
        ({"task": "cifar"}, "task must be one of digits, parity, got cifar."),
        ({"layer_rates": (0.0,)}, "layer_rates must be up to 6 numbers between 0.01 and 100"),
        ({"samples": 5000}, "samples must be a whole number between 32 and 1000, got 5000."),
        ({"seeds": 0}, "seeds must be a whole number between 1 and 16, got 0."),
    ],
)
def test_absurd_settings_get_a_sentence(settings, sentence):
    with pytest.raises(ValidationError) as caught:
        DeepNetwork(**settings)
    assert complaints(DeepNetwork, caught.value)[0].startswith(sentence)


@pytest.mark.parametrize(
    "settings",
    [
        {"alphas": (0.05, 20.0), "tau": 10.0, "depth": 6, "width": 8, "samples": 32, "dimension": 12},
        {"alphas": (0.05, 20.0), "tau": 0.01, "depth": 6, "width": 8, "samples": 32, "pace": 1.5},
        {
            "alphas": (19.0, 20.0),
            "layer_rates": (100.0, 0.01),
            "depth": 2,
            "tau": 0.01,
            "task": "digits",
            "samples": 1000,
        },
        {"alphas": (20.0,), "layer_rates": (100.0, 100.0, 0.01), "profile_by": "rates", "tau": 10.0, "depth": 3},
    ],
)
def test_the_corners_of_the_settings_run_and_stay_finite(settings):
    result = train(SMALL.changed(**{"steps": 60, "seeds": 1, "width": 32, **settings}))
    assert result.status == "finished"
    assert np.isfinite(result.curves.to_numpy(float)).all()
    end = result.curves.groupby(["alpha", "seed"]).last()
    assert (end.train_loss < 1.05).all()


def test_the_command_line_writes_the_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(registry, DeepNetwork.name, DeepNetwork)
    out = tmp_path / "run.csv"
    flags = ["--task", "parity", "--alphas", "0.5,2", "--width", "16", "--steps", "20", "--samples", "64"]
    assert main(["deep-network", *flags, "--out", str(out)]) == 0
    table = pd.read_csv(out)
    promised = {"alpha", "seed", "step", "train_loss", "test_accuracy", "kernel_distance", "activation_flips"}
    assert promised | {"activation_flips_1", "activation_flips_3"} <= set(table)
    assert table.step.max() == 20 and sorted(table.alpha.unique()) == [0.5, 2.0]
    assert "flipped" in capsys.readouterr().out


def test_spread_is_median_lowest_and_highest_and_nan_where_a_seed_is_none():
    values = np.array([[3.0, 1.0, 2.0], [1.0, np.nan, 2.0]])
    np.testing.assert_array_equal(multi_network.spread(values), [[2, 1, 3], [np.nan] * 3])
    assert multi_network.numbered("loss", values)["loss_1"] == 2.0
    assert multi_network.in_seeds(2, 3) == "in 2 of 3 seeds " and multi_network.in_seeds(1, 1) == ""
