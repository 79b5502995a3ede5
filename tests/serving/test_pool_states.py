"""The pool, its workers and its runs agree after any sequence of visitors, frames, failures and dying workers.

The workers are scripted: each notes what it is told and sends what the test chooses, in the test's own order.
"""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.experiments import Counter
from lazyrich.config.limits import Limits
from lazyrich.serving import pool as pool_module
from lazyrich.serving.pool import Busy, RunPool
from lazyrich.serving.run_states import Phase

CONFIGS = [Counter(steps=3, seed=seed) for seed in range(4)]


class ScriptedWorker:
    """Records which runs it computes, how far each has come, and which rest."""

    numbers = itertools.count(1)

    def __init__(self):
        self.runs, self.sent, self.rests = {}, {}, set()
        self.pid = next(self.numbers)

    def send(self, command):
        order, id, *_ = command
        if order == "start":
            assert id not in self.sent
            self.sent[id] = 0
        elif order == "stop":
            del self.sent[id]
            self.rests.discard(id)
        elif order == "rest":
            self.rests.add(id)
        elif order == "resume":
            self.rests.discard(id)
        else:
            raise AssertionError(order)


class ScriptedSupervisor:
    """Two workers, which die and are replaced when the test says so."""

    def __init__(self, limits, warm, on_message, on_death, on_tick):
        self.workers = (ScriptedWorker(), ScriptedWorker())
        self.on_message, self.on_death, self.on_tick = on_message, on_death, on_tick

    def end(self, seconds):
        self.workers = ()


