"""Estimates of a run's remaining time, on a clock of the test."""

from typing import ClassVar

import numpy as np
import pytest

from harness.experiments import Counter
from lazyrich.config.schema import Work, parameter
from lazyrich.frame import Frame
from lazyrich.serving.progress import Progress, about, estimate

PACE = 120.0
"""Frames that a run may have in a second."""


class Announced(Counter):
    """A config that announces `pause` seconds a step, whatever a step takes, and `shown` frames."""

    name: ClassVar[str] = "announced"
    shown: int = parameter(10, "Shown", "Frames that it has.")

    @property
    def expected_frames(self):
        return self.shown

    def work(self):
        return Work(flops=1, bytes=1, scratch=0, seconds=self.pause * self.steps)


def frame(step, done=None):
    return Frame(step, float(step), {}, {}, {}, "", done=done)


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


def run(config, schedule, seconds_a_step, first=0.3):
    """Return the estimated and the true remaining seconds after each frame of a run."""
    clock = Clock()
    pace = Progress(config, PACE, clock)
    pace.start()
    estimated, came = [], []
    clock.now += first
    for count, (before, step) in enumerate(zip([0, *schedule], schedule, strict=False), 1):
        clock.now += seconds_a_step(before) * (step - before)
        pace.record(frame(step), count)
        estimated.append(pace.remaining)
        came.append(clock.now)
    return np.array(estimated), came[-1] - np.array(came)


@pytest.fixture(autouse=True)
def reference_machine(monkeypatch):
    """Take this machine for the one that estimates were measured on."""
    monkeypatch.setattr("lazyrich.serving.progress.slowness", lambda: 1.0)


def test_before_its_start_the_estimate_is_the_configs_time_or_that_of_its_frames():
    assert estimate(Announced(steps=100, pause=0.5), PACE) == 50
    assert estimate(Announced(steps=1, pause=0.0, shown=1200), 120.0) == pytest.approx(10)
    assert Progress(Announced(steps=100, pause=0.5), PACE).remaining == 50


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.02, "about 1 s"), (3.4, "about 3 s"), (9.6, "about 10 s"), (22, "about 20 s"), (58, "about 1 min"),
        (150, "about 2 min"), (590, "about 10 min"), (2000, "about 35 min"), (20_000, "about 6 hours"),
    ],
)  # fmt: skip
def test_an_estimate_has_no_more_digits_than_it_is_sure_of(seconds, words):
    assert about(seconds) == words


@pytest.mark.parametrize("wrong", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("schedule", [range(0, 1001, 20), np.unique(np.geomspace(1, 1000, 80).astype(int)) - 1])
def test_after_a_third_of_the_run_the_remaining_time_follows_its_own_pace(wrong, schedule):
    schedule = [int(step) for step in schedule]
    config = Announced(steps=schedule[-1], pause=0.05 * wrong, shown=len(schedule))
    estimated, left = run(config, schedule, lambda step: 0.05)
    late = left < 0.67 * left[0]
    assert late.sum() > 3
    assert estimated[late] == pytest.approx(left[late], rel=0.15, abs=1.0)


def test_the_remaining_time_of_a_run_that_speeds_up_follows_its_latest_pace():
    config = Announced(steps=1000, pause=0.04)
    estimated, left = run(config, range(0, 1001, 10), lambda step: 0.06 if step < 300 else 0.02)
    assert estimated[75:] == pytest.approx(left[75:], rel=0.1, abs=0.5)


def test_the_remaining_time_is_steady_although_some_frames_take_four_times_as_long():
    config = Announced(steps=1000, pause=0.03)
    estimated, left = run(config, range(0, 1001, 10), lambda step: 0.02 if step % 20 else 0.08)
    late = slice(20, None)
    assert (np.abs(np.diff(estimated)) < 0.12 * left[:-1] + 1)[late].all()
    assert estimated[late] == pytest.approx(left[late], rel=0.1, abs=1.5)


def test_time_goes_by_between_frames_and_stands_still_while_nobody_watches():
    clock = Clock()
    pace = Progress(Announced(steps=10, pause=1.0), PACE, clock)
    clock.now += 50
    assert pace.remaining == 10, "time in the queue was counted as time of training"
    pace.start()
    clock.now += 2
    assert pace.remaining == 8
    pace.pause()
    clock.now += 1000
    assert (pace.remaining, pace.spent) == (8, 2)
    pace.start()
    pace.start()
    clock.now += 3
    assert pace.remaining == 5
    clock.now += 100
    assert pace.remaining == 0


def test_a_frame_may_carry_its_own_progress():
    pace = Progress(Announced(steps=1000, pause=1.0), PACE, Clock())
    pace.record(frame(5, done=0.5), 1)
    assert pace.share == pytest.approx(0.5, abs=0.01)
    pace.record(frame(6, done=0.4), 2)
    assert pace.share == pytest.approx(0.5, abs=0.01), "the share went back"
