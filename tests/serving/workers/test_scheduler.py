"""Runs on one thread take turns."""

import pickle

import pytest

from harness.experiments import Counter
from lazyrich.serving.workers.scheduler import HEAD_START, Scheduler


class Thread:
    """A Scheduler on a clock that the test moves, and its reports. costs: seconds that a frame takes, by run."""

    def __init__(self, frames_per_second, overhead=0.0, costs=None, most=120.0):
        self.now, self.overhead, self.costs, self.reports = 1000.0, overhead, costs or {}, []
        clock = {"clock": lambda: self.now, "spent": lambda: self.now}
        self.scheduler = Scheduler(self.report, frames_per_second, most, **clock)

    def report(self, message):
        self.reports.append(message)
        self.now += self.costs.get(message[1], 0.0)

    def start(self, name, **settings):
        self.scheduler.start(name, pickle.dumps(Counter(**settings)))

    def take(self):
        """Wait until a frame is due and take it, which takes the thread `overhead` seconds."""
        self.now += self.scheduler.wait()
        self.scheduler.compute_next()
        self.now += self.overhead

    @property
    def frames(self):
        return [(run, content[0].step) for kind, run, *content in self.reports if kind == "frame"]

    def progress(self):
        runs = [run for run, _ in self.frames]
        return [runs.count(run) for run in sorted(set(runs))]


def together(costs, seconds):
    """Frames that each run has, in the order of their names, when all share a thread; costs: seconds of a frame."""
    thread = Thread(frames_per_second=150, costs=costs)
    began = thread.now
    for seed, name in enumerate(costs):
        thread.start(name, seed=seed, steps=10_000)
    while thread.now < began + seconds:
        thread.take()
    return thread.progress()


def test_fifty_runs_progress_evenly_whether_there_is_time_for_all_or_not():
    for overhead in (0.0, 0.001, 0.1):
        thread = Thread(frames_per_second=600, overhead=overhead)
        for seed in range(50):
            thread.start(f"run {seed}", seed=seed, steps=1000)
        for _ in range(520):
            thread.take()
        progress = thread.progress()
        assert sum(progress) == 520 and len(progress) == 50
        assert max(progress) - min(progress) <= 1


def test_a_run_of_long_frames_gets_its_share_and_other_runs_keep_their_pace():
    """Where there is no time left over: 29 runs that yield 10 frames a second take more than all of it."""
    costs = {"long": 0.2} | {f"run {seed}": 1 / 275 for seed in range(29)}
    long, *others = together(costs, seconds=24)
    # a thirtieth of 24 s is 4 frames of 0.2 s, and in the rest of the time there are 9.5 frames/s for each
    assert 3 <= long <= 5
    assert min(others) >= 0.9 * 9.5 * 24
    assert max(others) - min(others) <= 2


def test_a_run_of_long_frames_gets_the_spare_time_but_at_most_half_of_all_time():
    costs = {"long": 0.4} | {f"run {seed}": 0.002 for seed in range(7)}
    long, *others = together(costs, seconds=32)
    # an eighth of 32 s would be 10 frames of 0.4 s; half of them are 40, and in the other half there are 150 / 8
    # frames/s for each of the others
    assert 35 <= long <= 41
    assert min(others) >= 0.9 * 16 * 150 / 8
    assert max(others) - min(others) <= 2


def test_runs_whose_frames_all_take_long_leave_no_time_unused():
    thread = Thread(frames_per_second=150, costs={"one": 0.5, "other": 0.5})
    thread.start("one", steps=1000)
    thread.start("other", steps=1000, seed=1)
    while thread.now < 1020:
        thread.take()
    assert sum(thread.progress()) >= 39


def test_the_first_frame_of_a_new_run_precedes_due_frames_except_long_overdue_ones():
    thread = Thread(frames_per_second=1000)
    thread.start("old")
    thread.take()
    thread.now += HEAD_START / 2
    thread.start("new", seed=1)
    thread.take()
    thread.take()
    assert thread.frames == [("old", 0), ("new", 0), ("old", 1)]
    thread.now += 2 * HEAD_START
    thread.start("newer", seed=2)
    for _ in range(3):
        thread.take()
    assert thread.frames[3:] == [("new", 1), ("old", 2), ("newer", 0)]


def test_new_runs_that_come_one_upon_the_other_leave_the_others_their_frames():
    """The thread could spend all of its time on first frames, which take 0.9 s: one is asked for every 0.9 s."""
    thread = Thread(frames_per_second=150, costs={"old": 0.02, "older": 0.02})
    for seed, name in enumerate(("old", "older")):
        thread.start(name, seed=seed, steps=100_000)
    for _ in range(20):
        thread.take()
    began, before, count = thread.now, dict(zip(("old", "older"), thread.progress(), strict=True)), 0
    while thread.now < began + 60:
        while count < (thread.now - began) / 0.9:
            thread.start(f"{count}", seed=10 + count)
            thread.costs[f"{count}"] = 0.9
            count += 1
        thread.take()
        for name in [name for kind, name, *_ in thread.reports if kind == "frame" and name.isdigit()]:
            thread.scheduler.stop(name)
    for name, had in before.items():
        assert sum(run == name for run, _ in thread.frames) >= had + 40, "less than a turn for each first frame"


