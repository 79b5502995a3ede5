"""Output of a command in a real shell: pipes, closed streams, a full disk, other encodings."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.forked import Forked
from lazyrich import StudentTeacher, own_data, train
from lazyrich.cli import main
from lazyrich.config import machine
from lazyrich.console.readable import readable
from lazyrich.experiments import registry
from lazyrich.sweeps.checkpoint import Checkpoint
from lazyrich.sweeps.files import read_portrait
from tests.cli.test_command_line import refusal
from tests.sweeps.test_resume import CONFIG, WORDS

ROOT = Path(__file__).parents[2]
SMALL = "student-teacher --width 4 --samples 5 --steps 30 --test-samples 6"
PORTRAIT = (
    "phase-portrait --tau 0.2,2,2 --delta -1,1,2 --seeds 1 --at 10 --dimension 4 --samples 9 --width 4 --workers 1"
)


@pytest.fixture(scope="module")
def shell(forked: Forked) -> Callable[..., subprocess.CompletedProcess[bytes]]:
    """shell(line, folder, **environment): run a line of bash.

    `lazyrich` is the command, `train` is it as well, for what needs torch: forked after the imports. The exit code is
    the first of a pipe that is not 0.
    """
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}

    def run(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
        given = {**usual, "PYTHONPATH": str(ROOT), **environment}
        starts = {"lazyrich": [sys.executable], "train": forked.python}
        commands = [f'{name}() {{ {shlex.join(python)} -m lazyrich "$@"; }}' for name, python in starts.items()]
        line = "; ".join(["set -o pipefail", *commands, line])
        return subprocess.run(["bash", "-c", line], cwd=folder, env=given, capture_output=True, timeout=120)

    return run


def quiet(ended: subprocess.CompletedProcess[bytes]) -> str:
    """Return the error output. Fail if it holds a traceback or an error message of Python itself."""
    errors = ended.stderr.decode()
    for noise in ("Traceback", "Exception ignored", "Error:", "Errno"):
        assert noise not in errors, errors
    return errors


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Write a file with a user's own data."""
    x = np.linspace(-1, 1, 20)
    np.savetxt(tmp_path / "mine.csv", np.column_stack([x, x**2, np.abs(x)]), delimiter=",")
    return tmp_path / "mine.csv"


@pytest.fixture(scope="module")
def curves() -> pd.DataFrame:
    return train(StudentTeacher(width=4, samples=5, steps=30, test_samples=6)).curves


