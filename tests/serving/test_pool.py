"""The pool: one run for equal configs, fair places, limits, and nothing left behind whatever happens."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from harness.experiments import Counter, Ending, Glutton, Hungry, Learner, Patient, Starving, Thinker
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import Busy, RunPool

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module", params=[0, 2], ids=["thread", "processes"])
def pool(request):
    with RunPool(Limits(workers=request.param)) as pool:
        yield pool


@pytest.fixture
def small():
    """Makes pools with limits of the test's own, on one thread, which starts at once."""
    pools = []

    def make(**limits):
        pools.append(RunPool(Limits(**{"workers": 0, **limits})))
        pools[-1].start()
        return pools[-1]

    yield make
    for pool in pools:
        pool.stop()


def over(run):
    eventually(lambda: run.over)
    return run


def gone(pid):
    """Whether there is no such process, or only its name that nobody has asked after yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


# ---- frames


def test_the_log_has_every_frame_of_the_config_once_and_in_order(pool):
    config = Counter(steps=15, size=5)
    run = over(pool.request(config))
    assert (run.status, run.message, run.progress, run.expected) == ("finished", "", 1.0, 16)
    for step, frame in enumerate(run.frames):
        wanted = config.frame(step)
        assert (frame.step, frame.time, frame.verdict) == (step, wanted.time, wanted.verdict)
        np.testing.assert_array_equal(frame.chart_data["trail"], wanted.chart_data["trail"])
    assert len(run.frames) == 16
    assert run.frames[0].header is not None
    assert dict(run.frames[0].header.chart_data) == {"limit": 15}
    assert all(frame.header is None for frame in run.frames[1:])


def test_training_happens_in_a_process_of_its_own_unless_there_are_no_workers(pool):
    run = over(pool.request(Counter(seed=1)))
    where = {int(frame.metrics["worker"]) for frame in run.frames}
    assert (where == {os.getpid()}) is (pool.limits.workers == 0)
    assert where <= set(pool.worker_pids)


def test_progress_goes_up_with_the_steps(small):
    run = small().request(Counter(steps=10_000))
    eventually(lambda: len(run.frames) > 3)
    assert 0 < run.progress < 0.1
    before = run.progress
    eventually(lambda: run.progress > before)


def test_a_result_is_taken_from_a_run_at_any_time(pool):
    config = Counter(steps=5, seed=2)
    result = over(pool.request(config)).result()
    assert result.config == config
    assert (result.status, len(result.frames)) == ("finished", 6)


# ---- sharing


def test_all_who_ask_for_equal_configs_get_one_run_while_it_trains_and_after(pool):
    asked = [Counter(steps=25, seed=3) for _ in range(40)]
    with ThreadPoolExecutor(20) as people:
        runs = set(people.map(pool.request, asked))
    assert len(runs) == 1
    run = over(runs.pop())
    assert pool.request(Counter(steps=25, seed=3)) is run
    assert len(run.frames) == 26


def test_runs_of_other_configs_are_other_runs_with_other_ids(pool):
    runs = [pool.request(Counter(steps=1, seed=seed)) for seed in range(10, 20)]
    assert len({run.id for run in runs}) == 10
    assert all(pool.get(run.id) is run for run in runs)
    assert pool.get("no such run") is None


# ---- ends


@pytest.mark.parametrize(
    ("how", "message", "remedy"),
    [
        ("diverge", "Diverged at step 10: count more slowly.", {"steps": 3}),
        ("refuse", "There is no such number: choose another.", {"seed": 1}),
    ],
)
def test_a_run_that_cannot_go_on_keeps_its_frames_and_says_why_and_what_would_mend_it(pool, how, message, remedy):
    run = over(pool.request(Ending(how=how)))
    assert (run.status, run.message, run.remedy) == ("failed", message, remedy)
    assert [frame.step for frame in run.frames] == list(range(10))
    assert pool.request(Ending(how=how)) is run, "it would only end in the same way"


def test_an_unforeseen_error_is_logged_in_full_and_shown_in_a_sentence_without_it(pool, caplog):
    run = over(pool.request(Ending(how="raise")))
    assert run.status == "failed"
    assert len(run.frames) == 10
    assert "secret" not in run.message and "Traceback" not in run.message
    assert "ZeroDivisionError: a secret of the server" in caplog.text
    assert run.id not in caplog.text
    assert pool.request(Ending(how="raise")) is not run


def test_a_crashed_worker_fails_its_runs_and_is_replaced_while_the_others_play_on():
    with RunPool(Limits(workers=2)) as pool:
        other = pool.request(Counter(steps=10_000))
        eventually(lambda: other.frames)
        before = set(pool.worker_pids)
        crashed = over(pool.request(Ending(how="exit")))
        assert crashed.status == "failed"
        assert "exit code 17" in crashed.message
        assert len(crashed.frames) == 10
        eventually(lambda: pool.healthy)
        assert len(set(pool.worker_pids) & before) == 1
        held = len(other.frames)
        eventually(lambda: len(other.frames) > held)
        again = over(pool.request(Ending(how="exit")))
        assert again is not crashed


def test_a_worker_that_hangs_is_replaced_and_its_runs_say_so_or_go_on():
    with RunPool(Limits(workers=1, hung_seconds=2)) as pool:
        run = pool.request(Counter(steps=10_000))
        eventually(lambda: run.frames)
        (hung,) = pool.worker_pids
        os.kill(hung, signal.SIGSTOP)
        eventually(lambda: run.message)
        assert "did not answer for 2 s" in run.message or "are being started again" in run.message
        eventually(lambda: pool.healthy, seconds=30)
        assert gone(hung)
        # it is over only if it was its turn
        eventually(lambda: pool.request(Counter(steps=10_000)).status == "running", seconds=30)
        held = len(pool.request(Counter(steps=10_000)).frames)
        eventually(lambda: len(pool.request(Counter(steps=10_000)).frames) > held, seconds=30)


def test_a_config_that_killed_three_workers_is_not_tried_again():
    with RunPool(Limits(workers=1)) as pool:
        for _ in range(3):
            run = over(pool.request(Ending(how="exit")))
        assert "is not tried again" in run.message
        assert pool.request(Ending(how="exit")) is run
        assert over(pool.request(Counter())).status == "finished"


def test_a_pool_whose_workers_cannot_start_tells_so_lets_runs_wait_and_recovers(monkeypatch):
    python = sys.executable
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    with RunPool(Limits(workers=1)) as pool:
        eventually(lambda: not pool.worker_pids)
        assert not pool.healthy
        run = pool.request(Counter())
        assert run.status == "waiting"
        monkeypatch.setattr(sys, "executable", python)
        assert over(run).status == "finished"
        assert pool.healthy


def test_workers_leave_signals_for_a_whole_group_to_their_parent():
    with RunPool(Limits(workers=1)) as pool:
        run = pool.request(Counter(steps=30))
        eventually(lambda: run.frames)
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(pool.worker_pids[0], number)
        assert over(run).status == "finished"


# ---- places


def test_beyond_the_active_runs_a_run_waits_tells_its_place_and_starts_when_one_is_free(small):
    pool = small(max_runs=1, max_waiting=2)
    first, second, third = (pool.request(Counter(steps=10_000, seed=seed)) for seed in range(3))
    assert [run.status for run in (first, second, third)] == ["running", "waiting", "waiting"]
    assert "number 1 of 2 " in second.message and "number 2 of 2 " in third.message
    with pytest.raises(Busy, match="1 run is training and 2 wait"):
        pool.request(Counter(seed=3))
    assert pool.request(Counter(steps=10_000, seed=2)) is third, "who asks for what is there is not refused"
    assert pool.stop_run(first)
    assert (second.status, second.message) == ("running", "")
    assert "number 1 of 1 " in third.message
    assert pool.stop_run(second)
    eventually(lambda: third.frames)


def test_the_queue_has_its_length_also_where_memory_is_what_runs_wait_for(small):
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


# ---- viewers


def test_a_run_is_ended_when_nobody_has_watched_it_for_the_grace_time_and_starts_anew_when_asked_for(small):
    pool = small(grace_seconds=0.2)
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


def test_a_stopped_run_of_what_can_go_on_is_asked_for_again_with_the_frames_it_had(pool):
    config = Patient(steps=100)
    run = pool.request(config)
    eventually(lambda: len(run.frames) > 3)
    assert pool.stop_run(run)
    had = list(run.frames)
    again = pool.request(config)
    assert again.id != run.id and len(had) < 101
    assert all(one is other for one, other in zip(again.frames, had, strict=False))
    assert over(again).status == "finished"
    assert [frame.step for frame in again.frames] == list(range(101))


def test_a_run_rests_while_nobody_watches_and_goes_on_when_somebody_comes_back(small):
    pool = small(grace_seconds=30)
    run = pool.request(Counter(steps=10_000))
    pool.watch(run)
    eventually(lambda: len(run.frames) > 3)
    pool.unwatch(run)
    # the order to rest is on its way while a few more frames arrive: then there are no more
    eventually(lambda: unchanging(lambda: len(run.frames)))
    assert run.status == "running"
    rested = len(run.frames)
    pool.watch(run)
    eventually(lambda: len(run.frames) > rested + 3)
    assert [frame.step for frame in run.frames] == list(range(len(run.frames)))


def test_a_resting_run_that_somebody_asks_for_goes_on_and_is_not_ended_for_others_who_wait(small):
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


def test_what_was_ended_though_nobody_stopped_it_says_so_and_what_somebody_stopped_does_not(small):
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


def unchanging(value, seconds=0.5):
    """Whether a value stays the same for a while."""
    before = value()
    time.sleep(seconds)
    return value() == before


def test_a_run_that_no_viewer_ever_came_to_is_ended_later_than_one_that_was_left(small):
    pool = small(grace_seconds=0.1, first_viewer_seconds=1.5)
    fresh, left = pool.request(Counter(steps=10_000)), pool.request(Counter(steps=10_000, seed=1))
    pool.watch(left)
    pool.unwatch(left)
    over(left)
    assert fresh.status == "running"
    over(fresh)


def test_a_viewer_who_comes_back_within_the_grace_time_finds_the_run_going_on(small):
    pool = small(grace_seconds=0.6)
    run, left = pool.request(Counter(steps=10_000)), pool.request(Counter(steps=10_000, seed=1))
    for one in (run, left):
        pool.watch(one)
    for one in (run, left):
        pool.unwatch(one)
    pool.watch(run)
    over(left)
    assert run.status == "running"


def test_nobody_stops_a_run_that_another_watches(small):
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


# ---- memory


def test_past_the_memory_for_logs_the_least_recently_used_run_that_nobody_watches_is_dropped(small):
    pool = small(log_mb=0.7)
    configs = [Counter(steps=1, size=10_000, seed=seed) for seed in range(5)]  # 0.16 MB each: their views count twice
    first = over(pool.request(configs[0]))
    pool.watch(first)
    second, third = (over(pool.request(config)) for config in configs[1:3])
    pool.request(configs[1])  # used again, so the third is the one used least recently
    for config in configs[3:]:
        over(pool.request(config))
    assert pool.get(first.id) is first
    assert pool.get(second.id) is second
    assert pool.get(third.id) is None
    assert pool.counts()["log_mb"] <= 0.7


def test_what_somebody_has_just_asked_for_is_dropped_after_all_that_is_left(small):
    pool = small(log_mb=0.7)
    configs = [Counter(steps=1, size=10_000, seed=seed) for seed in range(3)]
    awaited = over(pool.request(configs[0]))
    pool.watch(awaited)
    pool.unwatch(awaited)
    left = pool.request(Counter(steps=2, size=10_000, pause=10, seed=3))
    pool.watch(left)
    pool.unwatch(left)
    assert pool.request(configs[0]) is awaited, "somebody comes back to it, and is on the way"
    for config in configs[1:]:
        pool.watch(pool.request(config))
    assert left.abandoned and pool.get(left.id) is None
    assert pool.get(awaited.id) is awaited


def test_a_run_that_was_promised_is_not_dropped_for_another(small):
    pool = small(log_mb=0.7)
    # as much memory as 3 frames of 10,000 numbers, in frames that stopping the pool need not wait long for
    configs = [Counter(steps=19, size=1500, pause=0.2, seed=seed) for seed in range(3)]
    promised = [pool.request(config) for config in configs[:2]]
    with pytest.raises(Busy, match="memory"):
        pool.request(configs[2])
    assert all(pool.get(run.id) is run and not run.over for run in promised)


def test_the_memory_taken_by_many_runs_stays_within_its_limit_and_all_of_it_is_counted(small):
    pool = small(log_mb=0.3)
    for seed in range(36):
        over(pool.request(Counter(steps=2, seed=seed)))
    held = pool.counts()
    assert held["log_mb"] <= 0.3
    assert 10 < held["runs"] < 36


def test_a_run_whose_log_grows_past_its_limit_is_stopped_and_keeps_what_it_has(small):
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
    assert pool.get(other.id) is other, "what is refused costs nobody anything"
    growing = pool.request(Glutton(steps=20, size=2_000))
    pool.watch(growing)
    assert "memory for runs is full" in over(growing).message
    assert watched.status == "finished" and pool.get(watched.id) is watched


def test_for_want_of_memory_watched_runs_that_are_over_lose_their_weights_and_nothing_that_is_seen(small):
    """Each has 0.8 MB of weights and next to nothing else: without that, the second would be refused."""
    pool = small(log_mb=1, run_mb=1)
    runs = []
    for seed in range(4):
        runs.append(over(pool.request(Learner(steps=9, size=10_000, seed=seed))))
        pool.watch(runs[-1])
    assert [run.light for run in runs] == [True, True, True, False]
    assert pool.counts()["log_mb"] <= 1
    for run in runs:
        assert [frame.step for frame in run.frames] == list(range(10))
        assert all((frame.chart_data["trail"] == frame.step).all() and frame.metrics for frame in run.frames)
        assert len(run.result().curves) == 10
    assert all(not frame.arrays for run in runs[:3] for frame in run.frames)
    assert all((frame.arrays["W"] == frame.step).all() for frame in runs[3].frames)


def test_a_run_for_which_there_was_no_memory_may_be_asked_for_again(pool, tmp_path):
    file = tmp_path / "short"
    file.touch()
    config = Starving(steps=5, file=str(file))
    run = over(pool.request(config))
    assert (run.status, len(run.frames)) == ("failed", 1)
    assert "try again later" in run.message
    file.unlink()
    again = pool.request(config)
    assert again is not run and over(again).status == "finished"


# ---- nothing is left behind


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


def test_the_web_process_imports_no_torch():
    program = """
import sys
import lazyrich.serving.pool, lazyrich.web.stream.routes, lazyrich.web.server.sessions
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.config.limits import Limits
with lazyrich.serving.pool.RunPool(Limits(workers=1)) as pool:
    pool.request(StudentTeacher(steps=10))
print("torch" in sys.modules)
"""
    answer = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert answer.stdout.strip() == "False", answer.stderr


def test_a_worker_trains_the_real_experiment():
    from lazyrich.experiments.student_teacher.config import StudentTeacher

    config = StudentTeacher(steps=100)
    with RunPool(Limits(workers=1), warm=[StudentTeacher(steps=10)]) as pool:
        run = pool.request(config)
        eventually(lambda: run.over, seconds=60)
        assert (run.status, run.message) == ("finished", "")
        assert len(run.frames) == config.expected_frames
