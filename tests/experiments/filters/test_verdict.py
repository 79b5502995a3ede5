"""The verdict of a Filters run on known numbers."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich.experiments.filters.summary import verdict


def verdict_of(cosine, fit, loss=1.0, accuracy=0.5, dead=False, step=9):
    """Return the verdict on alpha = 0.1 and 10 with these numbers for each, in every seed."""
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
def test_the_verdict_agrees_with_the_numbers(numbers, sentence):
    assert sentence in verdict_of(**{"cosine": [[1.0], [0.5]], "fit": 0.2} | numbers)
