"""Grokking: the wait is shorter further upstream, where nothing is to be seen nothing is said, and every number is
checked."""

from __future__ import annotations

import csv

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from lazyrich.cli import main
from lazyrich.config.schema import complaints
from lazyrich.experiments import registry
from lazyrich.experiments.grokking.config import MAX_FRAMES, PRESETS, WEIGHTS_BYTES, Grokking
from lazyrich.experiments.grokking.frames import concentration, powers
from lazyrich.experiments.grokking.summary import Milestones, of_seeds, verdict
from lazyrich.frame import Diverged
from lazyrich.results.train import stream, train

BY_NAME = {preset.name: preset.config for preset in PRESETS}
COLUMNS = ["alpha", "seed", "step", "train_accuracy", "test_accuracy", "train_loss", "test_loss"]
COLUMNS += ["layer_movement", "layer_movement_2", "concentration", "delta_start"]
QUICK = Grokking(p=7, width=16, steps=120, alphas=(1.0, 3.0), seeds=2, dtype="float64", device="cpu")


@pytest.fixture(scope="module")
def balances():
    """Six balances, three seeds."""
    return train(BY_NAME["Best α"])


def reached(curves, column):
    """The first step with 95 % right answers, alphas x seeds; inf where there is none."""
    table = curves[curves[column] >= 0.95].groupby(["alpha", "seed"])["step"].min().unstack()
    full = table.reindex(index=curves["alpha"].unique(), columns=curves["seed"].unique())
    return full.fillna(np.inf)


def delays(curves):
    return reached(curves, "test_accuracy") - reached(curves, "train_accuracy")


def at_end(curves, column):
    return curves[curves["step"] == curves["step"].max()].set_index(["alpha", "seed"])[column].unstack()


@pytest.mark.claims
def test_the_wait_is_shorter_further_upstream_in_every_seed(balances):
    # seeds 0 to 4: 825 to 1400 steps for alpha = 1, 225 to 475 for alpha = 4
    delay = delays(balances.curves)
    assert delay.shape == (6, 3)
    assert (delay.loc[4.0] < 0.7 * delay.loc[1.0]).all()
    assert (delay.loc[1.0] < 0.8 * delay.loc[0.5]).all()
    assert (reached(balances.curves, "train_accuracy") <= 250).all(axis=None)


@pytest.mark.claims
def test_the_best_balance_is_finite(balances):
    # seeds 0 to 4: 650 to 1025 steps for alpha = 16
    delay = delays(balances.curves)
    assert (delay.loc[16.0] > 1.2 * delay.loc[4.0]).all()
    assert delay.median(axis=1).idxmin() in (2.0, 4.0, 8.0)


@pytest.mark.claims
def test_the_first_layer_moves_the_further_the_more_upstream_and_the_last_one_the_less(balances):
    first, last = (at_end(balances.curves, name) for name in ("layer_movement", "layer_movement_2"))
    assert (first.diff().iloc[1:] > 0).all(axis=None)
    assert (last.diff().iloc[1:] < 0).all(axis=None)


@pytest.mark.claims
def test_neurons_take_up_single_frequencies_as_they_grok(balances):
    curves = balances.curves
    start = curves[curves["step"] == 0]["concentration"]
    assert start.between(0.18, 0.27).all()
    grokked = at_end(curves, "concentration").loc[1.0:]
    assert (grokked > 0.7).all(axis=None)
    # the network as a whole uses all frequencies all the time
    first, last = (balances.frames[place].chart_data["spectrum"] for place in (0, -1))
    assert first.shape == (6, 11) and np.ptp(first) < 0.05 and np.ptp(last[1:]) < 0.15
    # and the picture of single neurons says the same: from noise to one bright place in a row
    first, last = (np.median(balances.frames[place].chart_data["neurons"].max(2), axis=1) for place in (0, -1))
    assert (first < 0.35).all() and (last[1:] > 0.6).all()


@pytest.mark.claims
def test_the_verdict_counts_seeds_and_names_what_lies_beyond(balances):
    said = balances.frames[-1].verdict
    assert said.startswith("In 3 of 3 seeds α = ") and "grokked sooner than α = 1: median delay" in said
    assert "further upstream, at α = 16" in said
    said = balances.frames[0].verdict
    assert said.startswith("At the start, where every α computes the same function; mean δᵢ by α: −1.8 at 0.5, −0.4")
    assert next(frame for frame in balances.frames if frame.step == 198).verdict.startswith(
        "By heart: all networks know 95 % of the training sums"
    )


