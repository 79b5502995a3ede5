"""The measured speed of a machine: the fastest of some measurements, within a plausible range."""

from __future__ import annotations

import time

import pytest

from lazyrich.serving import calibration, progress
from lazyrich.serving.calibration import LARGEST, REFERENCE, SMALLEST, probe, relative, slowness
from tests.serving.test_progress import Announced


def test_the_quickest_measurement_counts_over_the_reference():
    seconds = iter([9.0, 3 * REFERENCE, 2 * REFERENCE, 5.0, 4 * REFERENCE])
    assert relative(lambda: next(seconds)) == pytest.approx(2)
    assert relative(lambda: 0.0) == SMALLEST and relative(lambda: 1e3) == LARGEST


def test_the_probe_takes_processor_time_and_is_made_once():
    before = time.thread_time()
    measured = probe()
    assert 0 < measured <= time.thread_time() - before
    slowness()
    misses = calibration.slowness.cache_info().misses
    assert slowness() == slowness() and calibration.slowness.cache_info().misses == misses


def test_the_estimated_time_of_a_run_follows_the_machine(monkeypatch):
    estimates = []
    for factor in (1.0, 3.0):
        monkeypatch.setattr(progress, "slowness", lambda factor=factor: factor)
        estimates.append(progress.estimate(Announced(steps=100, pause=0.5), 120.0))
    assert estimates == [50, 150]
