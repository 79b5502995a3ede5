"""Whether the kernel moved before the loss fell, on records with a known answer."""

from __future__ import annotations

import numpy as np

from lazyrich.experiments.common.kernel_first import moved_first
from lazyrich.experiments.common.verdict import LAZY


def test_a_kernel_moved_first_if_half_of_its_way_came_before_the_tenth_of_the_loss():
    times = np.array([0.0, 1.0, 2.0, 3.0])
    nan = np.nan
    columns = {
        "half at 1, a tenth at 1.5": ([0, 0.1, 0.2, 0.2], 1.5, True),
        "half at 2": ([0, 0.09, 0.2, 0.2], 1.5, False),
        "at the same time": ([0, 0.1, 0.2, 0.2], 1.0, False),
        "a tenth not reached": ([0, 0.1, 0.2, 0.2], nan, True),
        "hardly moved": ([0, 0.9 * LAZY, 0.9 * LAZY, 0.9 * LAZY], 2.5, False),
        "back again, half of what it is now": ([0, 0.4, 0.4, 0.1], 1.5, True),
        "ended at 1, its last number told for now": ([0, 0.3, nan, 0.3], 1.5, True),
    }
    distances = np.array([row for row, *_ in columns.values()]).T
    tenths = np.array([tenth for _, tenth, _ in columns.values()])
    found = dict(zip(columns, moved_first(times, distances, tenths).tolist(), strict=True))
    assert found == {name: expected for name, (*_, expected) in columns.items()}
