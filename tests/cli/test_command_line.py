"""The command line: results, errors for bad input, and flags that come from the schema alone."""

from __future__ import annotations

import csv
import json
import os
import pty
import re
import select
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow.parquet as pq
import pytest
import torch

import lazyrich.cli.commands
from lazyrich import StudentTeacher, __version__, train
from lazyrich.cli import main
from lazyrich.config.schema import Config, Work, parameter, show
from lazyrich.experiments import registry
from lazyrich.frame import Frame
from lazyrich.results.export import same_in_shell

ROOT = Path(__file__).parents[2]
SMALL = ["student-teacher", "--width", "4", "--samples", "5", "--steps", "30", "--test-samples", "6"]


def rows(path: Path) -> list[dict[str, str]]:
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def refusal(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return the error output for invalid arguments."""
    try:
        code = main(words)
    except SystemExit as error:
        code = error.code
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert len(captured.err.splitlines()) == 1
    return captured.err


def test_several_seeds_are_written_with_a_row_each_and_failed_ones_are_reported(tmp_path, capsys):
    assert main([*SMALL, "--seeds", "4", "--learning-rate", "0.05", "--out", str(tmp_path / "run.csv")]) == 0
    config = StudentTeacher(width=4, samples=5, steps=30, test_samples=6, learning_rate=0.05, seeds=4)
    wanted, written = train(config), rows(tmp_path / "run.csv")
    assert [int(row["seed"]) for row in written] == list(wanted.curves.seed)
    assert [float(row["test_loss"]) for row in written] == list(wanted.curves.test_loss)
    assert 0 < len(wanted.failed) < 4
    output = capsys.readouterr().out
    assert f"{len(wanted.failed)} of 4 failed" in output
    for seed, why in wanted.failed.items():
        assert f"Seed {seed}: {why}" in output


def test_a_run_is_written_by_the_suffix_of_its_file(tmp_path, capsys):
    wanted = train(StudentTeacher(width=4, samples=5, steps=30, test_samples=6, tau=0.2, delta=1.0))
    for suffix in ("parquet", "csv", "npz", "json", "html"):
        assert main([*SMALL, "--tau", "0.2", "--delta", "1", "--out", str(tmp_path / f"run.{suffix}")]) == 0
    assert [float(row["train_loss"]) for row in rows(tmp_path / "run.csv")] == list(wanted.curves.train_loss)
    assert pq.read_table(tmp_path / "run.parquet")["train_loss"].to_pylist() == list(wanted.curves.train_loss)
    np.testing.assert_array_equal(np.load(tmp_path / "run.npz")["W"][-1], wanted.weights(-1)["W"])
    assert json.loads((tmp_path / "run.json").read_text())["config"] == wanted.config.model_dump()
    assert (tmp_path / "run.html").read_text(encoding="utf-8") == wanted.html()
    assert "Written to" in capsys.readouterr().out


def test_without_a_file_the_last_frame_and_the_verdict_are_printed(capsys):
    assert main(SMALL) == 0
    captured = capsys.readouterr()
    last = train(StudentTeacher(width=4, samples=5, steps=30, test_samples=6)).frames[-1]
    assert captured.out.splitlines()[0] == last.verdict
    printed = dict(line.split() for line in captured.out.splitlines() if line.startswith("  "))
    assert printed.keys() == {"step", "time", *last.metrics}
    assert printed["step"] == "30"
    for name, value in last.metrics.items():
        # numbers that do not exist yet, such as the time to a tenth of the loss
        assert printed[name] == "none" if np.isnan(value) else float(printed[name]) == pytest.approx(value, rel=1e-3)
    assert captured.err == ""


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tau", "0"], "tau must be a number between 0.01 and 10, got 0."),
        (["--tau", "nan"], "tau must be a number between 0.01 and 10, got nan."),
        (["--delta", "-7e0"], "delta must be a number between -2 and 2, got -7e0."),
        (["--width", "3.5"], "width must be a whole number between 2 and 2000, got 3.5."),
        (["--device", "tpu"], "device must be one of auto, cpu, cuda, got tpu."),
        (["--width", "7"], "width must be even when the start is symmetrised, got 7"),
        (["--tau"], "Argument --tau: expected one argument. See lazyrich student-teacher --help."),
        (["--ta", "1"], "--ta is not a setting here; did you mean --tau? See lazyrich student-teacher --help."),
        (["--no-symetrised"], "--no-symetrised is not a setting here; did you mean --symmetrised?"),
        (["--scalling", "unit"], "--scalling is not a setting here; did you mean --scaling?"),
        (["--symmetrised", "maybe"], "Unrecognized arguments: maybe."),
        (
            ["--out", "run.xlsx"],
            "--out: the name of the file must end in .parquet, .csv, .npz, .json, .html, got run.xlsx.",
        ),
        (["--out", "nowhere/run.csv"], "--out: there is no folder"),
    ],
)
def test_invalid_arguments_are_refused_in_one_sentence_before_training(capsys, words, message):
    assert message in refusal(capsys, "student-teacher", *words)


def test_an_unknown_experiment_is_refused_with_the_list_of_all(capsys):
    message = refusal(capsys, "student-techer")
    assert "student-techer" in message
    for name in registry:
        assert name in message


def test_several_bad_values_get_a_sentence_each(capsys):
    assert main(["student-teacher", "--tau", "0", "--delta", "9"]) == 2
    assert [line.split()[0] for line in capsys.readouterr().err.splitlines()] == ["tau", "delta"]


def test_switches_and_negative_numbers_in_any_notation_are_read(tmp_path):
    out = tmp_path / "run.json"
    assert main([*SMALL, "--no-symmetrised", "--delta", "-1e-3", "--leak=.5", "--width", "5", "--out", str(out)]) == 0
    config = json.loads(out.read_text())["config"]
    assert (config["symmetrised"], config["delta"], config["leak"], config["width"]) == (False, -1e-3, 0.5, 5)


@pytest.mark.parametrize("experiment", registry.values(), ids=registry.keys())
def test_the_help_shows_label_bounds_and_default_of_every_setting(experiment, capsys):
    with pytest.raises(SystemExit) as left:
        main([experiment.name, "--help"])
    assert left.value.code == 0
    output = " ".join(capsys.readouterr().out.split())
    for name, setting in experiment.parameters().items():
        assert f"--{name.replace('_', '-')}" in output
        assert " ".join(setting.label.split()) in output
        assert f"{setting.allowed.capitalize()}; {show(setting.default)} if not given." in output


PRESETS = [
    preset.config
    for experiment in registry.values()
    for preset in getattr(sys.modules[experiment.__module__], "PRESETS", ())
]


@pytest.mark.parametrize("config", PRESETS, ids=lambda config: config.key)
def test_the_command_that_a_preset_shows_is_that_preset(monkeypatch, config):
    trained = []
    for end in ("run", "sweep"):
        monkeypatch.setattr(lazyrich.cli.commands, end, lambda config, *_: trained.append(config) or 0)
    python, dash_m, package, *words = shlex.split(same_in_shell(config))
    assert (python, dash_m, package) == ("python", "-m", "lazyrich")
    assert main(words) == 0
    assert trained == [config]


def test_the_version_and_the_list_of_experiments_come_without_torch():
    script = """
import sys
from lazyrich.cli import main
main([])
assert "torch" not in sys.modules
main(["--version"])
"""
    output = subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert output.splitlines()[-1] == f"lazyrich {__version__}"
    for name in registry:
        assert name in output


class CoinToss(Config):
    """Tosses a coin."""

    name: ClassVar[str] = "coin-toss"
    biases: tuple[float, ...] = parameter((0.5,), "Biases", "Chance of heads, 100 % is 1, for each coin.")
    coin_side: str = parameter("heads", "Side", "Which side counts.")
    times: float = parameter(1.0, "Tosses", "How often.", ge=1, le=1e30)

    @property
    def expected_frames(self) -> int:
        """One."""
        return 1

    def work(self) -> Work:
        """A byte for each toss."""
        return Work(flops=0, bytes=self.times, scratch=0, seconds=0)

    def frames(self) -> Iterator[Frame]:
        """One frame."""
        yield Frame(0, 0.0, {f"bias_{i}": bias for i, bias in enumerate(self.biases)}, {}, {}, self.coin_side)


def test_a_new_experiment_has_its_command_without_a_line_here(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(registry, "coin-toss", CoinToss)
    assert main(["coin-toss", "--biases", "0.25,1", "--coin-side", "tails", "--out", str(tmp_path / "run.csv")]) == 0
    assert rows(tmp_path / "run.csv") == [{"step": "0", "time": "0.0", "bias_0": "0.25", "bias_1": "1.0"}]
    assert capsys.readouterr().out.startswith("tails\n")
    with pytest.raises(SystemExit):
        main(["coin-toss", "--help"])
    assert "100 % is 1" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("given", ["0.25,1", "0.25, 1"])
def test_a_list_is_written_with_commas(monkeypatch, tmp_path, given):
    monkeypatch.setitem(registry, "coin-toss", CoinToss)
    assert main(["coin-toss", "--biases", given, "--out", str(tmp_path / "run.json")]) == 0
    record = json.loads((tmp_path / "run.json").read_text())
    assert record["config"]["biases"] == [0.25, 1.0]
    assert "--biases 0.25,1 " in record["command"] and "biases=(0.25, 1.0)" in record["python"]
    assert main(["coin-toss", "--biases", "-1,2", "--out", str(tmp_path / "run.csv")]) == 0
    assert rows(tmp_path / "run.csv")[0]["bias_0"] == "-1.0"


def test_an_entry_of_a_list_that_cannot_be_used_is_named(monkeypatch, capsys):
    monkeypatch.setitem(registry, "coin-toss", CoinToss)
    message = refusal(capsys, "coin-toss", "--biases", "0.5,half")
    assert message.startswith("biases must be up to 100 numbers, separated by commas")
    assert "got half as entry 2." in message


def test_a_run_that_the_memory_cannot_hold_is_refused_with_the_numbers(monkeypatch, capsys):
    monkeypatch.setitem(registry, "coin-toss", CoinToss)
    assert "needs about 1e+21 GB of memory, and this machine has" in refusal(capsys, "coin-toss", "--times", "1e30")


def test_a_diverged_run_is_written_and_reported_with_exit_code_1(tmp_path, capsys):
    assert main([*SMALL, "--learning-rate", "100", "--out", str(tmp_path / "run.csv")]) == 1
    captured = capsys.readouterr()
    assert captured.err.startswith("Diverged at t = ")
    assert len(captured.err.splitlines()) == 1
    assert all(np.isfinite(float(row["train_loss"])) for row in rows(tmp_path / "run.csv"))


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device whose absence is tested")
def test_a_device_that_is_not_there_is_one_sentence_and_exit_code_1(capsys):
    assert main([*SMALL, "--device", "cuda"]) == 1
    assert "no CUDA device" in capsys.readouterr().err


def test_ctrl_c_at_a_terminal_keeps_and_writes_all_frames_so_far(tmp_path):
    out = tmp_path / "run.csv"
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "lazyrich", "student-teacher", "--steps", "10000000", "--out", str(out)]
    # a shell makes background processes ignore Ctrl-C, and their children inherit that
    heard = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=end, text=True, **heard) as process:
        os.close(end)
        output = b""
        try:
            deadline = time.monotonic() + 120
            while not re.search(rb"frame \d+ of \d+, t = ", output):
                readable, _, _ = select.select([terminal], [], [], max(0, deadline - time.monotonic()))
                assert readable, output
                output += os.read(terminal, 1000)
            process.send_signal(signal.SIGINT)
            while chunk := read_end(terminal):
                output += chunk
            printed, _ = process.communicate(timeout=60)
        finally:
            process.kill()
            os.close(terminal)
    assert process.returncode == 130, output
    assert b"Interrupted at t = " in output
    assert b"Traceback" not in output
    written = rows(out)
    assert written[0]["step"] == "0"
    assert f"{int(written[-1]['step']):,}" in output.decode().rsplit("Interrupted", 1)[1]
    assert f"Written to {out}" in printed


def read_end(terminal: int) -> bytes:
    """Read the rest of a terminal's output; empty once its other end is closed."""
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b""
