"""The parts in which a phase portrait is computed: every student once, coarse grids first."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from lazyrich import PhasePortrait
from lazyrich.experiments.phase_portrait.parts import parts
from tests.experiments.phase_portrait.small import small


@pytest.mark.parametrize("shape", [(17, 17), (17, 5), (5, 17), (2, 9), (6, 7), (33, 20)])
def test_the_parts_hold_every_student_once_and_coarse_grids_come_first(shape):
    config = PhasePortrait(x_points=shape[0], y_points=shape[1], seeds=2)
    ordered = parts(config)
    assert [part.number for part in ordered] == list(range(len(ordered)))
    students = [(part.seed, *cell) for part in ordered for cell in part.cells]
    assert len(set(students)) == len(students) == 2 * shape[0] * shape[1]
    of_first = [cell for seed, *cell in students if seed == 100]
    # before the second seed begins, and every student of each grid before those between its points
    assert students[: len(of_first)] == [(100, *cell) for cell in of_first]
    for stride in (8, 4, 2):
        grid = [n for n, (i, j) in enumerate(of_first) if i % stride == 0 and j % stride == 0]
        if all((points - 1) // stride >= 4 for points in shape):
            assert grid == list(range(len(grid)))


def test_students_of_a_part_share_their_task_and_their_rates():
    config = PhasePortrait(eta_ratio=(0.1, 10, 5), width=(10, 50, 5), seeds=1)
    for part in parts(config):
        settings = [config.settings_at(config.x_values[i], config.y_values[j]) for i, j in part.cells]
        assert len({(s["width"], s["eta_a"], s["eta_w"]) for s in settings}) == 1


def test_a_part_and_its_portrait_travel_between_processes():
    config = small()
    assert pickle.loads(pickle.dumps(config)) == config
    assert pickle.loads(pickle.dumps(parts(config)[0])) == parts(config)[0]


def test_a_portrait_that_goes_on_has_the_frames_of_one_that_was_never_stopped():
    config = PhasePortrait(x_points=3, y_points=3, seeds=4, at=(1, 10), dimension=(5,), samples=(20,), width=(4,))
    whole = list(config.frames())
    assert len(whole) > 4
    for stopped in (1, 3):
        rest = pickle.loads(pickle.dumps(config.continuation(whole[:stopped])))
        for one, other in zip(rest.frames(), whole[stopped:], strict=True):
            assert (one.step, one.verdict, one.metrics) == (other.step, other.verdict, other.metrics)
            assert one.header is None
            for name, values in other.chart_data.items():
                np.testing.assert_array_equal(one.chart_data[name], values)
            for name, values in other.table.items():
                np.testing.assert_array_equal(one.table[name], values)