@pytest.mark.claims
def test_the_view_has_the_delays_of_the_table(balances):
    view, expected = balances.frames[-1].chart_data, delays(balances.curves).to_numpy()
    np.testing.assert_array_equal(
        view["delay"], np.stack([np.median(expected, 1), expected.min(1), expected.max(1)], 1)
    )
    np.testing.assert_array_equal(view["grokked"], 1)
    assert np.isnan(balances.frames[8].chart_data["delay"]).all() and not balances.frames[8].chart_data["grokked"].any()
    assert balances.frames[-1].metrics["delay_2"] == np.median(expected[1])


@pytest.mark.claims
def test_the_first_preset_shows_what_its_sentence_says(balances):
    # it is four of the six balances
    config, curves = BY_NAME["Grokking"], balances.curves
    assert config == BY_NAME["Best α"].changed(alphas=config.alphas)
    mine = curves[curves["alpha"].isin(config.alphas)]
    delay = delays(mine)
    assert reached(mine, "train_accuracy").stack().between(50, 175).all()
    assert (delay.loc[1.0] > 500).all() and (delay.loc[2.0:] < 0.8 * delay.loc[1.0]).all(axis=None)
    # seeds 0 to 2: 300, 225, 475 against 825, 950, 850
    assert (delay.loc[4.0] < 0.65 * delay.loc[1.0]).all()
    assert delay.loc[4.0].median() < 0.45 * delay.loc[1.0].median()
    assert at_end(mine, "concentration").min(axis=None) > 0.7


@pytest.mark.parametrize(("activation", "degree", "rate"), [("relu", 1, 5e-3), ("quadratic", 2, 1e-3)])
def test_delta_at_the_start_is_the_mean_of_what_small_steps_without_decay_keep(activation, degree, rate):
    config = QUICK.changed(
        optimiser="descent", weight_decay=1e-9, learning_rate=rate, steps=2000, activation=activation, tau=1.0, seeds=1
    )
    result = train(config)
    sizes = {}
    for when in (0, -1):
        W1, W2 = (result.frames[when].arrays[name] for name in ("W1", "W2"))
        sizes[when] = (W2**2).sum(1), (W1**2).sum(2)
    delta = {when: degree * a - w for when, (a, w) in sizes.items()}
    np.testing.assert_allclose(result.curves.groupby("alpha")["delta_start"].first(), delta[0].mean(1), rtol=1e-12)
    moved = np.abs(sizes[-1][1] - sizes[0][1]).max()
    assert moved > 0.1 and np.abs(delta[-1] - delta[0]).max() < 0.03 * moved


@pytest.mark.claims
def test_the_wait_is_shortest_about_where_the_page_says_that_the_layers_are_balanced(balances):
    for result, degree, balance in ((balances, 1, 256**0.25), (train(BY_NAME["z² neurons"]), 2, 128 ** (1 / 6))):
        config, mean = result.config, result.curves.groupby("alpha")["delta_start"].mean()

        def layers(alpha, c=config, k=degree):
            return c.p * c.tau**2 * k * alpha ** (2 * k) / c.width, c.p * c.tau**2 * 2 / alpha**2

        assert layers(balance)[0] == pytest.approx(layers(balance)[1])
        for alpha in config.alphas:
            last, first = layers(alpha)
            assert mean.loc[alpha] == pytest.approx(last - first, abs=0.1 * (last + first))
        shortest = delays(result.curves).median(axis=1).idxmin()
        assert balance / 1.5 < shortest < 1.5 * balance


@pytest.mark.claims
def test_without_decay_the_network_of_the_usual_start_stays_where_it_is():
    # seeds 0 to 2 after 5,000 steps: alpha = 1 0.15 to 0.27, alpha = 4 0.83 to 0.99
    config = BY_NAME["No decay"].changed(alphas=(1.0, 4.0), steps=3000)
    test = at_end(train(config).curves, "test_accuracy")[0]
    assert test.loc[1.0] < 0.5 and test.loc[4.0] > 0.7


