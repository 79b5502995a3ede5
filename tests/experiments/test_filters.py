"""Filters: upstream they take shape, downstream they stay noise, without a task they turn for nothing, and accuracy
does not tell; every number is checked against its definition."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from torch.nn.functional import conv2d, cross_entropy

from lazyrich.cli import main
from lazyrich.config.schema import complaints
from lazyrich.experiments import registry
from lazyrich.experiments.filters.config import CIFAR_VARIABLE, FRAMES, PRESETS, RATES, WATCHED, Filters
from lazyrich.experiments.filters.frames import ResultTable, Training, draw, initial
from lazyrich.experiments.filters.summary import verdict
from lazyrich.frame import CannotRun, Diverged
from lazyrich.metrics.filters import filter_cosine, gabor_r2, low_frequency
from lazyrich.results.result import Result
from lazyrich.results.train import stream, train
from lazyrich.tasks import photographs
from lazyrich.training.convolutions import outputs

BY_NAME = {preset.name: preset.config for preset in PRESETS}
MEASURED = ["train_loss", "test_accuracy", "filter_cosine", "low_frequency", "gabor_r2", "activation_flips"]
COLUMNS = ["alpha", "seed", "step", *MEASURED]
QUICK = Filters(
    alphas=(0.5, 4.0), seeds=2, steps=5, batch=16, samples=200, test_samples=100, dtype="float64", device="cpu"
)
# small batches turn filters as well, in half the time
CHEAP = {"batch": 32, "samples": 2000, "test_samples": 100, "seeds": 3}


def results_of(config):
    """A run before its first step."""
    found = ResultTable(config, [Training(config, config.seed + k, torch.device("cpu")) for k in range(config.seeds)])
    found.look(0)
    return found


def after(config, *steps):
    """What is measured after these steps, without the frames between: columns (alphas, seeds) for each."""
    found, done, seen = results_of(config), 0, []
    for step in steps:
        for training in found.trainings:
            training.advance(step - done)
        done = step
        found.look(step)
        seen.append(found.columns)
    return found, *seen


@pytest.fixture(scope="module")
def gratings():
    """Three balances, three seeds."""
    return after(BY_NAME["Gratings"].changed(**CHEAP), 250)


@pytest.fixture(scope="module")
def quick():
    return train(QUICK)


@pytest.mark.claims
def test_filters_become_gabors_upstream_in_every_seed(gratings):
    # preset's own 600 steps, seeds 0 to 2: .59 to .66 for alpha = 3, .40 to .43 for 1, .19 to .22 for 0.1
    fit, start = gratings[1]["gabor_r2"], gratings[0].first["gabor_r2"]
    assert (fit[2] > fit[0] + 0.25).all() and (fit[2] > fit[1] + 0.15).all()
    assert (fit[2] > start[2] + 0.25).all()
    assert (np.abs(fit[0] - start[0]) < 0.01).all()


@pytest.mark.claims
def test_filters_turn_the_further_the_more_upstream_and_downstream_not_at_all(gratings):
    seen = gratings[1]
    assert (seen["filter_cosine"][0] > 0.999).all()
    assert (seen["filter_cosine"][2] < 0.75).all()
    for name, sign in (("filter_cosine", -1), ("activation_flips", 1), ("low_frequency", 1)):
        assert (sign * np.diff(seen[name], axis=0) > 0).all(), name
    assert (seen["low_frequency"][2] > seen["low_frequency"][0] + 0.25).all()
    # ... though the network of alpha = 0.1 learns as well
    assert (seen["train_loss"][0] < 0.98 * np.log(8)).all()
    assert "In 3 of 3 seeds the filters of α = 3 have taken shape" in gratings[0].verdict()
    assert "those of α = 0.1 are as they were, cosine 1.00" in gratings[0].verdict()


@pytest.mark.claims
def test_what_is_learned_is_like_gabors_at_every_balance(gratings):
    # 600 steps: .59 for alpha = 0.1, whose filters themselves are at .21
    change = gratings[0].chart_data()["change"]
    assert (gabor_r2(change).mean(1) > 0.4).all()


@pytest.mark.claims
def test_accuracy_does_not_tell_filters_apart():
    # one seed, at twice the rates: .91 and .94 right
    config = Filters(alphas=(1.0, 10.0), rate=2.0, test_samples=1000)
    seen = after(config, 400)[1]
    assert (seen["test_accuracy"] > 0.87).all() and np.ptp(seen["test_accuracy"]) < 0.06
    assert np.ptp(seen["gabor_r2"]) > 0.1 and np.ptp(seen["filter_cosine"]) > 0.5


@pytest.mark.claims
def test_without_a_task_filters_turn_from_noise_to_noise():
    config = BY_NAME["Shuffled labels"].changed(alphas=(10.0,), **CHEAP)
    found, seen = after(config, 200)
    assert (seen["filter_cosine"] < 0.6).all()
    assert (np.abs(seen["gabor_r2"] - found.first["gabor_r2"]) < 0.1).all()
    assert (seen["low_frequency"] < 0.35).all()
    # one seed may be far from a guess: it may well take all gratings of an orientation for one other, even the true one
    assert abs(np.median(seen["test_accuracy"]) - 1 / 8) < 0.1
    assert found.verdict().startswith("The filters of α = 10 have turned (cosine 0.")
    assert "from noise to noise" in found.verdict()


@pytest.mark.claims
def test_filters_of_photographs_become_smooth_upstream_only():
    # 600 steps, seeds 0 to 2: accuracies .54 to .63 at both, in no order
    config = BY_NAME["Photographs"].changed(alphas=(0.1, 10.0), **CHEAP)
    seen = after(config, 150)[1]
    for name in ("low_frequency", "gabor_r2"):
        assert (seen[name][1] > seen[name][0] + 0.2).all()
    assert (seen["filter_cosine"][0] > 0.99).all() and (seen["filter_cosine"][1] < 0.75).all()
    assert (seen["test_accuracy"] > 0.35).all()


@pytest.mark.claims
def test_photographs_smooth_filters_a_little_without_a_task():
    # 600 steps, seeds 0 to 2: from .19 to .40, with true labels .69
    config = BY_NAME["Photographs, shuffled"].changed(alphas=(10.0,), **CHEAP)
    found, seen = after(config, 200)
    gained = seen["low_frequency"] - found.first["low_frequency"]
    assert (gained > 0.06).all() and (gained < 0.35).all()
    assert (seen["train_loss"] > 0.97 * np.log(10)).all()
    assert "; nothing learned yet: α = 10" in found.verdict()


@pytest.mark.claims
def test_a_small_start_waits_and_then_turns_further():
    small = BY_NAME["Small τ"].changed(alphas=(1.0, 10.0))
    _, early, seen = after(small, 100, 300)
    assert early["filter_cosine"][1] < 0.8 and early["gabor_r2"][1] > 0.35
    assert seen["filter_cosine"][0] > 0.98 and seen["train_loss"][0] > 0.98 * np.log(8)
    usual = after(small.changed(tau=1.0, alphas=(10.0,)), 300)[1]
    assert seen["gabor_r2"][1] > usual["gabor_r2"][0] + 0.06


def test_all_balances_of_a_seed_start_as_one_function_of_size_tau():
    X = draw(QUICK, 0).X_test
    starts = {tau: initial(QUICK.changed(alphas=(0.05, 1.0, 20.0), tau=tau), 0) for tau in (1.0, 0.1)}
    found = {tau: [outputs(X, [W[k] for W in start]) for k in range(3)] for tau, start in starts.items()}
    for other in found[1.0][1:]:
        torch.testing.assert_close(other, found[1.0][0])
    torch.testing.assert_close(found[0.1][0], found[1.0][0] / 10)


def test_the_start_has_the_sizes_asked_for():
    alphas, tau = (0.2, 5.0), 0.3
    start = initial(Filters(alphas=alphas, tau=tau, data="photographs"), 0)
    for layer, (W, inputs, gain) in enumerate(zip(start, (147, 144, 288, 32), (2, 2, 2, 1), strict=True)):
        for place, alpha in enumerate(alphas):
            balance = {0: 1 / alpha, 3: alpha}.get(layer, 1.0)
            size = tau**0.25 * (gain / inputs) ** 0.5 * balance
            assert W[place].std().item() == pytest.approx(size, rel=0.12)


def test_rates_are_those_of_the_table_and_straight_lines_between_and_beyond():
    for data, table in RATES.items():
        config = Filters(data=data, alphas=tuple(table), rate=2.0)
        assert config.learning_rates == pytest.approx([2 * rate for rate in table.values()])
    assert Filters(data="cifar10").learning_rates == Filters(data="photographs").learning_rates
    between = Filters(alphas=(1.0, 3.0**0.5, 3.0, 10.0, 100.0 / 9, 20.0)).learning_rates
    assert between[1] == pytest.approx((8e-3 * 6e-3) ** 0.5)
    slope = np.log(4 / 6) / np.log(10 / 3)
    assert between[-1] == pytest.approx(4e-3 * 2**slope)


def test_the_rows_of_a_frame_are_those_of_its_weights(quick):
    task, first, last = quick.task, quick.frames[0].arrays, quick.frames[-1].arrays
    rows = quick.curves[quick.curves["step"] == 5].set_index(["alpha", "seed"])
    assert task.X.shape == (WATCHED, 1, 24, 24) and task.X_test.shape == (100, 1, 24, 24)
    for place, alpha in enumerate(QUICK.alphas):
        row = rows.loc[(alpha, 0)]
        weights = [torch.tensor(array[place]) for array in last.values()]
        X, y = torch.tensor(task.X), torch.tensor(task.y)
        loss = cross_entropy(outputs(X, weights), y).item()
        assert row["train_loss"] == pytest.approx(loss, rel=1e-10)
        right = outputs(torch.tensor(task.X_test), weights).argmax(1).numpy() == task.y_test
        assert row["test_accuracy"] == pytest.approx(right.mean())
        W0, W = torch.tensor(first["filters"][place]), weights[0]
        flipped = (conv2d(X, W0) > 0) != (conv2d(X, W) > 0)
        assert row["activation_flips"] == pytest.approx(flipped.double().mean().item(), abs=2e-6)
        assert row["filter_cosine"] == pytest.approx(filter_cosine(W0, W).mean().item(), rel=1e-10)
        assert row["low_frequency"] == pytest.approx(low_frequency(W).mean().item(), rel=1e-10)
        assert row["gabor_r2"] == pytest.approx(gabor_r2(W).mean().item(), rel=1e-6)


def test_what_the_charts_draw_is_what_the_table_and_the_weights_say(quick):
    last = quick.frames[-1]
    view, filters = last.chart_data, last.arrays["filters"]
    np.testing.assert_allclose(view["filters"], filters, rtol=1e-6)
    np.testing.assert_allclose(view["change"], filters - quick.frames[0].arrays["filters"], rtol=1e-4, atol=1e-8)
    of_first = quick.curves[(quick.curves["step"] == 5) & (quick.curves["seed"] == 0)]
    for name, column in (
        ("filter_low", "low_frequency"),
        ("filter_gabor", "gabor_r2"),
        ("filter_cos", "filter_cosine"),
    ):
        assert view[name].shape == (2, 16)
        np.testing.assert_allclose(view[name].mean(1), of_first[column], rtol=1e-5)
    for name, shown in (("filter", "filters"), ("change", "change")):
        W, fit = view[shown], view[f"{name}_fit"]
        explained = 1 - ((W - fit) ** 2).sum((2, 3, 4)) / (W**2).sum((2, 3, 4))
        np.testing.assert_allclose(view[f"{name}_gabor"], explained, atol=1e-4)
        assert (view[f"{name}_orientation"] >= 0).all() and (view[f"{name}_orientation"] <= 180).all()
    assert (
        np.isnan(quick.frames[0].chart_data["change_gabor"]).all()
        and not quick.frames[0].chart_data["change_fit"].any()
    )
    for name in MEASURED:
        values = last.table[name].reshape(2, 2)
        bounds = [np.median(values, axis=1), values.min(axis=1), values.max(axis=1)]
        np.testing.assert_allclose(view[name], np.stack(bounds, axis=1), rtol=1e-6)
    assert last.metrics["gabor_2"] == pytest.approx(np.median(last.table["gabor_r2"][2:]))


def test_filters_of_a_result_are_those_of_its_frames(quick):
    assert quick.filters.shape == (2, len(quick.frames), 16, 1, 7, 7)
    np.testing.assert_array_equal(quick.filters[1, -1], quick.frames[-1].arrays["filters"][1])
    quick.filters[:] = 0
    assert quick.frames[0].arrays["filters"].all()
    with pytest.raises(AttributeError, match="filters needs the frames of a Filters run"):
        _ = Result(QUICK, []).filters


def test_frames_are_alike_and_as_many_and_as_large_as_announced(quick):
    frames = quick.frames
    assert [frame.step for frame in frames] == QUICK.schedule and len(frames) == QUICK.expected_frames
    for part in ("arrays", "chart_data", "table"):
        kinds = [[(n, a.shape, a.dtype) for n, a in getattr(frame, part).items()] for frame in frames]
        assert all(kind == kinds[0] for kind in kinds)
    assert all(array.dtype == np.float32 for array in frames[0].chart_data.values())
    assert len({tuple(frame.metrics) for frame in frames}) == 1
    held = sum(frame.nbytes for frame in frames)
    assert held / 1.3 < QUICK.work().bytes < held * 1.3


@pytest.mark.parametrize("steps", [5, 21, 600, 3000])
def test_frames_go_from_the_start_to_the_last_step_ever_further_apart(steps):
    config = Filters(steps=steps)
    schedule = config.schedule
    assert schedule[0] == 0 and schedule[-1] == steps and config.expected_frames <= FRAMES
    gaps = np.diff(schedule)
    assert (gaps >= 1).all() and (np.diff(gaps) >= -1).all()


def test_the_largest_log_stays_small():
    largest = Filters(data="photographs", alphas=(0.1, 0.5, 1.0, 3.0, 10.0, 20.0), seeds=16, dtype="float64")
    assert largest.work().bytes < 100e6


def test_work_grows_with_what_there_is_to_do():
    for more in ({"seeds": 2}, {"steps": 1200}, {"data": "photographs"}, {"batch": 128}, {"alphas": (1.0, 2, 3, 4)}):
        assert Filters(**more).work().seconds > 1.2 * Filters().work().seconds


def test_equal_configs_give_bitwise_equal_frames(quick):
    for one, other in zip(stream(QUICK), quick.frames, strict=True):
        for part in ("table", "chart_data", "arrays"):
            for name, array in getattr(one, part).items():
                np.testing.assert_array_equal(array, getattr(other, part)[name])
        assert one.verdict == other.verdict


def test_a_network_among_others_is_the_same_as_alone(quick):
    alone = train(QUICK.changed(alphas=(4.0,), seed=1, seeds=1)).curves
    together = quick.curves
    mine = together[(together["alpha"] == 4) & (together["seed"] == 1)].reset_index(drop=True)
    np.testing.assert_allclose(mine.to_numpy(), alone.to_numpy(), rtol=1e-9, atol=1e-12)


def test_the_opening_is_plain_and_says_what_noise_would_measure(quick):
    told = json.loads(json.dumps(dict(quick.frames[0].header.chart_data)))
    assert told["alphas"] == [0.5, 4.0] and told["seeds"] == 2 and told["channels"] == 1 and told["chance"] == 0.125
    start = quick.curves[quick.curves["step"] == 0]
    assert start["low_frequency"].mean() == pytest.approx(told["low_of_noise"], abs=0.05)
    assert start["gabor_r2"].mean() == pytest.approx(told["gabor_of_noise"], abs=0.04)
    assert (start["filter_cosine"] > 1 - 1e-12).all() and (start["activation_flips"] == 0).all()


@pytest.mark.parametrize("data", ["gratings", "photographs"])
def test_labels_are_shuffled_and_images_left_alone(data):
    config = QUICK.changed(data=data)
    plain, mixed = draw(config, 0), draw(config.changed(shuffled=True), 0)
    assert torch.equal(plain.X, mixed.X) and torch.equal(plain.y_test, mixed.y_test)
    assert torch.equal(plain.y.sort()[0], mixed.y.sort()[0]) and (plain.y != mixed.y).double().mean() > 0.5


def test_networks_that_large_steps_switch_off_are_named_and_when_all_are_the_run_ends():
    config = Filters(rate=20.0, samples=500, steps=20, test_samples=100, alphas=(0.1, 3.0))
    found, _ = after(config, 20)
    assert found.dead.tolist() == [[True], [False]]
    assert found.verdict().endswith("; dead after too large steps: α = 0.1 (one seed)")
    frames = []
    with pytest.raises(Diverged, match=r"every α have diverged, or died .* the rate multiplier was 20\.") as error:
        for frame in stream(config.changed(alphas=(0.1,))):
            frames.append(frame)
    assert frames and error.value.remedy == {"rate": 6.6}


def test_a_network_that_is_not_finite_ends_alone_and_is_named():
    found = results_of(QUICK.changed(seeds=1))
    training = found.trainings[0]
    with torch.no_grad():
        training.descents[1].weights[3][:] = torch.inf
    for step in (1, 2):
        training.advance(1)
        found.look(step)
    assert training.running == [True, False]
    for name in MEASURED:
        assert np.isnan(found.columns[name]).tolist() == [[False], [True]]
    view = found.chart_data()
    assert np.isnan(view["filters"][1]).all() and np.isfinite(view["filters"][0]).all()
    assert found.verdict().endswith("; diverged: α = 4 (one seed)")


def test_cifar_is_read_from_where_the_environment_says_and_from_nowhere_else(tmp_path, monkeypatch):
    config = QUICK.changed(data="cifar10", seeds=1, dtype="float32")
    assert not any("path" in name for name in Filters.parameters())
    monkeypatch.delenv(CIFAR_VARIABLE, raising=False)
    with pytest.raises(CannotRun, match=f"sets the environment variable {CIFAR_VARIABLE} to the folder") as error:
        next(stream(config))
    assert error.value.remedy == {"data": "photographs"}
    monkeypatch.setenv(CIFAR_VARIABLE, str(tmp_path / "not-here"))
    with pytest.raises(CannotRun, match="cannot be used as CIFAR-10") as error:
        next(stream(config))
    assert "not-here" not in str(error.value)

    random = np.random.default_rng(0)
    images = {
        name: random.integers(0, 256, (n, 32, 32, 3), np.uint8) for name, n in (("x_train", 300), ("x_test", 150))
    }
    labels = {name: np.arange(n) % 10 for name, n in (("y_train", 300), ("y_test", 150))}
    np.savez(tmp_path / "cifar.npz", **images, **labels)
    monkeypatch.setenv(CIFAR_VARIABLE, str(tmp_path / "cifar.npz"))
    result = train(config)
    assert result.status == "finished" and result.filters.shape[-3:] == (3, 7, 7)


def test_photographs_that_are_not_installed_are_told_of_in_a_sentence(monkeypatch):
    photographs.photograph.cache_clear()
    monkeypatch.setitem(photographs._FILES, "flower", ("sklearn", "datasets/images", "no-flower.jpg"))
    with pytest.raises(CannotRun, match="There are no photographs here: the installed scikit-learn comes") as error:
        next(stream(QUICK.changed(data="photographs")))
    assert error.value.remedy == {"data": "gratings"}


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"alphas": (1, 4, 1)}, "alphas must name each α once, got 1 more than once."),
        ({"alphas": ()}, "alphas must be 1 to 6 numbers between 0.05 and 20, separated by commas, got none."),
        ({"data": "imagenet"}, "data must be one of gratings, photographs, cifar10, got imagenet."),
        ({"samples": 100}, "samples must be a whole number between 128 and 20000, got 100."),
        ({"steps": 10**6}, "steps must be a whole number between 5 and 3000, got 1000000."),
        ({"rate": 0.0}, "rate must be a number between 0.05 and 20, got 0.0."),
        ({"tau": -1.0}, "tau must be a number between 0.05 and 5, got -1.0."),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(settings, sentence):
    with pytest.raises(ValidationError) as error:
        Filters(**settings)
    assert complaints(Filters, error.value) == [sentence]


def said(cosine, fit, loss=1.0, accuracy=0.5, dead=False, step=9):
    """Words on alpha = 0.1 and 10 with these numbers for each, and each seed."""
    columns = {"filter_cosine": cosine, "gabor_r2": fit, "train_loss": loss, "test_accuracy": accuracy}
    shape = np.shape(cosine)
    now = {name: np.broadcast_to(np.array(values, dtype=float), shape) for name, values in columns.items()}
    start = now | {"gabor_r2": np.full(shape, 0.2)}
    return verdict(step, (0.1, 10.0), start, now, 8, np.broadcast_to(np.array(dead), shape))


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"step": 0}, "At the start, where every α computes the same function and all filters are noise"),
        (
            {"cosine": [[1.0], [0.1]], "fit": [[0.2], [0.6]], "accuracy": [[0.9], [0.8]]},
            "The filters of α = 10 have taken shape: Gabor fit R² 0.60, from 0.20 at the start; those of α = 0.1 are "
            "as they were, cosine 1.00; test accuracy 90 and 80 % for α = 0.1 and 10, of a guess 12.5 %",
        ),
        (
            {"cosine": [[0.8] * 3, [0.1] * 3], "fit": [[0.2] * 3, [0.6, 0.5, 0.2]]},
            "In 2 of 3 seeds the filters of α = 10 have taken shape: Gabor fit R² 0.50, from 0.20 at the start; those "
            "of α = 0.1 have turned least, cosine 0.80",
        ),
        (
            {"cosine": [[0.3], [0.1]], "fit": [[0.7], [0.6]]},
            "The filters of α = 0.1 have taken shape: Gabor fit R² 0.70, from 0.20 at the start; test accuracy 50 and",
        ),
        (
            {"cosine": [[1.0] * 3, [0.1] * 3], "fit": [[0.2] * 3, [0.6, 0.2, 0.2]]},
            "The filters of α = 10 have turned (cosine 0.10), from noise to noise: Gabor fit R² 0.20, at the start",
        ),
        ({"cosine": [[1.0], [0.8]], "fit": 0.2}, "The filters of α = 10 have begun to turn (cosine 0.80): Gabor fit"),
        (
            {"cosine": [[1.0], [0.98]], "fit": 0.2},
            "Filters are as they were at every α: their cosine with the start is",
        ),
        ({"loss": [[2.079], [0.3]]}, "; nothing learned yet: α = 0.1"),
        (
            {"dead": [[True], [False]]},
            "test accuracy 50 %, of a guess 12.5 %; dead after too large steps: α = 0.1",
        ),
        ({"loss": [[np.nan], [1.0]]}, "; diverged: α = 0.1"),
    ],
)
def test_words_say_what_the_numbers_say(numbers, sentence):
    assert sentence in said(**{"cosine": [[1.0], [0.5]], "fit": 0.2} | numbers)


def test_the_command_line_writes_a_row_for_each_network_and_frame(tmp_path, monkeypatch):
    monkeypatch.setitem(registry, "filters", Filters)
    out = tmp_path / "run.csv"
    flags = ["--steps", "5", "--samples", "128", "--test-samples", "100", "--batch", "8", "--alphas", "0.5,4"]
    assert main(["filters", *flags, "--seeds", "2", "--out", str(out)]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    assert len(rows) == 4 * Filters(steps=5).expected_frames
    assert {(row["alpha"], row["seed"]) for row in rows} == {("0.5", "0"), ("0.5", "1"), ("4.0", "0"), ("4.0", "1")}


def test_arrays_of_a_run_can_be_written_together(tmp_path, quick):
    quick.to_npz(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        assert arrays["filters"].shape == (len(quick.frames), 2, 16, 1, 7, 7)
        assert arrays["readout"].shape == (len(quick.frames), 2, 8, 32)
