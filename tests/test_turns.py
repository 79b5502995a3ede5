"""Runs on one thread take turns."""

import pickle
import time

from lazyrich.turns import Turns
from tests.experiments_for_tests import Counter


def frames_of(reports):
    return [(run, content[0].step) for kind, run, *content in reports if kind == "frame"]


def take_until(turns, reports, count):
    while len(reports) < count:
        time.sleep(turns.wait())
        turns.take()


def test_fifty_runs_progress_evenly():
    reports = []
    turns = Turns(reports.append, frames_per_second=6000)
    for seed in range(50):
        turns.start(f"run {seed}", pickle.dumps(Counter(steps=1000, seed=seed)))
    take_until(turns, reports, 500)
    progress = [sum(run == f"run {seed}" for run, _ in frames_of(reports)) for seed in range(50)]
    assert sum(progress) == 500
    assert max(progress) - min(progress) <= 1


def test_the_first_frame_of_a_new_run_comes_before_frames_that_are_due():
    reports = []
    turns = Turns(reports.append, frames_per_second=1000)
    turns.start("old", pickle.dumps(Counter()))
    turns.take()
    time.sleep(2 * turns.period)  # the next frame of the old run is due
    turns.start("new", pickle.dumps(Counter(seed=1)))
    turns.take()
    turns.take()
    assert frames_of(reports) == [("old", 0), ("new", 0), ("old", 1)]


def test_a_run_that_fell_behind_is_not_made_up_for_in_a_burst():
    reports = []
    turns = Turns(reports.append, frames_per_second=12)
    turns.start("run", pickle.dumps(Counter()))
    turns.take()
    time.sleep(3 * turns.period)
    turns.take()
    turns.take()
    assert frames_of(reports) == [("run", 0), ("run", 1)]
    assert turns.wait() > 0


def test_the_pace_of_a_run_goes_down_with_their_number_to_a_floor():
    turns = Turns(lambda report: None, frames_per_second=300)
    paces = []
    for seed in range(60):
        turns.start(str(seed), pickle.dumps(Counter(seed=seed)))
        paces.append(1 / turns.period)
    assert paces[0] == 120
    assert 10 <= paces[-1] <= 15
    assert paces == sorted(paces, reverse=True)


def test_a_stopped_run_yields_nothing_more_and_the_others_go_on():
    reports = []
    turns = Turns(reports.append, frames_per_second=1000)
    turns.start("stopped", pickle.dumps(Counter()))
    turns.start("other", pickle.dumps(Counter(steps=3, seed=1)))
    turns.take()
    turns.stop("stopped")
    take_until(turns, reports, 6)
    assert frames_of(reports) == [("stopped", 0), *(("other", step) for step in range(4))]
    assert reports[-1] == ("finished", "other")
    assert turns.wait() is None


def test_a_config_that_cannot_be_read_fails_its_own_run_alone():
    reports = []
    turns = Turns(reports.append, frames_per_second=1000)
    turns.start("broken", b"no pickle")
    turns.start("sound", pickle.dumps(Counter(steps=1)))
    take_until(turns, reports, 4)
    assert [(kind, run) for kind, run, *_ in reports] == [
        ("raised", "broken"),
        ("frame", "sound"),
        ("frame", "sound"),
        ("finished", "sound"),
    ]
