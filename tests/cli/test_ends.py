"""A command that is interrupted or cannot write: its message, its exit code, and the files that it leaves."""

from __future__ import annotations

import signal
import sys
from concurrent.futures.process import BrokenProcessPool

import pytest

from harness.faults.full_disk import no_file_larger_than
from lazyrich.cli import main
from lazyrich.console import interrupts
from lazyrich.replay import recording
from lazyrich.results import export, train
from lazyrich.sweeps import command

RUN = ["student-teacher", "--width", "4", "--samples", "5", "--steps", "30", "--test-samples", "6"]
PORTRAIT = [
    *("phase-portrait", "--tau", "0.5,1,2", "--delta", "0,1,2", "--seeds", "1", "--at", "3", "--workers", "1"),
    *("--dimension", "2", "--samples", "4", "--width", "2"),
]


def interrupted(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize("words", [RUN, [*RUN, "--out", "run.csv"]])
def test_an_interrupt_before_the_first_frame_leaves_nothing(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(train, "stream", interrupted)
    assert main(words) == 130
    assert capsys.readouterr() == ("", "Interrupted; nothing was written.\n") and not list(tmp_path.iterdir())


def test_an_interrupt_of_a_portrait_without_a_file_leaves_nothing(monkeypatch, capsys):
    monkeypatch.setattr(command, "computed", interrupted)
    assert main(PORTRAIT) == 130
    assert capsys.readouterr() == ("", "Interrupted; nothing was written.\n")


def test_a_second_interrupt_stops_writing(tmp_path, monkeypatch, capsys):
    out = tmp_path / "run.csv"
    monkeypatch.setattr(export, "write", interrupted)
    assert main([*RUN, "--out", str(out)]) == 130
    assert capsys.readouterr() == ("", f"Interrupted before {out} was written.\n") and not out.exists()


def test_an_interrupt_during_writing_takes_effect_after_the_file_is_complete(tmp_path, monkeypatch, capfd):
    out, write = tmp_path / "run.csv", export.write

    def interrupted_once(*given):
        interrupts._hear(signal.SIGINT, None)
        write(*given)

    for name in ("way", "state", "noted", "raised"):
        monkeypatch.setattr(interrupts._State, name, getattr(interrupts._State, name))
    monkeypatch.setattr(export, "write", interrupted_once)
    assert main([*RUN, "--out", str(out)]) == 130
    captured = capfd.readouterr()
    assert captured.err == f"Interrupted while writing {out}, which goes on; once more gives it up.\n"
    assert captured.out.endswith(f"Written to {out}\n") and out.read_text().startswith("step,time,")


def test_a_full_disk_is_reported_and_leaves_no_part_of_a_file(tmp_path, capsys):
    out = tmp_path / "run.csv"
    with no_file_larger_than(100):
        assert main([*RUN, "--out", str(out)]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith(f"{out} could not be written: ") and "Traceback" not in captured.err
    assert "test_loss" in captured.out and "Written to" not in captured.out and not list(tmp_path.iterdir())


def test_a_full_disk_ends_a_portrait_with_its_reason(tmp_path, capsys):
    with no_file_larger_than(100):
        assert main([*PORTRAIT, "--out", str(tmp_path / "portrait.csv")]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 1
    assert "portrait.csv.parts could not be written: " in captured.err


def test_a_run_too_long_for_a_replay_is_not_written_and_the_reason_is_reported(tmp_path, monkeypatch, capsys):
    out = tmp_path / "run.html"
    monkeypatch.setattr(recording, "MAX_BYTES", 1000)
    assert main([*RUN, "--out", str(out)]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith(f"{out} was not written. ") and "test_loss" in captured.out and not out.exists()


@pytest.mark.parametrize("with_file", [False, True])
def test_a_dead_worker_is_reported_with_the_way_to_continue(with_file, tmp_path, monkeypatch, capsys):
    def computed(*given):
        yield next(real(*given))
        raise BrokenProcessPool("A process in the process pool was terminated abruptly")

    real = command.computed
    monkeypatch.setattr(command, "computed", computed)
    out = tmp_path / "portrait.csv"
    assert main([*PORTRAIT, *(["--out", str(out)] if with_file else [])]) == 1
    assert capsys.readouterr().err == (
        f"A worker process died, perhaps for want of memory.{' Add --resume to go on where it was.' * with_file}\n"
    )
    monkeypatch.undo()
    if with_file:
        assert main([*PORTRAIT, "--out", str(out), "--resume"]) == 0 and out.exists()


def test_a_cluster_without_dask_installed_is_reported(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main([*PORTRAIT[:-8], "--dask", "127.0.0.1:1", *PORTRAIT[-6:]]) == 1
    assert capsys.readouterr().err == "--dask needs Dask: pip install -r requirements-cluster.txt.\n"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tau=0.1"], "--tau is not a setting here. See lazyrich --help.\n"),
        (["compare", "student-teacher", "more"], "Unrecognized arguments: more. See lazyrich compare --help.\n"),
        (
            ["compare", "student-teacher", "--a", "delta=1", "--b", "delta=0", "--out", "nowhere/table.csv"],
            "--out: there is no folder nowhere: make it first or choose another.\n",
        ),
    ],
)
def test_invalid_arguments_are_refused_in_one_sentence(words, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    captured = capsys.readouterr()
    assert (captured.out, captured.err.replace(f"{tmp_path}/", "")) == ("", message)
