"""Presets of Grokking by name, a run of a second, and the last numbers of a run."""

from __future__ import annotations

from lazyrich.experiments.grokking.config import PRESETS, Grokking

BY_NAME = {preset.name: preset.config for preset in PRESETS}
QUICK = Grokking(p=7, width=16, steps=120, alphas=(1.0, 3.0), seeds=2, dtype="float64", device="cpu")


def at_end(curves, column):
    return curves[curves["step"] == curves["step"].max()].set_index(["alpha", "seed"])[column].unstack()
