"""Previews of a pool whose workers the test scripts: the order of answers, and the frames that are kept."""

from types import SimpleNamespace

import pytest

from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.serving.previews import previews as module
from lazyrich.serving.previews.compute import OVERHEAD, Preview
from lazyrich.serving.previews.plan import Plan
from lazyrich.serving.previews.previews import CROWDED, DIED, SHUT_DOWN, Previews

PLAN = Plan(60, 1.0, 1.0)
SIZE = 1001 + OVERHEAD


def config(seed):
    return StudentTeacher(seed=seed)


class Worker:
    """A worker that records the previews that it is given."""

    def __init__(self):
        self.runs, self.given = {}, []
        self.send = self.given.append


class Hall:
    """Previews with some workers, and the answers that each visitor has received."""

    def __init__(self, workers=1, most_bytes=1e6):
        self.workers = [Worker() for _ in range(workers)]
        self.previews = Previews(most_bytes, lambda: self.workers)
        self.answers = []

    def ask(self, visitor, seed):
        def answer(preview, why):
            self.answers.append((visitor, preview.entry if preview else None, why))

        return self.previews.request(config(seed), PLAN, answer), answer

    def given(self, worker=0):
        """Seeds that a worker was given, in order."""
        seeds = {config(seed).key: seed for seed in range(300)}
        return [seeds[key] for _, key, *_ in self.workers[worker].given]

    def make(self, seed, worker=0):
        return self.previews.handle_result(
            self.workers[worker], config(seed).key, Preview(b"%d" % seed, bytes(1000)), ""
        )


def test_equal_requests_are_computed_once_and_each_worker_has_one_at_a_time():
    hall = Hall()
    for visitor, seed in (("a", 1), ("b", 1), ("c", 2), ("d", 3), ("e", 2)):
        hall.ask(visitor, seed)
    assert hall.given() == [1]
    assert hall.make(1) and hall.answers == [("a", b"1", ""), ("b", b"1", "")]
    assert hall.given() == [1, 2]
    assert not hall.make(1), "a preview that nobody asks for any more was accepted"
    hall.make(2)
    hall.make(3)
    assert [visitor for visitor, *_ in hall.answers] == ["a", "b", "c", "e", "d"]
    assert hall.previews.counts()["previews_computed"] == 3 and hall.previews.counts()["previews_waiting"] == 0
    assert hall.previews.find(config(2).key).entry == b"2"


def test_previews_without_a_waiting_visitor_are_computed_only_if_begun():
    hall = Hall()
    begun, waits, shared = hall.ask("a", 1), hall.ask("b", 2), hall.ask("c", 3)
    hall.ask("d", 3)
    for job, answer in (begun, waits, shared):
        hall.previews.cancel(job, answer)
    assert not hall.previews.is_pending(config(2).key)
    hall.make(1)
    hall.make(3)
    assert hall.given() == [1, 3] and hall.answers == [("d", b"3", "")]
    assert hall.previews.find(config(1).key), "the computed preview was not kept for later requests"


def test_leaving_twice_or_after_the_answer_has_no_effect():
    hall = Hall()
    job, answer = hall.ask("a", 1)
    other, waiting = hall.ask("b", 2)
    hall.make(1)
    hall.previews.cancel(job, answer)
    assert [visitor for visitor, *_ in hall.answers] == ["a"] and hall.given() == [1, 2]
    hall.previews.cancel(other, waiting)
    hall.previews.cancel(other, waiting)
    hall.make(2)
    assert [visitor for visitor, *_ in hall.answers] == ["a"]


def test_a_worker_that_dies_fails_the_preview_begun_and_others_go_to_another_worker():
    hall = Hall(workers=2)
    for visitor, seed in (("a", 1), ("b", 2), ("c", 3)):
        hall.ask(visitor, seed)
    dead = hall.workers.pop(0)
    hall.previews.handle_death(dead, at_work=True)
    assert hall.answers == [("a", None, DIED)] and hall.given(0) == [2]
    hall.make(2)
    assert hall.given(0) == [2, 3]
    # this worker dies while it trains a run
    dead = hall.workers.pop(0)
    hall.previews.handle_death(dead, at_work=False)
    assert len(hall.answers) == 2 and not hall.previews.handle_result(dead, config(3).key, None, "late")
    hall.workers.append(Worker())
    hall.previews.dispatch()
    assert hall.given(0) == [3] and hall.make(3) and hall.answers[-1] == ("c", b"3", "")


