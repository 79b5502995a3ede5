"""Grokking names networks that diverge or die, and refuses invalid settings."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from lazyrich.config.schema import complaints
from lazyrich.experiments.grokking.config import Grokking
from lazyrich.frame import Diverged
from lazyrich.results.train import stream, train
from tests.experiments.grokking.runs import QUICK, at_end


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
def test_invalid_settings_are_refused_in_a_sentence(settings, sentence):
    with pytest.raises(ValidationError) as error:
        Grokking(**settings)
    assert complaints(Grokking, error.value) == [sentence]
