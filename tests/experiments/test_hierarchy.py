"""The random hierarchy model: fewer examples upstream, no difference where there is none, and every number checked."""

from __future__ import annotations

import csv
import json
from itertools import pairwise

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from lazyrich.cli import main
from lazyrich.config.schema import complaints
from lazyrich.experiments import registry
from lazyrich.experiments.hierarchy.config import CONVERGED, PRESETS, Hierarchy
from lazyrich.experiments.hierarchy.outcomes import Outcome, ResultTable, crossing
from lazyrich.experiments.hierarchy.training import Problem, Training, initial
from lazyrich.frame import CannotRun, Diverged
from lazyrich.kernels import kernel_distance
from lazyrich.kernels.patches import patch_kernel
from lazyrich.results.train import stream, train
from lazyrich.tasks.hierarchy import draw
from lazyrich.training.patches import outputs

BY_NAME = {preset.name: preset.config for preset in PRESETS}
CONTRACT = ["alpha", "seed", "samples", "test_error", "train_loss", "converged", "kernel_distance"]
QUICK = Hierarchy(
    alphas=(1.0, 3.0), sizes=(32, 64), seeds=2, vocabulary=4, synonyms=4, width=24, steps=500, test_samples=50,
    learning_rate=0.4,     dtype="float64", device="cpu",
)  # fmt: skip
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def seeds():
    """The first preset over three seeds, by kernel and by one raw rate."""
    by_kernel = train(BY_NAME["A grammar of two levels"].changed(seeds=3, sizes=(1024, 1536, 2048)))
    raw = train(BY_NAME["One rate for all"].changed(seeds=3, sizes=(1024, 1536, 2048)))
    return by_kernel, raw


@pytest.fixture(scope="module")
def quick():
    return train(QUICK)


def pivot(result, column):
    """alphas x sizes x seeds."""
    curves = result.curves
    shape = (len(result.config.alphas), len(result.config.sizes), result.config.seeds)
    ordered = curves.set_index(["alpha", "samples", "seed"])[column].sort_index()
    return ordered.to_numpy().reshape(shape)


def size_at(result, level=0.3):
    """alphas x seeds, by interpolation of each seed's own curve."""
    errors = pivot(result, "test_error")
    return np.array([[crossing(result.config.sizes, row[:, s], level) for s in range(row.shape[1])] for row in errors])


@pytest.mark.claims
def test_upstream_needs_far_fewer_examples_in_every_seed(seeds):
    errors = pivot(seeds[0], "test_error")
    assert (errors[3, 1] < 0.5 * errors[1, 1]).all()
    assert (errors[0, 1] > 1.5 * errors[1, 1]).all()
    assert (np.diff(errors[:, 0], axis=0) < 0).all()
    assert (errors[:, 0] > 0.15).all()
    assert seeds[0].curves.converged.all()
    assert "α = 4 needs fewer than α = 1" in seeds[0].frames[-1].verdict
    assert "; fewer in 3 of 3 seeds" in seeds[0].frames[-1].verdict


@pytest.mark.claims
def test_the_kernel_moves_the_further_the_further_upstream_the_start(seeds):
    moved = np.median(pivot(seeds[0], "kernel_distance"), axis=2)
    assert (np.diff(moved[:3, 0]) > 0.015).all()
    assert (moved[3] > 1.04 * moved[1]).all() and (moved[1] > 1.04 * moved[0]).all()


@pytest.mark.claims
def test_one_rate_for_all_shifts_less_and_moves_the_slow_ones_kernel_most(seeds):
    by_kernel, raw = (np.median(pivot(result, "test_error"), axis=2) for result in seeds)
    assert (raw[0, 1:] < by_kernel[0, 1:]).all()
    shifts = [crossing((1024, 1536, 2048), errors[0], 0.3) for errors in (by_kernel, raw)]
    assert shifts[1] < 0.97 * shifts[0]
    # what alpha = 4 gains over alpha = 0.5, at 1,536 strings
    assert raw[0, 1] / raw[3, 1] < 0.9 * by_kernel[0, 1] / by_kernel[3, 1]
    moved = pivot(seeds[1], "kernel_distance")
    assert (moved[0, 1:] > 1.1 * moved[1:, 1:].max(axis=0)).all()


