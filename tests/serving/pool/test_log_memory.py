"""Memory of the logs: logs that are dropped, runs that are stopped, and requests that are refused at its limit."""

import pytest

from harness.experiments import Counter, Glutton, Learner
from lazyrich.serving.pool import Busy
from tests.serving.pool.waits import over


def test_past_the_memory_for_logs_the_least_recently_used_unwatched_run_is_dropped(small):
    pool = small(log_mb=0.7)
    configs = [Counter(steps=1, size=10_000, seed=seed) for seed in range(5)]  # 0.16 MB each: their views count twice
    first = over(pool.request(configs[0]))
    pool.watch(first)
    second, third = (over(pool.request(config)) for config in configs[1:3])
    pool.request(configs[1])  # used again, so the third is the least recently used run
    for config in configs[3:]:
        over(pool.request(config))
    assert pool.get(first.id) is first
    assert pool.get(second.id) is second
    assert pool.get(third.id) is None
    assert pool.counts()["log_mb"] <= 0.7


def test_runs_just_requested_are_dropped_after_all_abandoned_ones(small):
    pool = small(log_mb=0.7)
    configs = [Counter(steps=1, size=10_000, seed=seed) for seed in range(3)]
    awaited = over(pool.request(configs[0]))
    pool.watch(awaited)
    pool.unwatch(awaited)
    left = pool.request(Counter(steps=2, size=10_000, pause=10, seed=3))
    pool.watch(left)
    pool.unwatch(left)
    assert pool.request(configs[0]) is awaited, "a run requested again was dropped before its viewer arrived"
    for config in configs[1:]:
        pool.watch(pool.request(config))
    assert left.abandoned and pool.get(left.id) is None
    assert pool.get(awaited.id) is awaited


def test_an_accepted_run_is_not_dropped_for_another(small):
    pool = small(log_mb=0.7)
    # as much memory as 3 frames of 10,000 numbers, in frames short enough to stop the pool quickly
    configs = [Counter(steps=19, size=1500, pause=0.2, seed=seed) for seed in range(3)]
    promised = [pool.request(config) for config in configs[:2]]
    with pytest.raises(Busy, match="memory"):
        pool.request(configs[2])
    assert all(pool.get(run.id) is run and not run.over for run in promised)


def test_the_memory_taken_by_many_runs_stays_within_its_limit_and_all_of_it_is_counted(small):
    pool = small(log_mb=0.3, run_frames=1e6, all_frames=1e7)
    for seed in range(36):
        over(pool.request(Counter(steps=2, seed=seed)))
    held = pool.counts()
    assert held["log_mb"] <= 0.3
    assert 10 < held["runs"] < 36


def test_a_run_whose_log_exceeds_its_limit_is_stopped_and_keeps_its_frames(small):
    pool = small(run_mb=1)
    run = over(pool.request(Glutton(steps=300, size=20_000)))
    assert run.status == "stopped"
    assert "1 MB" in run.message
    assert 0 < len(run.frames) < 20


def test_when_all_memory_is_watched_a_run_is_refused_and_one_that_outgrows_it_is_stopped(small):
    pool = small(log_mb=1, run_mb=1)
    watched = over(pool.request(Counter(steps=4, size=20_000)))
    pool.watch(watched)
    other = over(pool.request(Counter(steps=1)))
    with pytest.raises(Busy, match="memory"):
        pool.request(Counter(steps=4, size=20_000, seed=1))
    assert pool.get(other.id) is other, "a refused run evicted another"
    growing = pool.request(Glutton(steps=20, size=2_000))
    pool.watch(growing)
    assert "memory for runs is full" in over(growing).message
    assert watched.status == "finished" and pool.get(watched.id) is watched


def test_without_memory_finished_watched_runs_lose_weights_but_no_chart_data(small):
    """Each has 0.8 MB of weights and next to nothing else: without that, the second would be refused."""
    pool = small(log_mb=1, run_mb=1, run_frames=1e6, all_frames=1e7)
    runs = []
    for seed in range(4):
        runs.append(over(pool.request(Learner(steps=9, size=10_000, seed=seed))))
        pool.watch(runs[-1])
    assert [run.weights_dropped for run in runs] == [True, True, True, False]
    assert pool.counts()["log_mb"] <= 1
    for run in runs:
        assert [frame.step for frame in run.frames] == list(range(10))
        assert all((frame.chart_data["trail"] == frame.step).all() and frame.metrics for frame in run.frames)
        assert len(run.result().curves) == 10
    assert all(not frame.arrays for run in runs[:3] for frame in run.frames)
    assert all((frame.arrays["W"] == frame.step).all() for frame in runs[3].frames)
