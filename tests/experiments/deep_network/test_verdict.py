"""The verdict of a DeepNetwork: it counts seeds and names the losses that were reached."""

import numpy as np
import pytest

from lazyrich import stream
from lazyrich.experiments.common import multi_network
from lazyrich.experiments.deep_network.summary import verdict
from tests.experiments.deep_network.reference import SMALL


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
    text = verdict(10, (0.5, 4.0), columns | {"resting": flips > 0.25})
    assert text.startswith(sentence) and "; test accuracy " in text
    assert f"at training loss {np.median(flips[1]) + 0.1:.2g} against {np.median(flips[0]) + 0.1:.2g}" in text
    assert f"{(flips > 0.25).sum()} of {flips.size} reached 1 % of the first loss" in text


def test_one_alpha_is_described_without_a_comparison():
    frames = list(stream(SMALL.changed(alphas=(2.0,), seeds=1, steps=20)))
    assert frames[0].verdict == "At the start, where every α computes the same function"
    assert frames[-1].verdict.startswith("α = 2: ") and "against" not in frames[-1].verdict


def test_spread_is_median_lowest_and_highest_and_nan_where_a_seed_is_none():
    values = np.array([[3.0, 1.0, 2.0], [1.0, np.nan, 2.0]])
    np.testing.assert_array_equal(multi_network.spread(values), [[2, 1, 3], [np.nan] * 3])
    assert multi_network.numbered("loss", values)["loss_1"] == 2.0
    assert multi_network.in_seeds(2, 3) == "in 2 of 3 seeds " and multi_network.in_seeds(1, 1) == ""
