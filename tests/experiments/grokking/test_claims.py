"""The paper's claims about grokking: upstream the delay is shorter, and settings in which it is not."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich.results.train import train
from tests.experiments.grokking.runs import BY_NAME, at_end


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
def test_the_verdict_counts_seeds_and_names_exceptions(balances):
    verdict = balances.frames[-1].verdict
    assert verdict.startswith("In 3 of 3 seeds α = ") and "grokked sooner than α = 1: median delay" in verdict
    assert "further upstream, at α = 16" in verdict
    verdict = balances.frames[0].verdict
    assert verdict.startswith("At the start, where every α computes the same function; mean δᵢ by α: −1.8 at 0.5, −0.4")
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
def test_the_run_of_the_first_preset_agrees_with_its_sentence(balances):
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
def test_from_a_large_start_networks_memorise_and_do_not_generalise():
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
