"""Presets of Filters by name, a run of a second, and runs that are measured at chosen steps only."""

from __future__ import annotations

import torch

from lazyrich.experiments.filters.config import PRESETS, Filters
from lazyrich.experiments.filters.frames import ResultTable, Training

BY_NAME = {preset.name: preset.config for preset in PRESETS}
MEASURED = ["train_loss", "test_accuracy", "filter_cosine", "low_frequency", "gabor_r2", "activation_flips"]
QUICK = Filters(
    alphas=(0.5, 4.0), seeds=2, steps=5, batch=16, samples=200, test_samples=100, dtype="float64", device="cpu"
)


def results_of(config):
    """A run before its first step."""
    found = ResultTable(config, [Training(config, config.seed + k, torch.device("cpu")) for k in range(config.seeds)])
    found.measure(0)
    return found


def after(config, *steps):
    """Train and measure after these steps only. Returns the results, and columns (alphas, seeds) for each step."""
    found, done, seen = results_of(config), 0, []
    for step in steps:
        for training in found.trainings:
            training.advance(step - done)
        done = step
        found.measure(step)
        seen.append(found.columns)
    return found, *seen
