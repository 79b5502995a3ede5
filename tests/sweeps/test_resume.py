"""A phase portrait on the command line: resumed after a kill at any moment, without half-written files."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest

from harness.waiting import eventually
from lazyrich import PhasePortrait, StudentTeacher, phase_portrait
from lazyrich.cli import main
from lazyrich.experiments.phase_portrait.parts import parts
from lazyrich.sweeps import computed, in_order
from lazyrich.sweeps.checkpoint import Checkpoint
from lazyrich.sweeps.files import read_portrait

ROOT = Path(__file__).parents[2]

CONFIG = PhasePortrait(
    tau=(0.2, 2.0, 3), delta=(-1, 1, 9), seeds=4, at=(10, 30), base=StudentTeacher(dimension=6, samples=40, width=10)
)
WORDS = [
    *("phase-portrait", "--tau", "0.2,2,3", "--delta", "-1,1,9", "--seeds", "4", "--at", "10,30"),
    *("--dimension", "6", "--samples", "40", "--width", "10"),
]


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    return phase_portrait(CONFIG)


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(found, expected, check_exact=True)


def test_a_killed_run_continues_from_its_finished_parts(forked, whole, tmp_path, capsys):
    out = tmp_path / "portrait.parquet"
    # it hangs after some parts, so that it is killed midway on any machine
    script = f"""
import time
from lazyrich.sweeps import command
computed = command.computed
def some(*given):
    for count, finished in enumerate(computed(*given)):
        if count == 3:
            time.sleep(300)
        yield finished
command.computed = some
from lazyrich.cli import main
if __name__ == "__main__":
    main({[*WORDS, "--workers", "2", "--out", str(out)]!r})
