"""Specifications of charts of one moment, and runs with known numbers for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from harness.browser.one_chart import Run

NAN = np.nan
SIZES = [128, 512, 2048, 8192, 32768]


def errors(frames: int = 4) -> np.ndarray:
    """Return (frames, 3 networks, 5 points, 3): more points with each frame. The last network has a gap."""
    median = np.array([[0.9, 0.7, 0.5, 0.3, 0.1]]) * np.array([[1.0], [0.8], [0.6]])
    spread = np.stack([median, median - 0.05, median + 0.04], axis=-1)
    values = np.repeat(spread[None], frames, axis=0)
    for k in range(frames):
        values[k, :, k + 2 :] = NAN
    values[-1, 2, 1] = values[-1, 2, 4] = NAN
    return values


LINES = {
    "kind": "lines",
    "title": "Test error",
    "array": "test_error",
    "x": "test_error_x",
    "x_title": "training strings",
    "x_log": True,
    "y": {"log": False, "title": "share of wrong classes", "floor": 0.0, "least": 1.0, "ceiling": 1.0},
    "labels": ["α 0.5", "α 1", "α 4"],
    "hollow": "converged",
    "markers": True,
    "guides": [{"y": 0.3, "label": "30 %"}, {"y": 0.1, "label": "10 %"}],
}


def lines_run(values: np.ndarray | None = None, **view: Any) -> Run:
    test_error = errors() if values is None else values
    converged = np.ones(test_error.shape[:3])
    converged[:, 1, 2:] = 0
    arrays = {"test_error": test_error, "converged": converged}
    return Run(arrays, {"test_error_x": SIZES, **view}, spread=("test_error",))


BARS = {
    "kind": "bars",
    "title": "The wait",
    "array": "delay",
    "under": "train_steps",
    "under_label": "to 95 % train",
    "labels": ["α 0.5", "α 1", "α 2", "α 4"],
    "waiting": "not yet",
    "y": {"log": False, "title": "steps"},
}
DELAY = np.array([[900, 700, 1200], [400, 350, 500], [NAN] * 3, [NAN] * 3])
TRAINED = np.array([[300, 200, 400], [350, 300, 400], [500, 450, 500], [NAN] * 3])


def bars_run() -> Run:
    """Return a run of three frames: no numbers yet, then those of training only, then all."""
    nothing = np.full((4, 3), NAN)
    arrays = {"delay": np.stack([nothing, nothing, DELAY]), "train_steps": np.stack([nothing, TRAINED, TRAINED])}
    return Run(arrays, spread=tuple(arrays))


MAP = {
    "kind": "heat",
    "title": "Activations flipped",
    "array": "map",
    "x": "alphas",
    "y": "taus",
    "x_title": "α, upstream to the right",
    "y_title": "τ",
    "range": [0, 1],
    "write": True,
    "digits": 2,
}
ALPHAS, TAUS = [0.1, 1, 10, 20], [0.3, 1, 3]
VALUES = np.array([[0.0, 0.2, 0.4, 0.6], [0.3, 0.5, 0.7, 0.9], [1.0, 0.8, 0.1, NAN]])


def map_run(values: np.ndarray = VALUES) -> Run:
    """Return a run of two frames: no numbers yet, then these values."""
    return Run({"map": np.stack([np.full_like(values, NAN), values])}, {"alphas": ALPHAS, "taus": TAUS})