class World:
    """A pool, its visitors and its workers. Each event picks one of them by a number, if there is any."""

    def __init__(self, grace, log_mb):
        limits = Limits(workers=2, max_runs=2, max_waiting=2, grace_seconds=grace, log_mb=log_mb, run_mb=log_mb)
        self.pool = RunPool(limits)
        self.pool.start()
        self.supervisor = self.pool._supervisor
        self.runs, self.viewers, self.ended = [], {}, {}

    # ---- visitors

    def ask(self, number):
        config = CONFIGS[number % len(CONFIGS)]
        before = next((run for run in reversed(self.runs) if run.config == config and self.pool.get(run.id)), None)
        try:
            run = self.pool.request(config)
        except Busy:
            return
        if before is not None and (not before.over or before.final):
            assert run is before
        if run not in self.runs:
            self.runs.append(run)
            self.viewers[run] = 0
        assert not run.resting

    def watch(self, number):
        if run := pick([run for run in self.runs if not run.over] or self.runs, number):
            self.pool.watch(run)
            self.viewers[run] += 1

    def unwatch(self, number):
        if run := pick([run for run in self.runs if self.viewers[run]], number):
            self.pool.unwatch(run)
            self.viewers[run] -= 1

    def stop(self, number):
        if run := pick(self.runs, number):
            was_over = run.over
            assert self.pool.stop_run(run) == (was_over or self.viewers[run] <= 1)

    def leave(self, number):
        if run := pick(self.runs, number):
            self.pool.abandon(run)
            assert run.over

    # ---- workers

    def turn(self, number):
        """A worker and one of its runs that does not rest."""
        turns = [(worker, id) for worker in self.supervisor.workers for id in worker.sent if id not in worker.rests]
        return pick(turns, number)

    def frames(self, number):
        """One to three frames of a run, or its end."""
        if turn := self.turn(number // 3):
            worker, id = turn
            run = worker.runs[id]
            for _ in range(1 + number % 3):
                place = worker.sent.get(id)
                if place is None or place > run.expected:
                    return
                worker.sent[id] += 1
                if place < run.expected:
                    assert self.supervisor.on_message(worker, ("frame", id, run.config.frame(place)))
                else:
                    del worker.sent[id]
                    assert self.supervisor.on_message(worker, ("finished", id))
                    assert run.status == "finished"

    def fail(self, number):
        if turn := self.turn(number // 2):
            worker, id = turn
            run = worker.runs[id]
            self.supervisor.on_message(worker, ("failed", id, "It cannot go on.", {}, bool(number % 2)))
            assert (run.status, run.final) == ("failed", bool(number % 2))

    def repeat_otherwise(self, number):
        """A worker computes a run again and gets other numbers."""
        turns = [(worker, run) for worker in self.supervisor.workers for run in worker.runs.values()]
        if turn := pick([turn for turn in turns if turn[0].sent[turn[1].id] < len(turn[1].frames)], number):
            worker, run = turn
            assert run.phase is Phase.REPEATING
            self.supervisor.on_message(worker, ("frame", run.id, run.config.frame(17)))
            assert run.status == "failed" and "cannot be repeated" in run.message

    def late(self, number):
        """A frame arrives after the end of its run."""
        run = pick([run for run in self.runs if run.over], number)
        if run and self.supervisor.workers:
            assert not self.supervisor.on_message(self.supervisor.workers[0], ("frame", run.id, run.config.frame(0)))

    def die(self, number):
        if worker := pick(self.supervisor.workers, number // 3):
            turn = pick(["", *worker.sent], number % 3)
            runs = list(worker.runs.values())
            repeated = {run: run.interruptions for run in runs}
            self.supervisor.workers = tuple(other for other in self.supervisor.workers if other is not worker)
            self.supervisor.on_death(worker, "ended", turn)
            for run in runs:
                if run.id == turn or repeated[run] == 2:
                    assert run.status == "failed"
                else:
                    assert not run.over and run.interruptions == repeated[run] + 1

    def hire(self, number):
        if len(self.supervisor.workers) < 2:
            self.supervisor.workers = (*self.supervisor.workers, ScriptedWorker())
            self.supervisor.on_tick()

    def tick(self, number):
        self.supervisor.on_tick()
        if self.pool.limits.grace_seconds == 0:
            assert not any(run.resting and not run.over for run in self.runs)

    # ---- invariants

    def workers_compute_watched_runs_and_rest_the_others(self):
        training = {run.id: run for run in self.runs if run.status == "running"}
        sent_ids = [id for worker in self.supervisor.workers for id in worker.sent]
        assert sorted(sent_ids) == sorted(training)
        for worker in self.supervisor.workers:
            assert worker.sent.keys() == worker.runs.keys()
            assert worker.rests == {id for id in worker.sent if training[id].resting}

    def places_are_used_and_not_used_twice(self):
        counts = self.pool.counts()
        assert counts["active"] == sum(run.status == "running" for run in self.runs) <= 2
        assert counts["waiting"] == sum(run.status == "waiting" for run in self.runs)
        assert not (counts["waiting"] and counts["active"] < 2 and self.supervisor.workers)

    def logs_are_whole_and_end_once(self):
        for run in self.runs:
            assert [frame.step for frame in run.frames] == list(range(len(run.frames)))
            if run.over:
                end = (run.phase, run.message, len(run.frames))
                assert self.ended.setdefault(run, end) == end
            assert bool(run.message) == (run.phase not in (Phase.RUNNING, Phase.FINISHED))

    def viewers_are_counted_and_their_runs_are_kept(self):
        for run in self.runs:
            assert run.viewers == self.viewers[run]
            assert run.resting <= (run.viewers == 0)
        kept = self.pool._cache
        assert kept.nbytes == sum(run.reserved_bytes for run in kept.runs.values()) <= kept.limit
        assert all(self.pool.get(run.id) is run for run in self.runs if not run.over)

    def check(self):
        self.workers_compute_watched_runs_and_rest_the_others()
        self.places_are_used_and_not_used_twice()
        self.logs_are_whole_and_end_once()
        self.viewers_are_counted_and_their_runs_are_kept()


def pick(some, number):
    """One of them, None if there is none."""
    return some[number % len(some)] if some else None


OFTEN = [World.ask, World.watch, World.unwatch, World.frames]
SELDOM = [World.stop, World.leave, World.fail, World.repeat_otherwise, World.late, World.die, World.hire, World.tick]
EVENTS = st.tuples(st.sampled_from(3 * OFTEN + SELDOM), st.integers(0, 17))


@settings(max_examples=120)
@given(
    events=st.lists(EVENTS, min_size=50, max_size=70),
    grace=st.sampled_from([0, 100]),
    log_mb=st.sampled_from([0.3, 0.07]),
)
def test_pool_workers_and_runs_agree_whatever_happens(events, grace, log_mb):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pool_module, "Supervisor", ScriptedSupervisor)
        world = World(grace, log_mb)
        for event, number in events:
            event(world, number)
            world.check()
        world.pool.stop()
        assert all(run.over for run in world.runs)