"""
    path = tmp_path / "run.py"
    path.write_text(script)
    running = subprocess.Popen([*forked.python, path], env={**os.environ, "PYTHONPATH": str(ROOT)})
    checkpoint = Path(f"{out}.parts")
    try:
        until = time.monotonic() + 60
        while not checkpoint.exists() or len(checkpoint.read_bytes().splitlines()) < 4:
            assert running.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        eventually(lambda: len(forked.running()) == 1)
        [program] = forked.running()
        children = Path(f"/proc/{program}/task/{program}/children").read_text().split()
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait()
    assert not out.exists()
    assert len(children) >= 2
    while any(Path(f"/proc/{one}/exe").exists() for one in (program, *children)):
        assert time.monotonic() < until, "workers outlive the run that they were for"
        time.sleep(0.02)
    done = len(checkpoint.read_bytes().splitlines()) - 1
    assert done == 3 < len(parts(CONFIG))

    assert main([*WORDS, "--out", str(out)]) == 2
    assert "add --resume to go on with it, or delete it" in capsys.readouterr().err
    assert main([*WORDS, "--out", str(out), "--resume", "--workers", "1"]) == 0
    same(read_portrait(out), whole)
    assert sorted(item.name for item in tmp_path.iterdir()) == ["portrait.parquet", "run.py"]


def test_a_journal_cut_at_any_place_is_continued(whole, tmp_path):
    path = tmp_path / "journal"
    finished = list(computed(CONFIG))[:3]
    with Checkpoint(path, CONFIG) as checkpoint:
        for one in finished:
            checkpoint.add(one)
    text = path.read_bytes()
    ends = [end + 1 for end, byte in enumerate(text) if byte == ord("\n")]
    for cut in sorted({0, 1, *range(5, len(text), 1997), *ends, *(end - 1 for end in ends)}):
        path.write_bytes(text[:cut])
        with Checkpoint(path, CONFIG) as checkpoint:
            assert len(checkpoint.done) == max(0, sum(end <= cut for end in ends) - 1)
            for one in finished:
                if one.part.number not in checkpoint.done:
                    checkpoint.add(one)
            same(in_order(CONFIG, checkpoint.tables), in_order(CONFIG, [one.table for one in finished]))
        assert path.read_bytes() == text


def test_missing_numbers_stay_missing_through_the_journal(tmp_path):
    [finished] = list(computed(CONFIG, done=range(1, len(parts(CONFIG)))))
    finished.table["kernel_distance"][3] = float("nan")
    with Checkpoint(tmp_path / "journal", CONFIG) as checkpoint:
        checkpoint.add(finished)
    with Checkpoint(tmp_path / "journal", CONFIG) as checkpoint:
        same(in_order(CONFIG, checkpoint.tables), in_order(CONFIG, [finished.table]))


def test_a_journal_of_another_portrait_is_left_alone(tmp_path):
    out = tmp_path / "portrait.parquet"
    checkpoint = Path(f"{out}.parts")
    with Checkpoint(checkpoint, CONFIG.changed(seeds=3)):
        pass
    before = checkpoint.read_bytes()
    with pytest.raises(ValueError, match=r"holds parts of another portrait, with seeds=3: ask for that one"):
        Checkpoint(checkpoint, CONFIG)
    assert checkpoint.read_bytes() == before
    checkpoint.write_text("something else\n")
    with pytest.raises(ValueError, match="is no journal of a phase portrait"):
        Checkpoint(checkpoint, CONFIG)
    assert checkpoint.read_text() == "something else\n"


def test_a_complete_file_is_not_computed_again(whole, tmp_path, capsys):
    out = tmp_path / "portrait.parquet"
    words = [*WORDS[:5], "--seeds", "1", *WORDS[7:], "--workers", "1", "--out", str(out)]
    assert main(words) == 0
    output = capsys.readouterr().out
    assert "largest S" in output and f"Written to {out}" in output
    first = out.read_bytes()
    same(read_portrait(out), whole[whole["seed"] == 100].reset_index(drop=True))
    assert main([*words, "--resume"]) == 0
    assert "is complete: nothing to resume" in capsys.readouterr().out
    assert out.read_bytes() == first
    assert main([*words, "--resume", "--seeds", "2"]) == 2
    assert "holds something else" in capsys.readouterr().err
    assert out.read_bytes() == first
    record = read_portrait(out).attrs["lazyrich"]
    assert record["config"]["seeds"] == 1 and record["students"] == 27 and 0 < record["core_seconds"] < 100
    assert record["command"].startswith("python -m lazyrich phase-portrait --x-points 3 --y-points 9 --seeds 1")
    assert {"lazyrich", "torch", "python", "device", "dtype"} <= record["environment"].keys()
    assert "date" in record
    namespace: dict[str, object] = {}
    made = record["python"].partition("phase_portrait(")[2].rpartition(", pool)")[0]
    exec("from lazyrich import PhasePortrait", namespace)
    assert eval(made, namespace) == CONFIG.changed(seeds=1)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--resume"], "--resume needs --out"),
        (["--workers", "0"], "--workers must be at least 1, got 0."),
        (["--workers", "two"], "invalid int value"),
        (["--out", "portrait.npz"], "must end in .parquet or .csv"),
        (["--out", "nowhere/portrait.csv"], "there is no folder"),
    ],
)
def test_invalid_arguments_are_refused_before_anything_is_computed(more, message, capsys):
    try:
        assert main([*WORDS, *more]) == 2
    except SystemExit as left:
        assert left.code == 2
    assert message in capsys.readouterr().err


def test_an_interrupt_keeps_the_parts_and_prints_how_to_continue(tmp_path, capsys, monkeypatch):
    from lazyrich.sweeps import command

    def interrupted(*given):
        for count, finished in enumerate(computed(*given)):
            if count == 2:
                raise KeyboardInterrupt
            yield finished

    monkeypatch.setattr(command, "computed", interrupted)
    out = tmp_path / "portrait.csv"
    assert main([*WORDS, "--workers", "1", "--out", str(out)]) == 130
    assert f"Interrupted after 2 of {len(parts(CONFIG))} parts" in capsys.readouterr().err
    assert [item.name for item in tmp_path.iterdir()] == ["portrait.csv.parts"]
    monkeypatch.undo()
    assert main([*WORDS, "--workers", "1", "--out", str(out), "--resume"]) == 0
    assert [item.name for item in tmp_path.iterdir()] == ["portrait.csv"]


def test_a_run_without_a_file_prints_its_findings(capsys):
    assert main([*WORDS[:5], "--seeds", "1", *WORDS[7:], "--workers", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and lines[0].split()[:3] == ["flow", "time", "steps"] and "tau = " in lines[2]