def test_the_switch_to_one_rate_for_all_leaves_about_the_rate_of_the_usual_start():
    by_kernel, raw = (
        Problem(BY_NAME["A grammar of two levels"].changed(rate_rule=rule), 0, CPU).rates.numpy()
        for rule in ("kernel", "raw")
    )
    np.testing.assert_allclose(raw, 0.15)
    _, usual, *_ = raw / by_kernel
    assert 0.9 < usual < 1.1 and raw[0] > 2 * by_kernel[0]
    half = Problem(QUICK.changed(rate_rule="raw", learning_rate=0.5), 0, CPU).rates.numpy()
    np.testing.assert_allclose(half, 0.075)


@pytest.mark.claims
def test_three_levels_are_learned_sooner_upstream_in_each_grammar():
    result = train(BY_NAME["Three levels, three grammars"].changed(alphas=(1.0, 4.0), sizes=(256, 512, 1024)))
    needed = size_at(result)
    assert (needed[1] < 0.95 * needed[0]).all()
    assert needed[0].max() > 1.3 * needed[0].min()


@pytest.mark.claims
def test_a_dense_network_needs_more_and_still_gains_upstream(seeds):
    config = BY_NAME["Dense network"].changed(alphas=(0.5, 1.0, 4.0), sizes=(2048,))
    dense = pivot(train(config), "test_error")[:, 0, 0]
    assert dense[2] < 0.8 * dense[1] and dense[1] < 0.95 * dense[0]
    of_cnn = pivot(seeds[0], "test_error")[:, 2, 0]
    assert (dense > of_cnn[[0, 1, 3]] + 0.2).all()


@pytest.mark.claims
def test_few_synonyms_leave_hardly_a_difference():
    result = train(BY_NAME["Few synonyms"])
    needed = result.frames[-1].chart_data["size_at"][:, 0]
    assert needed.min() > 95 and needed.max() < 135
    assert needed[1] / needed[3] < 1.15
    assert result.frames[-1].verdict.startswith("Hardly a difference between α = 4 and α = 1: ")


@pytest.mark.claims
def test_where_there_is_nothing_to_find_every_balance_guesses():
    result = train(BY_NAME["Nothing to find"])
    assert result.curves.converged.all()
    # as wrong as guesses among 16 classes or worse, in every one of 48 trainings
    assert (result.curves.test_error > 0.85).all()
    assert result.frames[-1].verdict.startswith("No difference to tell between")


def test_all_balances_start_as_one_function_of_size_tau():
    config = QUICK.changed(alphas=(0.1, 1.0, 7.0))
    X = Problem(config, 0, CPU).task.X
    one, small = (outputs(X, initial(config.changed(tau=tau), 0, torch.float64)) for tau in (0.1, 0.01))
    torch.testing.assert_close(one[0], one[1])
    torch.testing.assert_close(one[2], one[1])
    torch.testing.assert_close(small, one / 10)


@pytest.mark.parametrize("student", ["cnn", "mlp"])
def test_the_kernel_is_the_one_of_automatic_differentiation(student):
    config = QUICK.changed(student=student, levels=3, test_samples=16, width=8)
    problem = Problem(config, 0, CPU)
    X, found = problem.probes, patch_kernel(problem.probes, problem.start)
    for number in range(len(config.alphas)):
        weights = [W[number] for W in problem.start]

        def of(*parts):
            H = X.reshape(len(X), -1, parts[0].shape[0])
            for W, following in zip(parts, [*parts[1:], None], strict=True):
                H = H @ W
                if following is not None:
                    H = torch.relu(H).reshape(len(X), -1, following.shape[0])
            return H.reshape(-1)

        slopes = torch.func.jacrev(of, argnums=tuple(range(len(weights))))(*weights)
        J = torch.cat([slope.flatten(1) for slope in slopes], dim=1)
        torch.testing.assert_close(found[number], J @ J.T)
        assert problem.rates[number] == pytest.approx(config.learning_rate / float((J * J).sum(1).mean()))


