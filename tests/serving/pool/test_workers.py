"""Worker processes that train, crash, hang and are replaced."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.experiments import Counter, Ending
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import RunPool
from tests.serving.pool.waits import gone, over

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def pool() -> Iterator[RunPool]:
    """A pool of two workers, for tests that kill or stop one."""
    with RunPool(Limits(workers=2, hung_seconds=2)) as pool:
        yield pool


def test_workers_leave_signals_for_a_whole_group_to_their_parent(pool):
    runs = [pool.request(Counter(steps=30, seed=seed)) for seed in (1, 2)]
    eventually(lambda: all(run.frames for run in runs))
    before = pool.worker_pids
    for number in (signal.SIGINT, signal.SIGTERM):
        for pid in before:
            os.kill(pid, number)
    assert [over(run).status for run in runs] == ["finished", "finished"]
    assert pool.worker_pids == before


def test_a_worker_that_hangs_is_replaced_and_its_runs_fail_with_the_reason_or_go_on(pool):
    run = pool.request(Counter(steps=10_000))
    eventually(lambda: run.frames)
    hung = int(run.frames[0].metrics["worker"])
    os.kill(hung, signal.SIGSTOP)
    eventually(lambda: run.message)
    assert "did not answer for 2 s" in run.message or "are being started again" in run.message
    eventually(lambda: pool.healthy, seconds=30)
    assert gone(hung) and hung not in pool.worker_pids
    # the run has failed only if the worker was computing it when it hung
    eventually(lambda: pool.request(Counter(steps=10_000)).status == "running", seconds=30)
    held = len(pool.request(Counter(steps=10_000)).frames)
    eventually(lambda: len(pool.request(Counter(steps=10_000)).frames) > held, seconds=30)


def test_a_crashed_worker_fails_its_runs_and_is_replaced_while_the_others_play_on(pool):
    other = pool.request(Counter(steps=10_000))
    eventually(lambda: other.frames)
    before = set(pool.worker_pids)
    crashed = over(pool.request(Ending(how="exit")))
    assert crashed.status == "failed"
    assert "exit code 17" in crashed.message
    assert len(crashed.frames) == 10
    eventually(lambda: pool.healthy)
    assert len(set(pool.worker_pids) & before) == 1
    held = len(other.frames)
    eventually(lambda: len(other.frames) > held)

    # what has killed three workers is not tried again
    again = over(pool.request(Ending(how="exit")))
    assert again is not crashed
    third = over(pool.request(Ending(how="exit")))
    assert third is not again and "is not tried again" in third.message
    assert pool.request(Ending(how="exit")) is third
    assert over(pool.request(Counter())).status == "finished"


def test_a_pool_whose_workers_cannot_start_reports_it_lets_runs_wait_and_recovers(monkeypatch):
    python = sys.executable
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with RunPool(Limits(workers=1)) as pool:
        eventually(lambda: not pool.worker_pids)
        assert not pool.healthy
        run = pool.request(Counter())
        assert run.status == "waiting"
        monkeypatch.setattr(sys, "executable", python)
        assert over(run).status == "finished"
        assert pool.healthy


def test_a_worker_trains_the_real_experiment_and_the_web_process_imports_no_torch():
    program = """
import sys
import lazyrich.serving.pool, lazyrich.web.stream.routes, lazyrich.web.server.sessions
from harness.waiting import eventually
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.config.limits import Limits
config = StudentTeacher(steps=100)
with lazyrich.serving.pool.RunPool(Limits(workers=1), warm=[StudentTeacher(steps=10)]) as pool:
    run = pool.request(config)
    eventually(lambda: run.over, seconds=60)
    print(run.status, repr(run.message), len(run.frames) == config.expected_frames, "torch" in sys.modules)
"""
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert answer.stdout.strip() == "finished '' True False", answer.stderr