def test_the_smallest_decay_is_as_good_as_none():
    from lazyrich.experiments.grokking.frames import begin
    from lazyrich.training.modular_addition import ModularAdditionTraining

    config = BY_NAME["No decay"].changed(steps=60, p=7, width=32, dtype="float64")
    _, W1, W2, learned = begin(config)
    free = ModularAdditionTraining(W1, W2, learned, config.learning_rate, 0.0)
    free.advance(60)
    last = train(config).frames[-1].arrays
    np.testing.assert_allclose(last["W1"], free.W1.numpy(), rtol=1e-5, atol=1e-7)


@pytest.mark.claims
def test_with_adamw_and_strong_decay_the_balance_hardly_matters():
    # five seeds: medians of 140, 120, 110 and 120 steps for alpha = 1, 2, 4 and 8
    result = train(BY_NAME["AdamW"].changed(seeds=3))
    middle = delays(result.curves).median(axis=1)
    assert (delays(result.curves) <= 200).all(axis=None)
    assert middle.min() > 0.65 * middle.max()
    assert "makes little difference" in result.frames[-1].verdict


@pytest.mark.claims
def test_with_cross_entropy_upstream_is_no_better():
    # three seeds after 4,000 steps: 0.84 to 0.90 for alpha = 0.5 and 0.76 to 0.85 for alpha = 4
    curves = train(BY_NAME["Cross-entropy"].changed(alphas=(0.5, 4.0), steps=2000)).curves
    test = at_end(curves, "test_accuracy")[0]
    assert (test < 0.95).all() and test.max() - test.min() < 0.25
    assert test.loc[4.0] < test.loc[0.5] + 0.1
    assert (reached(curves, "train_accuracy") < 200).all(axis=None)
    assert at_end(curves, "concentration").min(axis=None) > 0.75


@pytest.mark.claims
def test_from_a_large_start_all_is_known_by_heart_and_nothing_else():
    curves = train(BY_NAME["Large τ"].changed(steps=2000)).curves
    assert (at_end(curves, "train_accuracy") > 0.95).all(axis=None)
    assert (curves["test_accuracy"] < 0.15).all()
    assert (at_end(curves, "test_accuracy") < 0.08).all(axis=None)


@pytest.mark.claims
def test_quadratic_neurons_have_their_best_balance_nearer_to_one():
    # three seeds: medians of 1625, 650, 400 and 475 steps for alpha = 0.5, 1, 2 and 4
    curves = train(BY_NAME["z² neurons"]).curves
    delay = delays(curves)[0]
    assert delay.idxmin() == 2.0 and delay.loc[2.0] < 0.7 * delay.loc[1.0]
    assert reached(curves, "train_accuracy")[0].idxmax() == 2.0


@pytest.mark.claims
def test_half_of_the_sums_are_too_few():
    curves = train(BY_NAME["Too little data"].changed(steps=1000)).curves
    assert (reached(curves, "train_accuracy") <= 200).all(axis=None)
    assert (curves["test_accuracy"] < 0.5).all()


def test_all_balances_of_a_seed_start_as_the_same_function():
    for activation in ("relu", "quadratic"):
        config = QUICK.changed(alphas=(0.3, 1.0, 7.0), activation=activation, tau=0.8)
        first = next(stream(config)).table
        for name in ("train_loss", "test_loss"):
            by_seed = first[name].reshape(3, 2)
            np.testing.assert_allclose(by_seed, by_seed[:1].repeat(3, 0), rtol=1e-12)
            assert by_seed[0, 0] != by_seed[0, 1]


def test_the_start_has_the_sizes_asked_for():
    first = next(stream(Grokking(alphas=(1.0, 4.0), tau=0.5, width=512, steps=60))).arrays
    for place, alpha in enumerate((1.0, 4.0)):
        assert np.std(first["W1"][place]) == pytest.approx(0.5 / alpha, rel=0.03)
        assert np.std(first["W2"][place]) == pytest.approx(0.5 * alpha / 512**0.5, rel=0.03)