def test_the_numbers_of_a_training_are_those_of_its_last_weights():
    config = QUICK.changed(sizes=(64,), seeds=1)
    result = train(config)
    problem = Problem(config, 0, CPU)
    weights = [torch.tensor(W) for W in result.weights(-1).values()]
    for number, row in result.curves.iterrows():
        seen, unseen = (outputs(X, weights)[number] for X in (problem.task.X, problem.task.X_test))
        assert row.test_error == (unseen.argmax(1) != problem.task.y_test).double().mean()
        assert row.train_loss == pytest.approx(float(torch.nn.functional.cross_entropy(seen, problem.task.y)))
        K0, K1 = (patch_kernel(problem.probes, start)[number] for start in (problem.start, weights))
        assert row.kernel_distance == pytest.approx(kernel_distance(K0, K1))
        assert row.converged == (row.train_loss <= CONVERGED)
        assert row.steps % 25 == 0


def test_a_network_is_the_same_alone_as_among_others(quick):
    for alpha in QUICK.alphas:
        alone = train(QUICK.changed(alphas=(alpha,), sizes=(64,), seeds=1, seed=1)).curves
        among = quick.curves.query("alpha == @alpha and samples == 64 and seed == 1").reset_index(drop=True)
        np.testing.assert_allclose(alone.astype(float), among.astype(float), rtol=1e-6)


def test_equal_settings_give_equal_runs(quick):
    again = train(QUICK)
    assert again.curves.equals(quick.curves)
    assert [frame.verdict for frame in again.frames] == [frame.verdict for frame in quick.frames]


def test_the_table_has_a_row_for_every_training(quick):
    curves = quick.curves
    assert list(curves.columns[: len(CONTRACT)]) == CONTRACT
    assert curves.converged.dtype == bool
    rows = {(row.alpha, row.samples, row.seed) for row in curves.itertuples()}
    assert rows == {(a, n, s) for a in (1.0, 3.0) for n in (32, 64) for s in (0, 1)} and len(curves) == 8


def test_frames_are_alike_and_no_more_and_no_larger_than_announced(quick):
    frames = quick.frames
    assert frames[0].step == 0 and len(frames) <= QUICK.expected_frames
    assert all(b.step > a.step and b.time > a.time for a, b in pairwise(frames))
    for part in ("arrays", "chart_data", "table"):
        kinds = [[(n, a.shape[part == "table" :], a.dtype) for n, a in getattr(f, part).items()] for f in frames]
        assert all(kind == kinds[0] for kind in kinds)
    assert all(a.dtype == np.float32 for f in frames for a in f.chart_data.values())
    assert len({tuple(f.metrics) for f in frames}) == 1
    assert sum(f.nbytes for f in frames) < 1.5 * QUICK.work().bytes


def test_a_large_log_keeps_fewer_layers():
    large = Hierarchy(student="mlp", vocabulary=16, levels=4, width=128, seeds=16, sizes=tuple(range(100, 801, 100)))
    assert large.kept_layers < len(large.shapes) and large.work().bytes < 60e6
    assert Hierarchy().kept_layers == len(Hierarchy().shapes)


def test_what_the_charts_show_is_the_table(quick):
    view = quick.frames[-1].chart_data
    for name in ("test_error", "kernel_distance"):
        values = pivot(quick, name)
        shown = np.stack([np.median(values, axis=2), values.min(axis=2), values.max(axis=2)], axis=-1)
        np.testing.assert_allclose(view[name], shown, rtol=1e-6)
    np.testing.assert_allclose(view["converged"], pivot(quick, "converged").mean(axis=2))
    assert np.isnan(quick.frames[0].chart_data["test_error"]).all()
    assert np.isnan(view["running"]).all()
    assert any(np.isfinite(frame.chart_data["running"]).any() for frame in quick.frames)
    metrics = quick.frames[-1].metrics
    assert metrics["samples"] == 64 and metrics["trainings"] == 8
    assert metrics["test_error_2"] == pytest.approx(np.median(pivot(quick, "test_error")[1, 1]))


