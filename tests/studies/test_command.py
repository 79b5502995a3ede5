"""Comparisons and studies on the command line: results as in Python, kill and resume, and errors."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest

from harness.waiting import eventually
from lazyrich import StudentTeacher, compare, study
from lazyrich.cli import main
from lazyrich.sweeps.files import read_portrait

ROOT = Path(__file__).parents[2]

SMALL = StudentTeacher(samples=6, width=6, test_samples=20, steps=10, learning_rate=2e-3, tau=0.5)
WITH = "samples=6,width=6,test-samples=20,steps=10,learning_rate=2e-3,tau=0.5"
COMPARE = ["compare", "student-teacher", "--a", "delta=1", "--b", "delta=-1", "--with", WITH]
STUDY = ["study", "student-teacher", "--over", "delta=-1,0,1", "--with", WITH, "--workers", "1"]


def test_a_comparison_agrees_with_python_and_its_file_records_it(tmp_path, capsys):
    out = tmp_path / "table.parquet"
    assert main([*COMPARE, "--seeds", "8", "--workers", "1", "--out", str(out)]) == 0
    versus = compare(SMALL.changed(delta=1), SMALL.changed(delta=-1), seeds=8)
    output = capsys.readouterr().out
    assert versus.verdict in output and all(warning in output for warning in versus.warnings)
    table = read_portrait(out)
    pd.testing.assert_frame_equal(table, versus.table, check_exact=True, check_dtype=False)
    record = table.attrs["lazyrich"]
    assert record["verdict"] == versus.verdict and record["effects"][0]["ratio"] == versus.effect
    assert record["config"]["B"]["delta"] == -1 and record["config"]["measure"] == "test_loss"
    assert record["command"].endswith("--seeds 8 --out table.parquet") and record["failed"] == []
    printed: list[str] = []
    exec(record["python"], {"print": printed.append})
    assert printed == [versus.verdict]
    assert main([*COMPARE, "--seeds", "8", "--out", str(out), "--resume"]) == 0
    assert "is complete: nothing to resume" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == [out]


def test_a_study_from_the_command_line_equals_the_one_of_python(tmp_path, capsys):
    out = tmp_path / "table.csv"
    words = [*STUDY, "--over", "tau=0.5,1", "--seeds", "3", "--reference", "delta=0", "--at", "step=10"]
    assert main([*words, "--measure", "kernel_distance", "--out", str(out)]) == 0
    over = {"delta": [-1, 0, 1], "tau": [0.5, 1]}
    found = study(SMALL, over, 3, "kernel_distance", {"step": 10}, {"delta": 0})
    output = capsys.readouterr().out
    assert found.verdict in output and output.count("reference") == 2
    pd.testing.assert_frame_equal(pd.read_csv(out, keep_default_na=False), found.table, check_dtype=False)


def test_without_a_file_the_verdict_is_printed(capsys):
    assert main([*COMPARE, "--seeds", "1", "--workers", "1"]) == 0
    versus = compare(SMALL.changed(delta=1), SMALL.changed(delta=-1), seeds=1)
    captured = capsys.readouterr()
    assert captured.out.startswith(versus.verdict) and "Written" not in captured.out and captured.err == ""
    assert main([*STUDY, "--seeds", "1"]) == 0
    assert capsys.readouterr().out.startswith(study(SMALL, {"delta": [-1, 0, 1]}, 1).verdict)


def test_a_killed_study_continues_from_its_finished_parts(forked, tmp_path, capsys):
    out = tmp_path / "study.parquet"
    words = [*STUDY[:-2], "--seeds", "16", "--out", str(out)]
    # it hangs after some parts, so that it is killed midway on any machine
    script = f"""
import time
from lazyrich.studies import command
computed = command.computed
def some(*given):
    for count, part in enumerate(computed(*given)):
        if count == 3:
            time.sleep(300)
        yield part
command.computed = some
from lazyrich.cli import main
if __name__ == "__main__":
    main({[*words, "--workers", "1"]!r})
