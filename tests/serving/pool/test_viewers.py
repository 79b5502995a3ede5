"""Runs continue while they are watched, rest when nobody watches, and are ended after a while."""

from harness.experiments import Counter
from harness.waiting import eventually
from tests.serving.pool.waits import over, unchanging


def test_an_unwatched_run_ends_after_the_grace_time_and_starts_again_when_requested(small):
    pool = small(grace_seconds=0.1)
    run, watched = pool.request(Counter(steps=10_000)), pool.request(Counter(steps=10_000, seed=1))
    for one in (run, watched):
        pool.watch(one)
    pool.unwatch(run)
    assert over(run).status == "stopped"
    assert run.message == "Ended because nobody was watching."
    assert watched.status == "running"
    again = pool.request(Counter(steps=10_000))
    assert again is not run
    eventually(lambda: again.frames)


def test_a_run_rests_while_nobody_watches_and_goes_on_when_somebody_comes_back(small):
    pool = small(grace_seconds=30)
    run = pool.request(Counter(steps=10_000))
    pool.watch(run)
    eventually(lambda: len(run.frames) > 3)
    pool.unwatch(run)
    # a few more frames arrive before the command to rest does, then no more
    eventually(lambda: unchanging(lambda: len(run.frames)))
    assert run.status == "running"
    rested = len(run.frames)
    pool.watch(run)
    eventually(lambda: len(run.frames) > rested + 3)
    assert [frame.step for frame in run.frames] == list(range(len(run.frames)))


def test_a_requested_resting_run_goes_on_and_is_not_ended_for_queued_runs(small):
    pool = small(max_runs=1, grace_seconds=30)
    config = Counter(steps=10_000)
    run = pool.request(config)
    pool.watch(run)
    pool.unwatch(run)
    assert pool.request(config) is run
    rested = len(run.frames)
    waits = pool.request(Counter(steps=10_000, seed=1))
    eventually(lambda: len(run.frames) > rested + 30)
    assert (run.status, waits.status) == ("running", "waiting")


def test_only_a_run_ended_for_lack_of_viewers_counts_as_abandoned(small):
    pool = small(grace_seconds=0, max_runs=3)
    left, stopped, done = (pool.request(Counter(steps=steps)) for steps in (10_000, 9_000, 20))
    for run in (left, stopped, over(done)):
        pool.watch(run)
        if run is stopped:
            pool.stop_run(run)
        pool.unwatch(run)
    over(left)
    assert [run.abandoned for run in (left, stopped, done)] == [True, False, False]


def test_a_run_left_while_it_waited_gets_no_turns_when_its_place_comes_up(small):
    pool = small(max_runs=1, grace_seconds=30)
    first, left = pool.request(Counter(steps=10_000)), pool.request(Counter(steps=10_000, seed=1))
    pool.watch(left)
    pool.unwatch(left)
    pool.stop_run(first)
    eventually(lambda: left.status == "running")
    eventually(lambda: unchanging(lambda: len(left.frames)))
    assert len(left.frames) <= 3
    pool.watch(left)
    eventually(lambda: len(left.frames) > 10)


def test_a_run_that_waits_takes_the_place_of_the_one_that_rests_longest_and_of_no_other(small):
    pool = small(max_runs=3, grace_seconds=60)
    watched, left, left_later = (pool.request(Counter(steps=10_000, seed=seed)) for seed in range(3))
    for run in (watched, left, left_later):
        pool.watch(run)
    pool.unwatch(left)
    pool.unwatch(left_later)
    wanted = pool.request(Counter(steps=10_000, seed=3))
    pool.watch(wanted)
    eventually(lambda: wanted.frames)
    assert (watched.status, left.status, left_later.status) == ("running", "stopped", "running")


def test_a_run_that_no_viewer_ever_came_to_is_ended_later_than_one_that_was_left(small):
    pool = small(grace_seconds=0.1, first_viewer_seconds=1.0)
    fresh, left = pool.request(Counter(steps=10_000)), pool.request(Counter(steps=10_000, seed=1))
    pool.watch(left)
    pool.unwatch(left)
    over(left)
    assert fresh.status == "running"
    over(fresh)


def test_a_viewer_who_returns_within_the_grace_time_finds_the_run_training(small):
    pool = small(grace_seconds=0.4)
    run, left = pool.request(Counter(steps=10_000)), pool.request(Counter(steps=10_000, seed=1))
    for one in (run, left):
        pool.watch(one)
    for one in (run, left):
        pool.unwatch(one)
    pool.watch(run)
    over(left)
    assert run.status == "running"


def test_a_run_with_another_viewer_cannot_be_stopped(small):
    pool = small()
    run = pool.request(Counter(steps=10_000))
    pool.watch(run)
    pool.watch(run)
    assert not pool.stop_run(run)
    assert run.status == "running"
    pool.unwatch(run)
    assert pool.stop_run(run)
    assert run.status == "stopped"
    held = len(run.frames)
    other = over(pool.request(Counter(seed=1)))
    assert other.status == "finished"
    assert len(run.frames) == held, "no frame comes after the end"
