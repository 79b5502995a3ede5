"""A small run of every experiment that chooses a device, errors of a card, and how frames are compared."""

from __future__ import annotations

import numpy as np
import torch

from lazyrich import (
    DeepNetwork,
    Filters,
    Grokking,
    Hierarchy,
    PhasePortrait,
    StudentTeacher,
)

STUDENT = {"width": 6, "samples": 8, "test_samples": 8}
ALPHAS = {"alphas": (1.0, 2.0), "seeds": 1}
EXAMPLES = {
    "descent": StudentTeacher(steps=15, dimension=2, **STUDENT),
    "leaky": StudentTeacher(steps=15, dimension=3, leak=0.1, dtype="float32", twin=True, noise=0.5, **STUDENT),
    "flow": StudentTeacher(steps=15, tau=1.0, method="flow", **STUDENT),
    "deep-network": DeepNetwork(steps=12, width=8, samples=32, depth=3, dtype="float64", **ALPHAS),
    "filters": Filters(steps=5, samples=200, test_samples=100, batch=16, **ALPHAS),
    "hierarchy": Hierarchy(
        sizes=(32,), width=8, test_samples=32, steps=20, levels=2, vocabulary=4, synonyms=4, **ALPHAS
    ),
    "grokking": Grokking(p=5, width=8, steps=60, dtype="float64", **ALPHAS),
    "quadratic": Grokking(
        p=5, width=8, steps=60, optimiser="adamw", loss="cross-entropy", activation="quadratic", **ALPHAS
    ),
    "phase-portrait": PhasePortrait(
        seeds=1, x_points=2, y_points=2, tau=(1.0, 2.0), at=(10, 30), dimension=2, samples=12, width=6, test_samples=8
    ),
}
AUTO = {name: config for name, config in EXAMPLES.items() if config.device == "auto"}
BROKEN = torch.AcceleratorError("CUDA error: no kernel image is available for execution on the device\nCUDA kernel")
FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 MiB. GPU 0 has a total capacity of 1 GiB")


def numbers(frame):
    """All numbers of a frame by name."""
    named = {**frame.arrays, **frame.chart_data, **(frame.table or {}), **(frame.header.arrays if frame.header else {})}
    return {"step": frame.step, "time": frame.time, **frame.metrics, **named}


def assert_same(frames, others, tolerance=0.0):
    assert len(frames) == len(others)
    for frame, other in zip(frames, others, strict=True):
        mine, theirs = numbers(frame), numbers(other)
        assert mine.keys() == theirs.keys()
        for name, values in mine.items():
            np.testing.assert_allclose(values, theirs[name], rtol=tolerance, atol=tolerance, err_msg=name)


def problem(on=None, dimension=3):
    draw = np.random.default_rng(0)
    arrays = (draw.normal(size=shape) for shape in ((8, dimension), (8,), (6, dimension), (6,)))
    return [torch.from_numpy(array).to(on or "cpu") for array in arrays]