"""
    path = tmp_path / "run.py"
    path.write_text(script)
    running = subprocess.Popen([*forked.python, path], env={**os.environ, "PYTHONPATH": str(ROOT)})
    parts = Path(f"{out}.parts")
    try:
        until = time.monotonic() + 60
        while not parts.exists() or len(parts.read_bytes().splitlines()) < 4:
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.02)
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    eventually(lambda: not forked.running())
    done = len(parts.read_bytes().splitlines()) - 1
    assert done == 3 and not out.exists()
    assert main(words) == 2
    assert "add --resume to go on with it, or delete it" in capsys.readouterr().err
    begun = parts.read_bytes()
    assert main([*words, "--seeds", "17", "--resume"]) == 2
    assert "holds runs of the seeds 0 to 15, not 0 to 16: ask for those" in capsys.readouterr().err
    assert parts.read_bytes() == begun
    assert main([*words, "--resume", "--workers", "1"]) == 0
    found = study(SMALL, {"delta": [-1, 0, 1]}, 16)
    pd.testing.assert_frame_equal(read_portrait(out), found.table, check_exact=True, check_dtype=False)
    assert not parts.exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([*COMPARE, "--with", "tauu=1"], "tauu is not a setting here; did you mean tau?"),
        ([*COMPARE, "--with", "tau"], "--with must be settings as name=value, separated by commas, got tau."),
        ([*COMPARE, "--b", "delta=9"], "delta must be a number between -2 and 2, got 9."),
        ([*COMPARE, "--b", "delta=1"], "--a and --b must differ: give settings of each"),
        ([*COMPARE, "--b", "seed=3"], "the seed must be the same for --a and --b"),
        ([*COMPARE, "--seeds", "many"], "--seeds must be a whole number between 1 and 1000, got many."),
        ([*COMPARE, "--measure", "los", "--workers", "1"], "measure must be one of step, time, train_loss, "),
        ([*COMPARE, "--at", "1e9", "--workers", "1"], "at lies past the end of a run"),
        ([*COMPARE, "--at", "tau=1"], "at must name one of time, step, at, train_loss, loss"),
        ([*COMPARE, "--sedes", "3"], "--sedes is no flag here; did you mean --seeds?"),
        ([*COMPARE, "--out", "x.npz"], "--out: the name of a comparison's file must end in .parquet or .csv."),
        (["compare", "student-techer"], "student-techer is no experiment; did you mean student-teacher?"),
        (["study", "single-neuron", "--over", "delta=0,1"], "SingleNeuron has no seed"),
        (["study", "student-teacher"], "--over must be given once or twice"),
        ([*STUDY, "--over", "delta"], "--over must be a setting and its values, such as delta=-1,0,1, got delta."),
        ([*STUDY, "--reference", "delta=2"], "reference must have a value of delta that is studied, -1,0,1, got 2."),
        ([*STUDY, "--reference", "tau=2"], "reference must name delta, which the study varies, got tau."),
        (["study", "deep-network", "--over", "alphas=1,2"], "--over cannot vary alphas, whose values are lists"),
        (["study", "student-teacher", "--over", "seed=1,2"], "over cannot name seed: every setting is run over seeds"),
        (["study", "student-teacher", "--over", "delta=1,1"], "over must name each value of delta once, got 1 more"),
        (["study", "student-teacher", "--over", "width=3,4"], "width must be even when the start is symmetrised"),
    ],
)
def test_invalid_arguments_are_refused_in_a_sentence(words, sentence, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    assert sentence in capsys.readouterr().err.replace(", 0, 1", ",0,1")
    assert list(tmp_path.iterdir()) == []


def test_the_help_of_both_commands_names_their_flags(capsys):
    for name, flags in (("compare", ("--a", "--b")), ("study", ("--over", "--reference"))):
        with pytest.raises(SystemExit):
            main([name, "--help"])
        output = capsys.readouterr().out
        assert all(flag in output for flag in (*flags, "--with", "--seeds", "--measure", "--at", "--out", "--resume"))
        assert "single-neuron" not in output
