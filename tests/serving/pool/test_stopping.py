"""A pool leaves nothing behind when it is stopped, or when its parent ends or is killed."""

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.experiments import Counter, Thinker
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import RunPool
from tests.serving.pool.waits import gone, over

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("workers", [0, 2])
def test_stopping_ends_threads_and_processes_and_may_be_done_twice_and_undone(workers):
    before = set(threading.enumerate())
    pool = RunPool(Limits(workers=workers))
    pool.start()
    pool.start()
    run = pool.request(Counter(steps=10_000))
    eventually(lambda: run.frames)
    pids = [pid for pid in pool.worker_pids if pid != os.getpid()]
    assert len(pids) == workers
    pool.stop()
    pool.stop()
    assert run.status == "stopped" and run.message
    assert set(threading.enumerate()) == before
    assert all(gone(pid) for pid in pids)
    assert not pool.healthy
    with pytest.raises(RuntimeError, match="start"):
        pool.request(Counter(seed=1))
    with pool:
        assert over(pool.request(Counter(seed=1))).status == "finished"


def test_stopping_does_not_wait_for_a_frame_that_takes_minutes():
    pool = RunPool(Limits(workers=1))
    pool.start()
    run = pool.request(Thinker())
    eventually(lambda: run.frames)
    (pid,) = pool.worker_pids
    pool.stop()
    assert gone(pid)


SCRIPT = """
import sys, time
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import RunPool
from harness.experiments import Counter, Thinker

pool = RunPool(Limits(workers=int(sys.argv[1])))
pool.start()
run = pool.request(Thinker() if sys.argv[2] == "think" else Counter(steps=10_000))
while not run.frames:
    time.sleep(0.01)
print(*pool.worker_pids, flush=True)
if sys.argv[2] != "exit":
    time.sleep(60)
"""


def script(*words):
    return subprocess.Popen([sys.executable, "-c", SCRIPT, *words], cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("workers", ["0", "1"])
def test_an_interpreter_that_ends_without_stopping_its_pool_ends_in_good_order(workers):
    process = script(workers, "exit")
    pids, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert all(gone(pid) for pid in map(int, pids.split()))


@pytest.mark.parametrize("busy", ["count", "think"])
def test_no_worker_outlives_a_parent_that_is_killed(busy):
    process = script("2", busy)
    assert process.stdout is not None
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 2 and not any(map(gone, pids))
    process.kill()
    process.communicate()
    eventually(lambda: all(map(gone, pids)))
