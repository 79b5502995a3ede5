"""The spread of learned functions over seeds, against single runs and plain sums."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich import StudentTeacher, train
from lazyrich.charts import Function
from lazyrich.experiments.student_teacher import charts
from lazyrich.experiments.student_teacher.function_sizes import BAND

CONFIG = StudentTeacher(method="flow", delta=1.0, steps=10, learning_rate=5e-4, seed=4)
NAMES = ("function_median", "function_low", "function_high")


def function(X, W, a):
    return np.maximum(X @ W.T, 0) @ a


def teacher(X, run):
    arrays = run.frames[0].header.arrays
    return function(X, arrays["teacher_W"], arrays["teacher_a"])


def circle(radius=1.0):
    angles = np.deg2rad(np.linspace(-180, 180, BAND))
    return radius * np.stack([np.cos(angles), np.sin(angles)], 1)


def test_the_band_holds_the_errors_of_all_seeds_around_the_first_seeds_teacher():
    result = train(CONFIG.changed(seeds=4))
    X = circle()
    singles = [train(CONFIG.changed(seed=seed)) for seed in range(4, 8)]
    for frame in (0, len(result.frames) // 2, -1):
        errors = [
            function(X, run.frames[frame].arrays["W"], run.frames[frame].arrays["a"]) - teacher(X, run)
            for run in singles
        ]
        expected = np.quantile(errors, (0.5, 0.1, 0.9), axis=0)
        expected += teacher(X, singles[0])
        found = [result.frames[frame].chart_data[name] for name in NAMES]
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_seeds_that_share_data_without_a_teacher_spread_in_their_functions():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((15, 2))
    y = np.abs(X[:, 0])
    together = train(CONFIG.changed(seeds=3), task=(X, y))
    singles = [train(CONFIG.changed(seed=seed), task=(X, y)) for seed in (4, 5, 6)]
    inputs = circle(np.linalg.norm(X, axis=1).mean())
    functions = [function(inputs, run.frames[-1].arrays["W"], run.frames[-1].arrays["a"]) for run in singles]
    found = together.frames[-1].chart_data["function_median"]
    np.testing.assert_allclose(found, np.median(functions, axis=0), rtol=1e-5, atol=1e-6)


def test_a_seed_that_has_failed_does_not_count_and_more_dimensions_have_no_band():
    config = StudentTeacher(seeds=8, tau=0.5, delta=1.0, steps=100, learning_rate=0.06)
    result = train(config)
    assert result.failed
    last = result.frames[-1]
    assert all(np.isfinite(last.chart_data[name]).all() for name in NAMES)
    assert not set(NAMES) & set(train(CONFIG.changed(seeds=2, dimension=3, steps=10)).frames[0].chart_data)
    assert not set(NAMES) & set(train(CONFIG).frames[0].chart_data)


@pytest.mark.parametrize("seeds", [1, 2])
def test_the_chart_uses_only_data_of_the_frames(seeds):
    config = CONFIG.changed(seeds=seeds, steps=20)
    [chart] = [chart for chart in charts.charts(config) if isinstance(chart, Function)]
    held = train(config).frames[-1].chart_data
    assert all((name in held) == (seeds > 1) for name in (chart.median, chart.low, chart.high))
