"""Chunks of frames that are computed together, and runs that end within a chunk."""

from __future__ import annotations

import numpy as np
import pytest

from lazyrich import StudentTeacher, train
from lazyrich.experiments.student_teacher.chunks import MAX_FRAMES, MAX_SECONDS, chunks


@pytest.mark.parametrize("descent", [False, True])
@pytest.mark.parametrize("most", [1, 5, MAX_FRAMES])
def test_chunks_are_the_schedule_in_parts_that_double_to_their_bound(descent, most):
    schedule = StudentTeacher(steps=10_000).schedule
    parts = list(chunks(schedule, 2000, descent, most))
    assert [step for part in parts for step in part] == schedule
    sizes = [len(part) for part in parts]
    assert sizes[0] == 1 and max(sizes) == most
    assert all(size <= 2**k for k, size in enumerate(sizes))
    if not descent:
        assert sizes[:-1] == [min(2**k, most) for k in range(len(sizes) - 1)]


def test_a_chunk_of_descent_spans_few_steps_where_these_are_expensive():
    schedule = list(range(0, 100_000, 1000))
    cheap, dear = (list(chunks(schedule, products, True, MAX_FRAMES)) for products in (10, 10**7))
    assert len(cheap) < len(dear) == len(schedule)
    # the same frames, whatever the machine does beside them
    assert list(chunks(schedule, 10**7, True, MAX_FRAMES)) == dear
    assert MAX_SECONDS < 0.1


@pytest.mark.parametrize("seeds", [1, 2])
def test_a_run_that_ends_in_the_midst_of_a_chunk_has_the_frames_of_one_that_does_not(seeds):
    """Runs until flat end at frames of their own; what was computed beyond is not shown, nor in a seed's rows."""
    sizes = {"width": 10, "samples": 5, "test_samples": 50, "tau": 1.0, "steps": 20_000, "learning_rate": 0.02}
    config = StudentTeacher(method="flow", until="flat", seeds=seeds, **sizes)
    flat = train(config)
    whole = train(config.changed(until="steps"))
    parts = list(chunks(config.schedule, 2000 * seeds, False, MAX_FRAMES))
    ends = set(np.cumsum([len(part) for part in parts]).tolist())
    lengths = []
    for seed in range(seeds):
        ours, theirs = (
            rows[rows.seed == seed].reset_index(drop=True) if seeds > 1 else rows
            for rows in (flat.curves, whole.curves)
        )
        np.testing.assert_array_equal(ours.train_loss, theirs.train_loss[: len(ours)])
        np.testing.assert_array_equal(ours.kernel_distance, theirs.kernel_distance[: len(ours)])
        lengths.append(len(ours))
    assert all(0 < length < len(whole.frames) and length not in ends for length in lengths)
    assert len(flat.frames) == max(lengths)
