"""Phase portraits on executors: equal tables everywhere, parts in order of arrival, nothing left behind."""

from __future__ import annotations

import multiprocessing
import threading
import tracemalloc
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
import torch

from lazyrich import PhasePortrait, StudentTeacher, phase_portrait
from lazyrich.experiments.phase_portrait.config import MEASURES
from lazyrich.experiments.phase_portrait.parts import Part, coordinates, parts
from lazyrich.sweeps import Finished, computed, executors, in_order, portrait_parts
from lazyrich.sweeps.files import read_portrait, write_table

CONFIG = PhasePortrait(
    tau=(0.2, 2.0, 3), delta=(-1, 1, 9), seeds=3, at=(10, 30), base=StudentTeacher(dimension=6, samples=40, width=10)
)


@pytest.fixture(scope="module")
def alone() -> pd.DataFrame:
    return phase_portrait(CONFIG)


def test_the_table_has_a_row_for_each_scale_balance_seed_and_time_in_order(alone):
    assert alone.columns.tolist() == ["tau", "delta", "seed", "at", *MEASURES]
    expected = [
        (tau, delta, seed, at)
        for tau in CONFIG.x_values
        for delta in CONFIG.y_values
        for seed in (100, 101, 102)
        for at in CONFIG.at
    ]
    assert [tuple(row) for row in alone[["tau", "delta", "seed", "at"]].to_numpy()] == expected
    assert np.isfinite(alone[list(MEASURES)]).all(axis=None)
    assert (alone.dtypes[list(MEASURES)] == np.float32).all()


def test_threads_compute_the_same_bits_and_leave_torchs_threads_alone(alone):
    before = torch.get_num_threads()
    with ThreadPoolExecutor(3) as pool:
        pd.testing.assert_frame_equal(phase_portrait(CONFIG, pool), alone, check_exact=True)
    assert torch.get_num_threads() == before


def test_another_process_computes_the_same_bits(alone):
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pd.testing.assert_frame_equal(phase_portrait(CONFIG, pool), alone, check_exact=True)


class Backwards(Executor):
    """An executor that computes all jobs in reverse order, once it has the last one."""

    def __init__(self):
        self.held: list[tuple[Future, object]] = []

    def submit(self, fn, /, *args, **kwargs):
        future: Future = Future()
        self.held.append((future, lambda: fn(*args, **kwargs)))
        if len(self.held) == len(parts(CONFIG)):
            threading.Thread(target=self.work).start()
        return future

    def work(self):
        for future, call in reversed(self.held):
            future.set_result(call())


def test_the_order_in_which_parts_come_changes_nothing(alone):
    pd.testing.assert_frame_equal(phase_portrait(CONFIG, Backwards()), alone, check_exact=True)


def test_parts_come_as_they_are_done_and_make_up_the_table(alone):
    frames = list(portrait_parts(CONFIG))
    assert len(frames) == len(parts(CONFIG)) > 3
    again = in_order(CONFIG, [{name: frame[name].to_numpy() for name in frame} for frame in reversed(frames)])
    pd.testing.assert_frame_equal(again, alone, check_exact=True)


def test_parts_that_are_done_are_not_computed_again():
    left = {finished.part.number for finished in computed(CONFIG, done={0, 2})}
    assert left == set(range(len(parts(CONFIG)))) - {0, 2}


class Counting(ThreadPoolExecutor):
    """A pool with one thread that records its jobs and starts none before the gate is open."""

    def __init__(self):
        super().__init__(1)
        self.given: list[Future] = []
        self.gate = threading.Event()

    def submit(self, fn, /, *args, **kwargs):
        def gated():
            if len(self.given) > 1:
                self.gate.wait(30)
            return fn(*args, **kwargs)

        self.given.append(super().submit(gated))
        return self.given[-1]


def test_parts_that_nobody_waits_for_any_more_are_called_off():
    with Counting() as pool:
        running = computed(CONFIG, pool)
        pool.gate.set()
        next(running)
        running.close()
        assert sum(future.cancelled() for future in pool.given) >= len(parts(CONFIG)) - 3


def test_a_part_that_fails_is_an_error_of_the_sweep():
    class Failing(ThreadPoolExecutor):
        def submit(self, fn, /, *args, **kwargs):
            return super().submit(lambda: 1 / 0)

    with Failing(1) as pool, pytest.raises(ZeroDivisionError):
        phase_portrait(CONFIG, pool)


class Instant(Executor):
    """An executor that returns invented numbers at once, to measure the memory of a sweep without computing."""

    def submit(self, fn, /, config: PhasePortrait, part: Part):
        future: Future = Future()
        where = coordinates(config, part)
        made_up = {name: np.full(len(where["at"]), part.number, dtype=np.float32) for name in MEASURES}
        future.set_result(Finished(part, where | made_up, 0.0, {}))
        return future


def test_a_grid_of_33_by_33_with_16_seeds_needs_little_memory_beside_the_computing():
    config = PhasePortrait(x_points=33, y_points=33, seeds=16)
    parts.cache_clear()
    tracemalloc.start()
    try:
        table = phase_portrait(config, Instant())
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(table) == 33 * 33 * 16 * 4
    assert most < 60e6


def test_an_executor_is_given_few_parts_at_a_time():
    class Counts(Instant):
        given = 0

        def submit(self, fn, /, config, part):
            self.given += 1
            return super().submit(fn, config, part)

    pool, config = Counts(), PhasePortrait(seeds=256)
    running = computed(config, pool)
    next(running)
    assert pool.given == executors.IN_FLIGHT < len(parts(config)) / 3
    assert 1 + sum(1 for _ in running) == pool.given == len(parts(config))


def test_a_file_gives_back_the_table_and_its_settings_and_versions(alone, tmp_path):
    write_table(tmp_path / "a.parquet", alone, {"command": "here", "core_hours": 0.5})
    back = read_portrait(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(back, alone, check_exact=True)
    assert back.attrs["lazyrich"] == {"command": "here", "core_hours": 0.5}
    write_table(tmp_path / "a.csv", alone, {})
    assert len(pd.read_csv(tmp_path / "a.csv")) == len(alone)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet"]
    with pytest.raises(ValueError, match=r"must end in .parquet or .csv, got a.npz"):
        write_table("a.npz", alone, {})
