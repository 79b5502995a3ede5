"""The queue: the run that starts next, and the waiting time of the others."""

import pytest

from lazyrich.config.schema import Work
from lazyrich.serving.queue import QueuedRun, RemainingWork, RunQueue


def queued(scratch=0.0, seconds=1.0, frames=1):
    return QueuedRun(b"", Work(flops=1, bytes=1, scratch=scratch, seconds=seconds), frames)


def test_runs_start_in_the_order_in_which_they_came_as_far_as_places_go():
    waiting = RunQueue(places=2, memory=100)
    for name in "abc":
        waiting.add(name, queued())
    active = []
    started = []
    while (chosen := waiting.next(active)) is not None:
        started.append(chosen[0])
        active.append(chosen[1])
    assert started == ["a", "b"]
    assert list(waiting) == ["c"]


def test_the_active_runs_together_never_need_more_memory_than_there_is():
    waiting = RunQueue(places=100, memory=100)
    for number in range(40):
        waiting.add(str(number), queued(scratch=7 + 13 * number % 50))
    active = []
    while waiting:
        while (chosen := waiting.next(active)) is not None:
            active.append(chosen[1])
        assert sum(one.work.scratch for one in active) <= 100
        active.pop(0)


def test_only_small_runs_overtake_a_run_that_waits_for_memory():
    waiting = RunQueue(places=10, memory=100)
    for name, scratch in (("large", 60), ("middle", 30), ("small", 5)):
        waiting.add(name, queued(scratch=scratch))
    active = [queued(scratch=50)]
    assert waiting.next(active)[0] == "small"
    assert waiting.next(active) is None, "a middle-sized run overtook the large one, which could wait for ever"
    assert waiting.next([])[0] == "large"


def test_small_runs_never_wait_for_the_memory_of_large_ones_and_never_keep_them_waiting():
    """Large and small ones come without end, a small one at each of the places but a few."""
    waiting = RunQueue(places=30, memory=100)
    active, started = [], {"large": 0, "small": 0}
    for moment in range(300):
        for kind, scratch in (("large", 85), ("large", 40), ("small", 2)):
            waiting.add(f"{kind} {scratch} {moment}", queued(scratch=scratch))
        while (chosen := waiting.next([one for _, one, _ in active])) is not None:
            kind = chosen[0].split()[0]
            started[kind] += 1
            active.append((kind, chosen[1], moment + (10 if kind == "large" else 3)))
        assert sum(one.work.scratch for _, one, _ in active) <= 100
        assert not any(name.startswith("small") for name in waiting)
        active = [one for one in active if one[2] > moment]
    assert started["small"] == 300
    assert started["large"] >= 20, "large runs start less than about once in ten moments"


def test_a_run_that_needs_all_memory_and_more_starts_alone():
    waiting = RunQueue(places=10, memory=100)
    waiting.add("huge", queued(scratch=500))
    assert waiting.next([queued(scratch=1)]) is None
    assert waiting.next([])[0] == "huge"


def test_the_wait_assumes_runs_that_share_the_workers_evenly():
    """Two places on one worker: each run takes twice its work. The reference simulates small steps of time."""
    left, lengths = [3.0, 1.0], [2.0, 4.0, 1.0]
    waiting = RunQueue(places=2, memory=100)
    for number, length in enumerate(lengths):
        waiting.add(str(number), queued(seconds=length))
    estimates = waiting.seconds([RemainingWork(seconds, 0) for seconds in left], workers=1, pace=1000)

    now, running, queue, starts, step = 0.0, list(left), list(lengths), [], 1e-3
    while queue:
        now += step
        running = [rest - step / 2 for rest in running]
        for rest in list(running):
            if rest <= 0:
                running.remove(rest)
                starts.append(now)
                running.append(queue.pop(0))
                if not queue:
                    break
    assert estimates == pytest.approx(starts, abs=0.01)


def test_a_run_lasts_at_least_as_long_as_its_frames_at_their_pace():
    waiting = RunQueue(places=1, memory=100)
    waiting.add("a", queued())
    assert waiting.seconds([RemainingWork(0.001, 240)], workers=1, pace=12) == [20.0]
