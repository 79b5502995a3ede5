"""Presets of Hierarchy by name, a run of a second, and results as an array over alphas, sizes and seeds."""

from __future__ import annotations

import torch

from lazyrich.experiments.hierarchy.config import PRESETS, Hierarchy

BY_NAME = {preset.name: preset.config for preset in PRESETS}
CONTRACT = ["alpha", "seed", "samples", "test_error", "train_loss", "converged", "kernel_distance"]
QUICK = Hierarchy(
    alphas=(1.0, 3.0), sizes=(32, 64), seeds=2, vocabulary=4, synonyms=4, width=24, steps=500, test_samples=50,
    learning_rate=0.4,     dtype="float64", device="cpu",
)  # fmt: skip
CPU = torch.device("cpu")


def pivot(result, column):
    """alphas x sizes x seeds."""
    curves = result.curves
    shape = (len(result.config.alphas), len(result.config.sizes), result.config.seeds)
    ordered = curves.set_index(["alpha", "samples", "seed"])[column].sort_index()
    return ordered.to_numpy().reshape(shape)