def test_a_run_keeps_its_pace_and_does_not_catch_up_in_a_burst():
    thread = Thread(frames_per_second=20)
    thread.start("run")
    thread.scheduler.compute_next()
    assert abs(thread.scheduler.wait() - 1 / 20) < 1e-9
    thread.now += 10
    for _ in range(5):
        thread.scheduler.compute_next()
    assert thread.frames == [("run", 0), ("run", 1)]
    assert abs(thread.scheduler.wait() - 1 / 20) < 1e-9


@pytest.mark.parametrize(("most", "first"), [(30, 30), (120, 120), (1200, 300)])
def test_the_pace_of_a_run_goes_down_with_their_number_from_a_limit_to_a_floor(most, first):
    thread = Thread(frames_per_second=300, most=most)
    paces = []
    for seed in range(60):
        thread.start(str(seed), seed=seed)
        paces.append(1 / thread.scheduler.period)
    assert paces[0] == pytest.approx(first)
    assert 10 <= paces[-1] <= 15
    assert paces == sorted(paces, reverse=True)


def test_a_stopped_run_yields_no_more_frames_and_the_others_go_on():
    thread = Thread(frames_per_second=1000)
    thread.start("stopped")
    thread.start("other", steps=3, seed=1)
    thread.take()
    thread.scheduler.stop("stopped")
    for _ in range(5):
        thread.take()
    assert thread.frames == [("stopped", 0), *(("other", step) for step in range(4))]
    assert thread.reports[-1] == ("finished", "other")
    assert thread.scheduler.wait() is None


def test_a_config_that_cannot_be_read_fails_its_own_run_alone():
    thread = Thread(frames_per_second=1000)
    thread.scheduler.start("broken", b"no pickle")
    thread.start("sound", steps=1)
    for _ in range(4):
        thread.take()
    assert [(kind, run) for kind, run, *_ in thread.reports] == [
        ("raised", "broken"),
        ("frame", "sound"),
        ("frame", "sound"),
        ("finished", "sound"),
    ]


def test_a_resting_run_gets_no_turn_until_it_is_resumed_and_then_goes_on_where_it_was():
    thread = Thread(frames_per_second=1000)
    thread.start("left")
    thread.start("watched", seed=1)
    for _ in range(4):
        thread.take()
    thread.scheduler.handle("rest", "left")
    for _ in range(4):
        thread.take()
    assert [step for run, step in thread.frames if run == "left"] == [0, 1]
    assert [step for run, step in thread.frames if run == "watched"] == [0, 1, 2, 3, 4, 5]
    thread.scheduler.handle("resume", "left")
    for _ in range(4):
        thread.take()
    assert [step for run, step in thread.frames if run == "left"] == [0, 1, 2, 3]


def test_a_run_may_rest_resume_and_be_stopped_in_any_order_without_an_extra_turn():
    thread = Thread(frames_per_second=1000)
    thread.start("run")
    for order in ("rest", "rest", "resume", "resume", "rest", "resume"):
        thread.scheduler.handle(order, "run")
    for _ in range(3):
        thread.take()
    assert thread.frames == [("run", 0), ("run", 1), ("run", 2)]
    thread.scheduler.handle("rest", "run")
    assert thread.scheduler.wait() is None
    thread.scheduler.handle("stop", "run")
    thread.scheduler.handle("resume", "run")
    assert thread.scheduler.wait() is None


def test_resting_runs_do_not_slow_the_others_down():
    thread = Thread(frames_per_second=100)
    thread.start("left")
    thread.start("watched", seed=1)
    alone = Thread(frames_per_second=100)
    alone.start("watched", seed=1)
    thread.scheduler.handle("rest", "left")
    assert thread.scheduler.period == alone.scheduler.period


@pytest.mark.parametrize(("cost", "kept"), [(0.008, 0.6), (0.001, 0.9)])
def test_previews_go_first_but_runs_keep_most_of_the_time_and_their_pace_where_it_suffices(cost, kept):
    def progress(previews):
        """Frames and previews in ten seconds, with always a preview to compute or none, each of which takes 50 ms."""
        thread = Thread(frames_per_second=150, costs={"preview": 0.05} | dict.fromkeys("abcd", cost))
        for seed, name in enumerate("abcd"):
            thread.start(name, seed=seed, steps=10_000)
        began = thread.now
        while thread.now < began + 10:
            if previews:
                thread.scheduler.preview("preview", b"none", None)
            thread.take()
        return len(thread.frames), sum(kind == "previewed" for kind, *_ in thread.reports)

    alone, none = progress(previews=False)
    beside, computed = progress(previews=True)
    assert none == 0 and beside >= kept * alone
    assert computed >= 40, "too few previews were computed beside the runs"


def test_without_a_due_frame_previews_are_computed_at_once_and_failures_are_reported():
    thread = Thread(frames_per_second=150, costs={"preview": 0.05})
    for key in ("one", "two"):
        thread.scheduler.preview(key, b"none", None)
        thread.scheduler.preview(key, b"none", None)
    assert thread.scheduler.wait() == 0
    thread.take()
    thread.take()
    assert [report[:3] for report in thread.reports] == [("previewed", key, None) for key in ("one", "two")]
    assert all("could not be computed" in why for *_, why in thread.reports) and thread.scheduler.wait() is None
