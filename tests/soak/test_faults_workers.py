"""Real workers that die, hang or break: viewers read the reason, other runs lose no frame, the pool recovers."""

from __future__ import annotations

import os
import signal

import pytest

from harness.experiments import Counter
from harness.faults.faulty import FAULTS, Faulty
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import RunPool

SHORT = ("take all memory", "compute for ever", "send garbage", "send half a message", "flood")
"""Faults of different kinds, without those of tests/serving/pool; `make soak` tests all faults."""

SEEDS = iter(range(1_000_000))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "how" in metafunc.fixturenames:
        metafunc.parametrize("how", list(FAULTS) if metafunc.config.getoption("long") else SHORT)


@pytest.fixture(scope="module")
def pool():
    with RunPool(Limits(workers=2, hung_seconds=2, frame_seconds=2, worker_mb=800)) as pool:
        yield pool


def watched(pool, config):
    run = pool.request(config)
    pool.watch(run)
    return run


def goes_on(run, frames=30):
    held = len(run.frames)
    eventually(lambda: len(run.frames) > held + frames, seconds=30)
    assert [frame.step for frame in run.frames] == list(range(len(run.frames)))
    assert (run.status, run.message) == ("running", "")


SAYS = {
    "raise": "not foreseen; the server's log has it",
    "exit": "ended unexpectedly (with exit code 17)",
    "be killed": "ended unexpectedly (by signal 9)",
    "crash": "ended unexpectedly (by signal 11)",
    "stop": "was ended because it did not answer for 2 s",
    "take all memory": "needed more memory than there was for it",
    "compute for ever": "was ended because one frame took longer than 2 s",
    "hold the interpreter for ever": "was ended because",
    "send garbage": "was ended because it sent what cannot be read",
    "send what is no pickle": "was ended because it sent what cannot be read",
    "send what means nothing": "was ended because it sent what cannot be read",
    "announce too much": "was ended because it sent what cannot be read",
    "send half a message": "was ended because",
    "flood": "was ended because it went on and on",
    "close the pipe": "ended unexpectedly",
}


def test_a_run_that_breaks_its_worker_gives_the_reason_and_other_runs_go_on(pool, how, caplog):
    eventually(lambda: pool.healthy)
    neighbours = [watched(pool, Counter(steps=10_000, seed=next(SEEDS))) for _ in range(4)]
    eventually(lambda: all(len(run.frames) > 5 for run in neighbours), seconds=30)
    broken = watched(pool, Faulty(steps=20, how=how, seed=next(SEEDS)))
    eventually(lambda: broken.over, seconds=30)
    assert broken.status == "failed"
    assert SAYS[how] in broken.message
    assert "secret" not in broken.message and "Traceback" not in broken.message
    assert len(broken.frames) == 10, "the frames of the failed run were not kept"
    for run in neighbours:
        goes_on(run)
        pool.stop_run(run)
        pool.unwatch(run)
    eventually(lambda: pool.healthy)
    assert "the supervisor of the workers goes on after an error" not in caplog.text


def test_all_workers_die_at_once_and_no_run_loses_a_frame(pool):
    eventually(lambda: pool.healthy)
    runs = [watched(pool, Counter(steps=10_000, seed=next(SEEDS))) for _ in range(6)]
    eventually(lambda: all(len(run.frames) > 5 for run in runs), seconds=30)
    before = pool.worker_pids
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: not pool.healthy)
    eventually(lambda: pool.healthy, seconds=30)
    assert not set(before) & set(pool.worker_pids)
    lost = [run for run in runs if run.over]
    assert len(lost) <= 2, "more runs were lost than the one in turn on each worker"
    for run in runs:
        if run in lost:
            assert "ended unexpectedly (by signal 9)" in run.message
        else:
            goes_on(run)
        pool.stop_run(run)
        pool.unwatch(run)
