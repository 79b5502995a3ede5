"""Filters names networks that diverge or die, and refuses invalid settings."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from lazyrich.config.schema import complaints
from lazyrich.experiments.filters.config import Filters
from lazyrich.frame import Diverged
from lazyrich.results.train import stream
from tests.experiments.filters.runs import MEASURED, QUICK, after, results_of


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
        found.measure(step)
    assert training.running == [True, False]
    for name in MEASURED:
        assert np.isnan(found.columns[name]).tolist() == [[False], [True]]
    view = found.chart_data()
    assert np.isnan(view["filters"][1]).all() and np.isfinite(view["filters"][0]).all()
    assert found.verdict().endswith("; diverged: α = 4 (one seed)")


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
def test_invalid_settings_are_refused_in_a_sentence(settings, sentence):
    with pytest.raises(ValidationError) as error:
        Filters(**settings)
    assert complaints(Filters, error.value) == [sentence]