def test_the_rows_of_a_frame_are_those_of_its_weights():
    result = train(QUICK)
    last, task = result.frames[-1], result.task
    rows = result.curves[result.curves["step"] == 120].set_index(["alpha", "seed"])
    for place, alpha in enumerate(QUICK.alphas):
        W1, W2 = last.arrays["W1"][place], last.arrays["W2"][place]
        for X, y, name in ((task.X, task.y, "train"), (task.X_test, task.y_test, "test")):
            f = np.maximum(X @ W1.T, 0) @ W2.T
            row = rows.loc[(alpha, 0)]
            assert row[f"{name}_loss"] == pytest.approx(((f - np.eye(7)[y]) ** 2).sum(1).mean() / 2, rel=1e-9)
            assert row[f"{name}_accuracy"] == pytest.approx((f.argmax(1) == y).mean(), abs=1e-9)
        start = result.frames[0].arrays["W1"][place]
        assert row["layer_movement"] == pytest.approx(np.linalg.norm(W1 - start) / np.linalg.norm(start), rel=1e-9)


def test_the_picture_of_the_table_has_the_accuracies_in_it():
    frames = list(stream(QUICK))
    learned = np.array(frames[0].header.chart_data["learned"], dtype=bool)
    table = frames[-1].table
    for place in range(2):
        right = frames[-1].chart_data["right"][place]
        row = place * QUICK.seeds
        assert right[learned].mean() == pytest.approx(table["train_accuracy"][row])
        assert right[~learned].mean() == pytest.approx(table["test_accuracy"][row])


def test_a_wave_is_one_frequency_and_noise_is_none():
    p, h = 23, 40
    a = np.arange(p)
    wave = np.stack([np.concatenate([np.cos(2 * np.pi * 3 * a / p + 1), 2 + np.cos(2 * np.pi * 3 * a / p)])] * h)
    pure = powers(torch.tensor(wave)[None])
    assert pure.shape == (1, h, 11) and (pure.argmax(-1) == 2).all()
    assert concentration(pure).item() == pytest.approx(1, abs=1e-12)
    # each neuron weighted by its power: a loud wave beside a silent one of two frequencies
    two = np.cos(2 * np.pi * 1 * a / p) + np.cos(2 * np.pi * 5 * a / p)
    mixed = np.concatenate([wave, np.stack([np.concatenate([two, two])] * h)])
    power = powers(torch.tensor(mixed)[None])
    # over a and b: 2 for a wave, 4 for two of them of which half is at the strongest
    assert concentration(power).item() == pytest.approx((2 + 2) / (2 + 4), abs=1e-9)


def test_equal_configs_give_bitwise_equal_frames():
    for one, other in zip(stream(QUICK), stream(QUICK), strict=True):
        for name in one.table:
            np.testing.assert_array_equal(one.table[name], other.table[name])
        for name in one.chart_data:
            np.testing.assert_array_equal(one.chart_data[name], other.chart_data[name])


