"""The steps at which frames are recorded."""

import numpy as np
import pytest

from lazyrich.experiments.common.schedule import logarithmic


@pytest.mark.parametrize("steps", [1, 10, 399, 400, 401, 1000, 100_000, 10_000_000])
def test_schedule_runs_from_0_to_the_last_step_in_at_most_400_increasing_steps(steps):
    at = logarithmic(steps)
    assert at[0] == 0 and at[-1] == steps
    assert np.all(np.diff(at) > 0)
    assert len(at) <= 400


@pytest.mark.parametrize("steps", [1000, 100_000, 10_000_000])
def test_schedule_uses_nearly_all_the_frames_it_may(steps):
    assert len(logarithmic(steps)) >= 380


def test_late_steps_are_evenly_spaced_in_their_logarithm():
    late = np.log([step for step in logarithmic(1_000_000) if step > 1000])
    gaps = np.diff(late)
    assert gaps.max() / gaps.min() == pytest.approx(1, abs=0.1)