def test_networks_that_are_still_training_are_shown_as_they_are():
    problem = Problem(QUICK, 0, CPU)
    training = Training(problem, 64)
    training.advance(25)
    wrong = outputs(problem.task.X_test, training.weights()).argmax(-1) != problem.task.y_test
    np.testing.assert_allclose(training.errors(), wrong.double().mean(1))
    assert not training.ended and training.step == 25
    training.advance(300)
    assert training.ended
    # one that takes its time passes through losses that are near the end and not there
    slow = Training(Problem(QUICK.changed(learning_rate=0.1), 0, CPU), 64)
    slow.advance(100)
    assert not slow.ended and slow.step == 100
    slow.advance(500)
    assert slow.ended and (slow.outcome().train_loss <= CONVERGED).all()


def test_the_opening_draws_the_grammar_that_made_the_strings():
    header = next(stream(QUICK)).header
    told = json.loads(json.dumps(header.chart_data))
    grammar, task = draw(2, 4, 4, 64, 50, seed=0)
    np.testing.assert_array_equal(told["grammar"]["rules"], grammar.rules)
    tree = told["grammar"]["derivation"]
    assert tree[0] == [int(task.y[0])] and tree[-1] == header.arrays["X"][0].tolist()
    for rules, above, below in zip(grammar.rules, tree[:-1], tree[1:], strict=True):
        pairs = np.reshape(below, (-1, 2)).tolist()
        assert all(pair in rules[symbol].tolist() for symbol, pair in zip(above, pairs, strict=True))
    np.testing.assert_array_equal(header.arrays["X"], task.X.argmax(-1))
    assert told["test_error_x"] == [32, 64] and told["alphas"] == [1.0, 3.0]


def test_sizes_are_interpolated_in_their_logarithm():
    assert crossing((100, 400), np.array([0.4, 0.2]), 0.3) == pytest.approx(200)
    assert crossing((100, 400, 800), np.array([0.9, 0.5, 0.3]), 0.3) == pytest.approx(800)
    assert np.isnan(crossing((100, 400), np.array([0.2, 0.1]), 0.3))
    assert np.isnan(crossing((100, 400), np.array([0.9, np.nan]), 0.3))


def outcome(errors, loss=0.01, moved=0.2):
    errors = np.array(errors)
    loss, moved = np.broadcast_to(loss, errors.shape), np.broadcast_to(moved, errors.shape)
    return Outcome(errors, loss, loss <= CONVERGED, moved, np.full(errors.shape, 50), np.ones(errors.shape))


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ([([0.8, 0.8], {}), ([0.4, 0.1], {})], "α = 4 errs less than α = 1: on 10 % against 40 % of new strings after"),
        ([([0.8, 0.4], {}), ([0.25, 0.1], {})], "α = 4 needs fewer than α = 1: 68 against 118 strings for 30 % error"),
        (
            [([0.8, 0.8], {}), ([0.78, 0.79], {})],
            "No difference to tell between α = 4 and α = 1: wrong on 79 % against",
        ),
        ([([0.4, 0.8], {}), ([0.1, 0.25], {})], "α = 4 needs more than α = 1"),
        ([([0.4, 0.2], {}), ([0.2, 0.1], {})], "α = 4 needs fewer than α = 1: at most 50 against 80 strings"),
        ([([0.2, 0.2], {}), ([0.1, 0.01], {})], "α = 4 errs less than α = 1"),
        ([([0.8, 0.4], {"loss": [2.0, 0.01]})], "; 1 of 2 trainings did not converge, α = 1 learned nothing yet"),
        ([([0.8, 0.4], {"loss": [2.0, 0.01], "moved": 0.9})], "α = 1 broke down, its rate too high"),
        ([([np.nan, 0.4], {"loss": [np.nan, 0.01]})], "α = 1 broke down"),
    ],
)
def test_words_say_what_the_numbers_say(ends, said):
    results = ResultTable(Hierarchy(alphas=(1.0, 4.0), sizes=(50, 128)))
    for size, (errors, rest) in enumerate(ends):
        results.add(size, 0, outcome(errors, **rest))
    assert said in results.verdict()