def test_a_network_among_others_is_the_same_as_alone():
    together = train(QUICK).curves
    alone = train(QUICK.changed(alphas=(3.0,), seed=1, seeds=1)).curves
    mine = together[(together["alpha"] == 3) & (together["seed"] == 1)].reset_index(drop=True)
    assert list(mine["step"]) == list(alone["step"])
    np.testing.assert_allclose(mine.to_numpy(), alone.to_numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(
    ("settings", "evaluations"),
    [({}, 81), ({"steps": 60}, 61), ({"steps": 90, "every": 300}, 91), ({"steps": 2010}, 82), ({"steps": 601}, 62)],
)
def test_evaluations_go_from_the_start_to_the_last_step_and_are_never_rare(settings, evaluations):
    config = Grokking(**settings)
    steps = config.evaluations
    assert len(steps) == evaluations and steps[0] == 0 and steps[-1] == config.steps
    assert len(set(np.diff(steps)[:-1])) == 1 and max(np.diff(steps)) <= config.every


def test_frequent_evaluations_share_frames_and_none_is_lost():
    config = QUICK.changed(steps=500, every=1)
    assert len(config.evaluations) == 501 and config.expected_frames <= MAX_FRAMES
    result = train(config)
    assert len(result.frames) == config.expected_frames
    assert list(result.curves["step"].unique()) == config.evaluations
    assert len(result.curves) == 501 * config.networks
    assert [frame.step for frame in result.frames] == [steps[-1] for steps in config.schedule]


def test_the_log_of_the_largest_run_stays_small():
    config = Grokking(p=97, width=512, steps=20_000, every=1, alphas=(0.5, 1.0, 2.0, 4.0, 8.0, 16.0))
    assert 1 < config.kept_neurons < 512
    assert config.expected_frames * 6 * 3 * 97 * config.kept_neurons * 4 <= WEIGHTS_BYTES
    assert config.work().bytes < 150e6
    first = next(stream(config.changed(steps=60, alphas=(1.0,), train_fraction=0.1)))
    assert first.arrays["W2"].shape[1] == 97 and first.chart_data["right"].shape == (1, 31, 31)


@pytest.mark.parametrize("config", [BY_NAME["Grokking"].changed(steps=60), QUICK])
def test_the_estimate_of_memory_is_near_what_the_frames_hold(config):
    held = sum(frame.nbytes for frame in stream(config))
    assert held / 1.5 < config.work().bytes < held * 1.5


def test_a_network_that_diverges_ends_alone_and_is_named():
    result = train(QUICK.changed(alphas=(1.0, 20.0), learning_rate=0.1, tau=0.3, activation="quadratic"))
    table = result.curves[result.curves["step"] == 120].set_index(["alpha", "seed"])
    assert result.status == "finished"
    gone = table["train_loss"].isna().groupby("alpha").any()
    assert gone.loc[20.0] and not gone.loc[1.0]
    measured = table.drop(columns=["step", "delta_start"])
    assert measured.loc[table["train_loss"].isna()].isna().all(axis=None)
    assert result.frames[-1].verdict.endswith("; diverged: α = 20 (2 seeds)")
    assert np.isnan(result.frames[-1].chart_data["neurons"][1]).all()


def test_a_network_that_large_steps_switch_off_is_named():
    result = train(Grokking(tau=1.0, steps=60, alphas=(1.0, 4.0)))
    assert result.frames[-1].verdict.endswith("; dead after too large steps, its output 0: α = 1 (one seed)")
    W1, W2 = (result.frames[-1].arrays[name][0] for name in ("W1", "W2"))
    assert not (np.maximum(result.task.X @ W1.T, 0) @ W2.T).any()
    assert at_end(result.curves, "train_accuracy")[0].loc[4.0] > 0.2


def test_when_all_have_diverged_the_run_ends_with_a_rate_to_try():
    config = QUICK.changed(learning_rate=10.0, tau=3.0)
    frames = []
    with pytest.raises(
        Diverged, match=r"All networks had diverged, or died .* the learning rate was 10\. A third of it"
    ):
        for frame in stream(config):
            frames.append(frame)
    assert frames and np.isfinite(frames[0].table["train_loss"]).all()
    assert config.changed(learning_rate=3.3).learning_rate == 3.3


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"alphas": (1, 4, 1)}, "alphas must name each α once, got 1 more than once."),
        ({"alphas": ()}, "alphas must be 1 to 6 numbers between 0.05 and 20, separated by commas, got none."),
        ({"alphas": (0.0,)}, "alphas must be 1 to 6 numbers between 0.05 and 20, separated by commas, got 0.0."),
        ({"train_fraction": 1.0}, "train_fraction must be a number between 0.1 and 0.95, got 1.0."),
        ({"p": 3}, "p must be a whole number between 5 and 97, got 3."),
        ({"weight_decay": 0.0}, "weight_decay must be a number between 1e-09 and 10, got 0.0."),
        ({"optimiser": "sgd"}, "optimiser must be one of momentum, adamw, descent, got sgd."),
        ({"seeds": 17}, "seeds must be a whole number between 1 and 16, got 17."),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence(settings, sentence):
    with pytest.raises(ValidationError) as error:
        Grokking(**settings)
    assert complaints(Grokking, error.value) == [sentence]


