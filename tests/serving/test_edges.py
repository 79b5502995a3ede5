"""Edge cases of serving: no work, no memory, no time, and messages that are invalid."""

from __future__ import annotations

import json
import os
import pickle
from types import SimpleNamespace
from typing import Any

import pytest

from harness.experiments import Counter, Ending
from lazyrich import StudentTeacher
from lazyrich.frame import Diverged
from lazyrich.serving.admission import advice
from lazyrich.serving.previews.compute import compute
from lazyrich.serving.previews.plan import Plan
from lazyrich.serving.reports import MAX_REPEATS, START_ANEW, Reports
from lazyrich.serving.run import Run
from lazyrich.serving.run_cache import RunCache
from lazyrich.serving.run_states import Event
from lazyrich.serving.workers.current_run import CurrentRun
from lazyrich.serving.workers.scheduler import Scheduler

SMALL = StudentTeacher(steps=200, samples=6, test_samples=5, width=4)


def scheduled(config: Any, seconds: float = 1e9, turns: int = 60) -> list[tuple[Any, ...]]:
    """Reports of a thread that computes one run in so many turns."""
    reports: list[tuple[Any, ...]] = []
    now = [0.0]
    scheduler = Scheduler(reports.append, 1e9, 1e9, clock=lambda: now[0], spent=lambda: now[0])
    scheduler.rest("no such run")
    scheduler.start("run", pickle.dumps(config), seconds)
    for _ in range(turns):
        now[0] += 1.0
        scheduler.compute_next()
    return [report for report in reports if report[0] != "turn"]


def test_a_run_past_its_time_limit_stops_one_frame_later_with_advice():
    reports = scheduled(Counter(steps=1000, size=100_000), seconds=1e-9)
    assert [kind for kind, *_ in reports] == ["frame", "frame", "failed"]
    _, run, text, remedy, _ = reports[-1]
    assert (run, remedy) == ("run", {})
    assert text.startswith("Stopped at step ") and "which is all that one run may; what it has is kept." in text


def test_torchs_error_without_memory_counts_as_lack_of_memory(monkeypatch):
    def frames(self):
        yield self.frame(0)
        raise RuntimeError("[enforce fail at alloc_cpu.cpp] DefaultCPUAllocator: can't allocate memory: 9 bytes")

    monkeypatch.setattr(Counter, "frames", frames)
    assert [kind for kind, *_ in scheduled(Counter(steps=3))] == ["frame", "starved"]


def test_warming_up_with_an_invalid_config_is_silent_and_a_preview_reports_its_error():
    reports: list[tuple[Any, ...]] = []
    scheduler = Scheduler(reports.append, 1e9, 1e9)
    scheduler.warm(b"no pickle")
    assert reports == []
    scheduler.preview("key", pickle.dumps(SMALL.changed(device="cuda")), Plan(5, 10.0, 10.0))
    scheduler.compute_next()
    [(kind, key, preview, why)] = [report for report in reports if report[0] == "previewed"]
    assert (kind, key) == ("previewed", "key") and (preview is None) == bool(why)


def test_a_preview_of_a_run_that_diverges_is_whole_and_fails_as_the_run_does():
    wild = SMALL.changed(learning_rate=100.0)
    with pytest.raises(Diverged) as diverged:
        list(wild.frames())
    preview = compute(pickle.dumps(wild), Plan(60, 100.0, 100.0), spent=lambda: 0.0)
    entry = json.loads(preview.entry)
    assert (entry["status"], entry["whole"], entry["message"]) == ("failed", True, str(diverged.value))
    assert entry["count"] > 0


def test_where_no_setting_saves_anything_a_smaller_run_is_all_the_advice():
    assert advice(SMALL, lambda config: 1.0) == "Choose a smaller run."


def run_in_training(frames: int = 2) -> Run:
    run = Run(Counter(steps=9), 100.0)
    run.start()
    for step in range(frames):
        run.receive(run.config.frame(step))
    return run


def test_a_run_without_a_frame_has_no_ending():
    run = run_in_training(frames=0)
    assert run.ending is None
    run.end(Event.STOP)
    assert run.status == "stopped" and run.ending is None


def test_a_run_outside_the_cache_counts_no_memory_and_may_be_dropped_again():
    cache, run, other = RunCache(1e9), run_in_training(), run_in_training()
    cache.put(run)
    held = cache.nbytes
    cache.update_size(other)
    cache.use(other)
    cache.drop(other)
    assert cache.nbytes == held > 0 and list(cache.runs) == [run.id]
    cache.drop(run)
    cache.drop(run)
    assert cache.nbytes == 0 and not cache.runs and cache.usable(run.config.key) is None


class Registry:
    """Records the ends of runs."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any, str]] = []
        self.dispatcher = SimpleNamespace(interrupt=lambda run, why: self.events.append((run.id, "interrupt", why)))

    def end(self, run: Run, event: Event, message: str = "", remedy: Any = None) -> None:
        self.events.append((run.id, event, message))

    def dispatch(self) -> None:
        self.events.append(("", "dispatch", ""))


def test_a_run_whose_workers_keep_dying_fails_after_a_few_attempts():
    registry, often, once = Registry(), run_in_training(), run_in_training()
    often.interruptions = MAX_REPEATS
    worker: Any = SimpleNamespace(runs={run.id: run for run in (often, once)})
    Reports(registry).handle_death(worker, "ended unexpectedly (code 1)", "")
    cause = "The process that computed this run ended unexpectedly (code 1)."
    assert registry.events == [
        (often.id, Event.FAIL, f"{cause} {START_ANEW}"),
        (once.id, "interrupt", f"{cause} It is computed anew and goes on from where it was."),
        ("", "dispatch", ""),
    ]


def test_unknown_messages_are_errors_and_messages_of_dropped_runs_are_ignored():
    registry, run = Registry(), run_in_training()
    worker: Any = SimpleNamespace(runs={run.id: run})
    with pytest.raises(ValueError, match="a message of kind 'gossip'"):
        Reports(registry).handle(worker, ("gossip", run.id))
    assert Reports(registry).handle(worker, ("frame", "gone", None)) is False and registry.events == []


@pytest.mark.parametrize("memfd", [True, False], ids=["memfd", "a file that has no name"])
def test_the_current_run_is_read_through_shared_memory_on_any_system(memfd, monkeypatch):
    if not memfd:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    ours = CurrentRun()
    theirs = CurrentRun(os.dup(ours.descriptor))
    assert ours.read() == (0, "")
    theirs.write("some run")
    assert ours.read() == (1, "some run")
    theirs.write("")
    assert ours.read() == (2, "")
    theirs.close()
    ours.close()


def test_shared_memory_that_cannot_be_had_leaves_no_descriptor_open(monkeypatch):
    def full(*_):
        raise OSError(28, "no space left on device")

    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(os, "truncate", full)
    with pytest.raises(OSError, match="no space left"):
        CurrentRun()
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_run_that_is_refused_halfway_keeps_its_frames():
    assert [kind for kind, *_ in scheduled(Ending(steps=6, how="refuse"))] == ["frame"] * 3 + ["failed"]
