"""Places for active runs, assigned fairly: the other runs wait, and report their place in the queue."""

import pytest

from harness.experiments import Counter, Hungry
from harness.waiting import eventually
from lazyrich.serving.pool import Busy


def test_past_the_active_runs_a_run_waits_with_its_place_and_starts_when_one_ends(small):
    pool = small(max_runs=1, max_waiting=2)
    first, second, third = (pool.request(Counter(steps=10_000, seed=seed)) for seed in range(3))
    assert [run.status for run in (first, second, third)] == ["running", "waiting", "waiting"]
    assert "number 1 of 2 " in second.message and "number 2 of 2 " in third.message
    with pytest.raises(Busy, match="1 run is training and 2 wait"):
        pool.request(Counter(seed=3))
    assert pool.request(Counter(steps=10_000, seed=2)) is third, "a request for a run that exists was refused"
    assert pool.stop_run(first)
    assert (second.status, second.message) == ("running", "")
    assert "number 1 of 1 " in third.message
    assert pool.stop_run(second)
    eventually(lambda: third.frames)


def test_the_length_of_the_queue_is_limited_also_for_runs_that_wait_for_memory(small):
    pool = small(max_waiting=2, all_scratch_mb=100)
    first = pool.request(Hungry(needs=90, steps=10_000))
    waiting = [pool.request(Hungry(needs=90, steps=10_000, seed=seed)) for seed in (1, 2)]
    assert [run.status for run in (first, *waiting)] == ["running", "waiting", "waiting"]
    with pytest.raises(Busy, match="1 run is training and 2 wait"):
        pool.request(Hungry(needs=90, seed=3))


def test_a_run_that_waits_can_be_stopped(small):
    pool = small(max_runs=1)
    pool.request(Counter(steps=10_000))
    waiting = pool.request(Counter(seed=1))
    assert pool.stop_run(waiting)
    assert waiting.status == "stopped"
    assert pool.counts()["waiting"] == 0