@pytest.mark.parametrize("p", [5, 6])
@pytest.mark.parametrize("train_fraction", [0.1, 0.95])
def test_the_smallest_tables_train_too(p, train_fraction):
    config = QUICK.changed(p=p, train_fraction=train_fraction, width=8, steps=60)
    result = train(config)
    assert result.frames[-1].chart_data["spectrum"].shape == (2, p // 2)
    assert np.isfinite(result.curves.to_numpy()).all()


def milestones(trained, grokked, step):
    known = Milestones(*np.shape(trained))
    known.trained, known.grokked, known.step = np.array(trained, float), np.array(grokked, float), step
    return known


def test_milestones_are_the_first_steps_at_the_mark_and_stay():
    known = Milestones(1, 3)
    for step, train_now, test_now in (
        (10, [0.94, 0.99, 0.2], [0.1, 0.2, 0.99]),
        (20, [0.95, 0.5, 0.3], [0.94, 0.96, 0.99]),
        (30, [0.1, 1.0, 0.96], [0.95, 0.1, 0.97]),
    ):
        known.note(step, np.array([train_now]), np.array([test_now]))
    assert known.trained.tolist() == [[20, 10, 30]] and known.grokked.tolist() == [[30, 20, 30]]
    assert known.delay.tolist() == [[10, 10, 0]]


def test_a_median_delay_needs_more_than_half_of_the_seeds_and_the_highest_needs_all():
    nan = np.nan
    found = of_seeds(np.array([[3.0, nan, 1.0], [nan, nan, 2.0], [nan, nan, nan], [3.0, 2.0, 1.0]]))
    np.testing.assert_array_equal(found, [[3, 1, nan], [nan, 2, nan], [nan, nan, nan], [2, 1, 3]])


@pytest.mark.parametrize(
    ("trained", "grokked", "said"),
    [
        ([[100], [100]], [[900], [400]], "α = 4 grokked sooner than α = 1: delay 300 against 800 steps"),
        ([[100], [100]], [[900], [800]], "The balance makes little difference: delay 700 against 800 steps"),
        ([[100], [100]], [[np.nan], [400]], "α = 4 has grokked, after a delay of 300 steps; α = 1 has not so far"),
        (
            [[100, 100]] * 2,
            [[np.nan, 500], [400, 500]],
            "α = 4 has grokked in 2 of 2 seeds, after a median delay of 350",
        ),
        (
            [[100, 100]] * 2,
            [[np.nan] * 2, [np.nan, 9]],
            "α = 4 has grokked in 1 of 2 seeds; α = 1 has in none of 2 seeds",
        ),
        (
            [[100] * 3] * 2,
            [[900] * 3, [200, 300, 950]],
            "The balance makes little difference: median delay 200 against",
        ),
        (
            [[100, np.nan]] * 2,
            [[np.nan] * 2] * 2,
            "By heart: 2 of 4 networks know 95 % of the training sums, and of the",
        ),
        ([[np.nan]] * 2, [[np.nan]] * 2, "Still learning: the best network knows 94 % of its training sums"),
    ],
)
def test_words_say_what_the_milestones_are(trained, grokked, said):
    accuracy = np.full(np.shape(trained), 0.9499)
    lost = np.zeros(np.shape(trained), dtype=bool)
    told = verdict((1.0, 4.0), accuracy, accuracy, milestones(trained, grokked, 1000), lost, lost, np.zeros(2))
    assert told.startswith(said)


def test_a_longer_wait_further_upstream_is_told():
    accuracy, lost = np.full((3, 1), 0.9499), np.zeros((3, 1), dtype=bool)
    given = milestones([[100]] * 3, [[900], [400], [800]], 1000)
    told = verdict((1.0, 4.0, 8.0), accuracy, accuracy, given, lost, lost, np.zeros(3))
    assert told.startswith(
        "α = 4 grokked sooner than α = 1: delay 300 against 800 steps; further upstream, at α = 8, 700"
    )


def test_one_balance_alone_is_told_without_a_comparison():
    accuracy, lost = np.ones((1, 1)), np.zeros((1, 1), dtype=bool)
    told = verdict((2.0,), accuracy, accuracy, milestones([[100]], [[450]], 500), lost, lost, np.zeros(1))
    assert told == "α = 2 has grokked, after a delay of 350 steps"


def test_the_command_line_writes_a_row_for_each_network_and_evaluation(tmp_path, monkeypatch):
    monkeypatch.setitem(registry, "grokking", Grokking)
    out = tmp_path / "run.csv"
    quick = ["--p", "7", "--width", "16", "--steps", "60", "--alphas", "0.5,4", "--seeds", "2", "--out", str(out)]
    assert main(["grokking", *quick]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    assert len(rows) == 61 * 4
    assert {(row["alpha"], row["seed"]) for row in rows} == {("0.5", "0"), ("0.5", "1"), ("4.0", "0"), ("4.0", "1")}


def test_arrays_of_a_run_can_be_written_together(tmp_path):
    result = train(QUICK)
    result.to_npz(tmp_path / "run.npz")
    with np.load(tmp_path / "run.npz") as arrays:
        assert arrays["W1"].shape == (len(result.frames), 2, 16, 14) and arrays["X"].shape == (34, 14)
