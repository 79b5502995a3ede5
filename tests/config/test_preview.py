"""The steps of a run that a preview shows."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lazyrich.config.preview import at_steps, evenly_in_log
from lazyrich.experiments.common.schedule import logarithmic
from lazyrich.frame import Frame


@given(st.integers(10, 10_000_000), st.integers(4, 80))
def test_steps_are_some_of_the_schedule_with_both_ends_and_nowhere_far_apart(steps, frames):
    schedule = logarithmic(steps)
    chosen = evenly_in_log(schedule, frames)
    assert chosen == sorted(set(chosen)) and set(chosen) <= set(schedule)
    assert chosen[0] == 0 and chosen[-1] == steps and len(chosen) <= max(frames, 2)
    # one interval in log(step), plus half an interval of the schedule at each end, where early steps are rounded
    between = np.log(steps) / (frames - 2)
    positive = np.array(chosen[1:])
    room = np.log1p(1 / positive[:-1]) + np.log(steps) / 300
    assert (np.diff(np.log(positive)) <= between + room + 1e-9).all()


def test_a_short_schedule_is_shown_whole():
    assert evenly_in_log(range(11), 60) == list(range(11))


def test_a_run_that_ends_between_two_steps_of_its_preview_is_shown_to_its_last_frame():
    frames = [Frame(step, float(step), {}, {}, {}, "") for step in range(8)]
    assert [frame.step for frame in at_steps(frames, {0, 3, 5, 20})] == [0, 3, 5, 7]
    assert [frame.step for frame in at_steps(frames[:6], {0, 3, 5, 20})] == [0, 3, 5]