def same(path: Path, curves: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(pd.read_csv(path), curves, check_exact=True)


# ---- output that nobody can read does not lose a run


def test_a_closed_pipe_loses_no_results(shell, tmp_path, mine):
    """The reader leaves before anything is printed, and Python does not buffer its output."""
    line = "train student-teacher --data mine.csv --steps 20 --out z.csv | true"
    ended = shell(line, tmp_path, PYTHONUNBUFFERED="1")
    assert ended.returncode in (0, 141)
    assert quiet(ended) == ""
    same(tmp_path / "z.csv", train(StudentTeacher(steps=20), task=own_data.read(mine)).curves)
    ended = shell(
        f"train {PORTRAIT} --out p.parquet 2>&1 | true; train --version | true; train --help | head -1",
        tmp_path,
    )
    assert ended.returncode in (0, 141) and ended.stdout.startswith(b"usage: lazyrich")
    assert quiet(ended) == ""
    assert len(read_portrait(tmp_path / "p.parquet")) == 4
    assert sorted(os.listdir(tmp_path)) == ["mine.csv", "p.parquet", "z.csv"]


def test_closed_streams_cost_nothing(shell, tmp_path, curves):
    """A file that is opened next must not get the descriptor of standard output."""
    ended = shell(f"train {SMALL} --out all.csv <&- >&- 2>&-; echo $?", tmp_path)
    assert (ended.stdout, ended.stderr) == (b"0\n", b"")
    same(tmp_path / "all.csv", curves)
    ended = shell("lazyrich student-teacher --tau 0 2>&-; echo $?; lazyrich --version >&-; echo $?", tmp_path)
    assert (ended.stdout, ended.stderr) == (b"2\n0\n", b"")
    script = """
import os, sys
from lazyrich.cli.process import run
sys.argv[1:] = ["--version"]
run()
sys.exit(os.open(os.devnull, os.O_RDONLY))
"""
    ended = shell(f"{shlex.quote(sys.executable)} -c {shlex.quote(script)} <&- >&- 2>&-; echo $?", tmp_path)
    assert int(ended.stdout) > 2, "a file has taken the place of standard input, output or error"


def test_a_full_disk_behind_standard_output_is_reported_and_the_run_is_kept(shell, tmp_path, curves):
    ended = shell(f"train {SMALL} --out z.csv >/dev/full", tmp_path)
    assert ended.returncode == 1
    assert quiet(ended) == (
        "Standard output could not be written to: no space left on device. What was computed is in z.csv.\n"
    )
    same(tmp_path / "z.csv", curves)
    ended = shell("train --help >/dev/full; echo $?; train student-teacher --tau 0 2>/dev/full; echo $?", tmp_path)
    assert ended.stdout == b"1\n2\n"
    assert quiet(ended) == "Standard output could not be written to: no space left on device.\n"


# ---- places that are no regular files


def test_standard_output_and_pipes_of_the_shell_are_written_into(shell, tmp_path, curves):
    ended = shell(f"echo before > r.csv; train {SMALL} --out /dev/stdout >> r.csv", tmp_path, PYTHONIOENCODING="ascii")
    assert ended.returncode == 0
    assert "test_loss" in quiet(ended) and "Written to /dev/stdout" in ended.stderr.decode("ascii")
    before, _, rest = (tmp_path / "r.csv").read_text().partition("\n")
    (tmp_path / "rest.csv").write_text(rest)
    assert before == "before"
    same(tmp_path / "rest.csv", curves)
    # a pipe that the shell makes, whose reader takes one line of it and leaves
    ended = shell(f"train {PORTRAIT} --out >(head -1 > h.csv) | tail -1; sleep 0.2; cat h.csv", tmp_path)
    assert ended.returncode == 0 and quiet(ended) == ""
    assert ended.stdout.splitlines()[-1].startswith(b"tau,delta,seed,at,")
    assert sorted(os.listdir(tmp_path)) == ["h.csv", "r.csv", "rest.csv"]
    ended = shell(f"mkfifo p.csv; train {PORTRAIT} --out p.csv --resume", tmp_path)
    assert ended.returncode == 2 and "p.csv is a pipe or a device: it has no finished parts." in quiet(ended)


def test_the_data_are_never_overwritten_by_any_name_of_theirs(tmp_path, mine, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = mine.read_bytes()
    os.symlink("mine.csv", "link.csv")
    os.link("mine.csv", "hard.csv")
    os.symlink("hard.csv", "far.csv")
    os.mkdir("folder")
    os.symlink("..", "folder/up")
    for out in (
        "mine.csv",
        "./mine.csv",
        str(mine),
        "folder/../mine.csv",
        "folder/up/mine.csv",
        "link.csv",
        "hard.csv",
    ):
        message = refusal(capsys, "student-teacher", "--data", "mine.csv", "--out", out)
        assert message == f"--out: {out} is the file of --data, which would be lost: choose another place.\n"
    for data in ("link.csv", "far.csv"):
        assert "is the file of --data" in refusal(capsys, "student-teacher", "--data", data, "--out", "mine.csv")
    np.savez("images.npz", x=0)
    monkeypatch.setenv("LAZYRICH_CIFAR10", "images.npz")
    assert "LAZYRICH_CIFAR10" in refusal(capsys, "filters", "--data", "cifar10", "--out", "images.npz")
    with Checkpoint("portrait.csv.parts", CONFIG):
        pass
    os.symlink("portrait.csv.parts", "parts.csv")
    os.link("portrait.csv.parts", "portrait.csv")
    for words in ([*WORDS, "--out", "portrait.csv"], ["student-teacher", "--out", "parts.csv"]):
        assert "finished parts of a long run, which would be lost" in refusal(capsys, *words)
    assert mine.read_bytes() == before and Path("link.csv").is_symlink()


def test_a_place_that_cannot_be_written_is_refused_before_training(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("old.csv").write_text("old")
    Path("old.csv").chmod(0o400)
    Path("folder.csv").mkdir()
    os.symlink("round.csv", "round.csv")
    reasons = {
        "old.csv": "it is write-protected",
        "folder.csv": "it is a folder",
        "round.csv": "too many levels of symbolic links",
        "x" * 300 + ".csv": "file name too long",
        "old.csv/x.csv": "not a directory",
        "new.csv/": "",
        "nowhere/x.csv": "there is no folder",
        "/dev/fd/77": "",
        "": "",
    }
    for out, reason in reasons.items():
        for words in (["student-teacher"], WORDS):
            message = refusal(capsys, *words, "--out", out)
            assert message.startswith("--out: ") and reason in message
    assert sorted(os.listdir()) == ["folder.csv", "old.csv", "round.csv"]


def test_a_portrait_that_is_being_computed_is_not_begun_twice(tmp_path, capsys):
    out = tmp_path / "portrait.csv"
    (tmp_path / "latest.csv").symlink_to("portrait.csv")
    with Checkpoint(f"{out}.parts", CONFIG):
        for name, more in ((out, []), (out, ["--resume"]), (tmp_path / "latest.csv", [])):
            message = refusal(capsys, *WORDS, "--out", str(name), *more)
            assert message.startswith(f"Another run is under way that writes to {name}: wait until it has ended")
    # the other run is over now, finished or not
    assert "--resume" in refusal(capsys, *WORDS, "--out", str(out))
    os.unlink(f"{out}.parts")
    os.mkfifo(f"{out}.parts")
    assert "is no journal of a phase portrait" in refusal(capsys, *WORDS, "--out", str(out), "--resume")


# ---- characters


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "cp1252"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
    ids=lambda environment: "-".join(environment.values()),
)
def test_every_help_is_printed_in_every_encoding(forked, tmp_path, environment):
    """Python makes the streams of a forked program as well; what a locale sets it takes up at a real start alone."""
    script = tmp_path / "helps.py"
    script.write_text(f"""
from lazyrich.cli import main
for name in {list(registry)}:
    try: main([name, "--help"])
    except SystemExit as left: assert left.code == 0
assert main(["student-teacher", "--tau", "\\u03c4"]) == 2
""")
    python = forked.python if "PYTHONIOENCODING" in environment else [sys.executable]
    given = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    ended = subprocess.run([*python, script], env=given, capture_output=True)
    assert ended.returncode == 0
    output = ended.stdout.decode(environment.get("PYTHONIOENCODING", "ascii"))
    assert "tau scale" in output and "\\" not in output
    assert "got tau" in quiet(ended)


def test_characters_outside_the_encoding_are_replaced_by_readable_ones():
    text = "δ = a² − ‖w‖², η_a, wᵢ, x₁, Σ ≤ 10⁻³ … “½”, 90°"
    plain = 'delta = a^2 - ||w||^2, eta_a, w_i, x_1, Sigma <= 10^-^3 ... "1/2", 90 degrees'
    assert readable(text, "ascii") == plain
    assert readable(text, "utf-8") == readable(text, None) == text
    assert readable("δ² é", "latin-1") == "delta² é"
    assert readable("é ☃ 学", "ascii") == "\\xe9 \\u2603 \\u5b66"
    assert readable(os.fsdecode(b"caf\xe9.csv"), "utf-8") == "caf\\xe9.csv"


def test_a_name_that_is_no_text_is_written_and_reported(tmp_path, capsys):
    for name, words in ((b"caf\xe9.csv", SMALL), (b"caf\xe9.parquet", PORTRAIT)):
        out = os.fsdecode(os.path.join(os.fsencode(tmp_path), name))
        assert main([*shlex.split(words), "--out", out]) == 0
        assert f"Written to {readable(out, 'utf-8')}" in capsys.readouterr().out
    assert "caf" in read_portrait(out).attrs["lazyrich"]["command"]
    assert sorted(os.listdir(os.fsencode(tmp_path))) == [b"caf\xe9.csv", b"caf\xe9.parquet"]


# ---- memory


def test_a_run_is_measured_by_the_memory_of_the_container(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(machine, "CGROUP", tmp_path)
    (tmp_path / "memory.max").write_text("50000000\n")
    message = refusal(capsys, "student-teacher", "--samples", "1000", "--dimension", "1000")
    assert "this machine has 0.05 GB for it: make it smaller." in message
