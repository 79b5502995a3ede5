"""Runs on own data, in the pool and on the command line: shared, limited, distinct, with equal numbers everywhere."""

from __future__ import annotations

import json
import os
import shlex
import signal
import threading

import numpy as np
import pytest

from harness.waiting import eventually
from lazyrich import StudentTeacher, own_data, train
from lazyrich.cli import main
from lazyrich.config.limits import Limits
from lazyrich.own_data import Given, OwnStudent, Preparation, prepare
from lazyrich.results import export
from lazyrich.serving.pool import RunPool, TooMuchWork
from lazyrich.serving.workers.worker import ProcessWorker

SHORT = StudentTeacher(tau=0.5, width=4, steps=20)
RANDOM = np.random.default_rng(1)


def given(n: int, d: int, name: str = "mine.csv") -> Given:
    return Given(name, RANDOM.normal(size=(n, d)), RANDOM.normal(size=n))


def test_large_equal_own_data_of_many_visitors_share_one_run_in_a_worker():
    # more than a pipe holds at once, by far
    raw = given(200, 400)
    data = prepare(raw)
    with RunPool(Limits(workers=1)) as pool:
        run = pool.request(OwnStudent.of(SHORT, data))
        assert pool.request(OwnStudent.of(SHORT, prepare(Given("theirs.csv", raw.X, raw.y)))) is run
        assert pool.request(OwnStudent.of(SHORT, prepare(raw, Preparation(held_out=0)))) is not run
        assert pool.request(SHORT) is not run
        assert run.nbytes >= data.nbytes
        eventually(lambda: run.over, seconds=60)
    assert run.status == "finished", run.message
    result, here = run.result(), train(SHORT, task=data)
    np.testing.assert_array_equal(result.task.X, raw.X[np.arange(200) % 5 != 4])
    np.testing.assert_array_equal(result.weights(-1)["W"], here.weights(-1)["W"])
    assert result.own == here.own == ("task",) and result.task.teacher is None
    record = json.loads(export.config_json(result))
    assert record["own"] == ["task"] and record["data"]["sha256"] == data.key and "command" not in record
    assert b"mine.csv" not in export.config_json(result), "others with the same data would see the name"


def test_too_many_samples_for_the_server_are_refused_with_advice():
    with RunPool(Limits(workers=0, max_seconds=0.1)) as pool, pytest.raises(TooMuchWork, match=r"Lower .*samples"):
        pool.request(OwnStudent.of(SHORT, prepare(given(2500, 40))))


def test_sending_much_to_a_worker_that_does_not_read_does_not_block():
    worker = ProcessWorker(100.0, most=100.0, most_bytes=1e6, memory=0)
    os.kill(worker.pid, signal.SIGSTOP)
    sending = threading.Thread(target=worker.send, args=(("warm", bytes(5_000_000)),), daemon=True)
    sending.start()
    sending.join(5)
    assert not sending.is_alive()
    assert worker.end(1.0) == "by signal 9"


@pytest.mark.parametrize("suffix", ["csv", "npz"])
def test_the_command_and_the_lines_of_python_that_the_page_shows_compute_the_very_run(
    tmp_path, monkeypatch, capsys, suffix
):
    monkeypatch.chdir(tmp_path)
    raw = given(30, 3, f"-a file's.{suffix}")
    if suffix == "csv":
        np.savetxt(raw.name, np.column_stack([raw.X, raw.y]), delimiter=";", fmt="%.17g", header="a;b;c;y", comments="")
    else:
        np.savez(raw.name, X=raw.X, y=raw.y)
    config = OwnStudent.of(SHORT, prepare(raw, Preparation(held_out=10, scaling="unit", constant=True)))
    wanted = train(config)
    python, shell = export.same_in_python(config), export.same_in_shell(config, "run.npz")
    names: dict = {}
    exec(python, names)
    np.testing.assert_array_equal(names["result"].weights(-1)["W"], wanted.weights(-1)["W"])
    capsys.readouterr()
    assert main(shlex.split(shell)[3:]) == 0
    words = "names from line 1; inputs a, b, c; output y" if suffix == "csv" else "inputs from X; output from y"
    assert f"30 samples of 4 inputs, 3 of them held out; {words}. Inputs are divided by" in capsys.readouterr().out
    with np.load("run.npz") as arrays:
        np.testing.assert_array_equal(arrays["W"][-1], wanted.weights(-1)["W"])
        np.testing.assert_array_equal(
            arrays["X_test"], own_data.read(raw.name, held_out=10, scaling="unit", constant=True).X_test
        )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--data", "none.csv"], "--data: none.csv cannot be read: no such file or directory. Give a file that can."),
        (["--data", "mine.csv"], "mine.csv, line 2: 'x' in column 2 is not a number"),
        (["--data", "mine.csv", "--dimension", "3"], "--dimension has no meaning with --data"),
        (["--scaling", "unit"], "--scaling is for your own data: give --data FILE too."),
        (["--data", "mine.csv", "--held-out", "99"], "held_out must be a whole number between 0 and 90, got 99."),
    ],
)
def test_invalid_data_are_refused_on_the_command_line_in_one_sentence(tmp_path, monkeypatch, capsys, words, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.csv").write_text("1,2,3\n4,x,6\n")
    assert main(["student-teacher", *words]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(message) and len(errors.splitlines()) == 1