def test_words_count_the_seeds_that_agree_by_strings_needed_or_by_errors():
    results = ResultTable(Hierarchy(alphas=(1.0, 4.0), sizes=(50, 128), seeds=3))
    for seed, errors in enumerate(([0.4, 0.1], [0.8, 0.6], [0.1, 0.2])):
        results.add(0, seed, outcome([0.8, 0.8]))
        results.add(1, seed, outcome(errors))
    assert "; fewer in 2 of 3 seeds" in results.verdict()


@pytest.mark.parametrize(
    "settings",
    [
        {"synonyms": 4},
        {"vocabulary": 4},
        {"vocabulary": 2, "synonyms": 2, "levels": 1},
        {"vocabulary": 16, "synonyms": 2, "levels": 1},
        {"sizes": (20_000,)},
        {"vocabulary": 4, "synonyms": 4, "levels": 2, "sizes": (16, 32, 64, 20_000)},
        {"levels": 1},
    ],
)
def test_a_grammar_without_enough_strings_is_refused_with_settings_that_work(settings):
    config = Hierarchy(**settings)
    with pytest.raises(CannotRun, match=r"strings, too few|have only") as error:
        next(stream(config))
    mended = config.changed(**error.value.remedy)
    assert mended.fitting() == {}
    assert mended.strings >= max(mended.sizes) + mended.test_samples
    assert next(stream(mended)).step == 0


def test_a_rate_that_kills_all_networks_is_told_with_a_lower_one():
    config = QUICK.changed(rate_rule="raw", learning_rate=10.0, tau=1.0)
    with pytest.raises(Diverged, match=r"every α broke down on 32 strings.*the learning rate was 10") as error:
        list(stream(config))
    assert error.value.remedy == {"learning_rate": 3.3}


def test_settings_that_cannot_be_are_refused_in_sentences():
    for settings, said in [
        ({"alphas": (0.0,)}, "alphas must be 1 to 6 numbers between 0.05 and 20, separated by commas, got 0.0."),
        ({"sizes": ()}, "sizes must be 1 to 8 whole numbers between 16 and 20000, separated by commas, got none."),
        ({"levels": 5}, "levels must be a whole number between 1 and 4, got 5."),
        ({"student": "rnn"}, "student must be one of cnn, mlp, got rnn."),
    ]:
        with pytest.raises(ValidationError) as error:
            Hierarchy(**settings)
        assert complaints(Hierarchy, error.value) == [said]


def test_sizes_are_put_in_order_once_each():
    assert Hierarchy(sizes=(512, 64, 512)) == Hierarchy(sizes=(64, 512))


def test_work_grows_with_what_there_is_to_do():
    for more in ({"seeds": 2}, {"width": 128}, {"tau": 0.3}, {"alphas": (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)}):
        assert Hierarchy(**more).work().seconds > 1.3 * Hierarchy().work().seconds


def test_the_command_line_writes_the_table(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(registry, Hierarchy.name, Hierarchy)
    flags = ["--sizes", "32,64", "--alphas", "1,3", "--vocabulary", "4", "--synonyms", "4", "--test-samples", "50"]
    out = tmp_path / "run.csv"
    assert main(["hierarchy", *flags, "--width", "24", "--steps", "100", "--out", str(out)]) == 0
    with out.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4 and list(rows[0])[: len(CONTRACT)] == CONTRACT
    assert "size_at_30_2" in capsys.readouterr().out