def test_foreseen_previews_are_computed_by_idle_workers_after_all_requested_ones():
    hall = Hall(workers=2)
    playing, resting = SimpleNamespace(resting=False), SimpleNamespace(resting=True)
    hall.workers[0].runs, hall.workers[1].runs = {"run": playing}, {"run": playing}
    for seed in (1, 2, 3, 4, 1):
        hall.previews.prefetch(config(seed), PLAN)
    assert hall.given(0) == hall.given(1) == []
    hall.workers[0].runs = {"run": resting}
    hall.previews.dispatch()
    assert hall.given(0) == [1] and hall.given(1) == []
    # requests of visitors go before previews computed ahead; the one that b asks for is being computed already
    hall.ask("a", 2), hall.ask("b", 1), hall.ask("c", 5)
    assert hall.given(1) == [2]
    hall.make(1)
    assert hall.given(0) == [1, 5] and hall.answers == [("b", b"1", "")]
    hall.make(5)
    assert hall.given(0) == [1, 5, 3] and hall.previews.is_pending(config(3).key)
    hall.make(3)
    hall.make(4)
    hall.previews.prefetch(config(4), PLAN)
    assert hall.given(0) == [1, 5, 3, 4] and all(hall.previews.find(config(seed).key) for seed in (1, 3, 4, 5))
    assert hall.previews.counts()["previews_waiting"] == 1, (
        "only the preview of a, on the other worker, should be pending"
    )


def test_the_latest_foreseen_previews_are_kept_and_none_without_room_is_computed(monkeypatch):
    monkeypatch.setattr(module, "MAX_PREFETCHED", 2)
    without = Hall(most_bytes=0)
    without.previews.prefetch(config(1), PLAN)
    assert without.given() == [] and without.previews.counts()["previews_foreseen"] == 0
    hall = Hall(workers=0)
    for seed in (1, 2, 3):
        hall.previews.prefetch(config(seed), PLAN)
    hall.workers.append(Worker())
    hall.previews.dispatch()
    hall.make(2)
    hall.make(3)
    assert hall.given() == [2, 3]
    hall.previews.prefetch(config(4), PLAN)
    hall.previews.prefetch(config(5), PLAN)
    hall.previews.stop()
    assert hall.given() == [2, 3, 4] and not hall.make(4)


def test_previews_refused_by_a_full_or_ending_pool_give_the_reason(monkeypatch):
    monkeypatch.setattr(module, "MAX_QUEUED", 2)
    hall = Hall()
    for visitor, seed in (("a", 1), ("b", 2), ("c", 3), ("d", 2)):
        hall.ask(visitor, seed)
    assert hall.answers == [("c", None, CROWDED)]
    hall.previews.handle_result(hall.workers[0], config(1).key, None, "It diverges at once.")
    assert hall.answers[-1] == ("a", None, "It diverges at once.") and hall.previews.find(config(1).key) is None
    hall.previews.stop()
    assert hall.answers[-2:] == [("b", None, SHUT_DOWN), ("d", None, SHUT_DOWN)]
    assert not hall.make(2)


@pytest.mark.parametrize("room", [0, SIZE - 1, 3 * SIZE])
def test_the_least_recently_used_are_dropped_when_they_take_too_much(room):
    hall = Hall(most_bytes=room)
    for seed in (1, 2, 3):
        hall.ask("a", seed)
        hall.make(seed)
    hall.previews.find(config(1).key)
    hall.ask("a", 4)
    hall.make(4)
    kept = [seed for seed in (1, 2, 3, 4) if hall.previews.find(config(seed).key)]
    assert kept == ([1, 3, 4] if room >= 3 * SIZE else [])
    assert hall.previews.nbytes == len(kept) * SIZE <= room
    hall.previews.clear()
    assert hall.previews.nbytes == 0 and hall.previews.find(config(1).key) is None
