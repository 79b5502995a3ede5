"""Equal configs share one run, with all its frames and its end: on a thread, and in worker processes."""

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from harness.experiments import Counter, Ending, Patient, Starving
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import RunPool
from tests.serving.pool.waits import over


@pytest.fixture(scope="module", params=[0, 2], ids=["thread", "processes"])
def pool(request):
    with RunPool(Limits(workers=request.param, run_frames=600, all_frames=1500)) as pool:
        yield pool


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


def test_equal_configs_share_one_run_during_and_after_training(pool):
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


@pytest.mark.parametrize(
    ("how", "message", "remedy"),
    [
        ("diverge", "Diverged at step 10: count more slowly.", {"steps": 3}),
        ("refuse", "There is no such number: choose another.", {"seed": 1}),
    ],
)
def test_a_failed_run_keeps_its_frames_and_gives_the_reason_and_a_remedy(pool, how, message, remedy):
    run = over(pool.request(Ending(how=how)))
    assert (run.status, run.message, run.remedy) == ("failed", message, remedy)
    assert [frame.step for frame in run.frames] == list(range(10))
    assert pool.request(Ending(how=how)) is run, "a run that would fail in the same way was started again"


def test_an_unforeseen_error_is_logged_in_full_and_shown_in_a_sentence_without_it(pool, caplog):
    run = over(pool.request(Ending(how="raise")))
    assert run.status == "failed"
    assert len(run.frames) == 10
    assert "secret" not in run.message and "Traceback" not in run.message
    assert "ZeroDivisionError: a secret of the server" in caplog.text
    assert run.id not in caplog.text
    assert pool.request(Ending(how="raise")) is not run


def test_a_stopped_resumable_run_continues_from_its_frames_when_requested_again(pool):
    config = Patient(steps=200)
    run = pool.request(config)
    eventually(lambda: len(run.frames) > 3)
    assert pool.stop_run(run)
    had = list(run.frames)
    again = pool.request(config)
    assert again.id != run.id and len(had) < 201
    assert all(one is other for one, other in zip(again.frames, had, strict=False))
    assert over(again).status == "finished"
    assert [frame.step for frame in again.frames] == list(range(201))


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
