"""What the README tells people to type: Python runs, commands are read, and what they name is there."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from lazyrich import own_data
from lazyrich.cli.parser import command_line
from lazyrich.experiments import registry

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
FENCED = re.findall(r"^```(\w*)\n(.*?)^```$", TEXT, flags=re.MULTILINE | re.DOTALL)
INLINE = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", TEXT, flags=re.MULTILINE | re.DOTALL))
TYPED = [line.partition("  #")[0].strip() for kind, block in FENCED if kind == "sh" for line in block.splitlines()]
CODE = [*TYPED, *INLINE]
MODULES = [
    f"{folder}.{path.stem}"
    for folder in ("benchmarks", "docs")
    for path in sorted((ROOT / folder).glob("*.py"))
    if path.stem != "__init__"
]


def test_the_python_runs_from_top_to_bottom_on_short_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    x = np.linspace(-1, 1, 50)
    np.savetxt("mine.csv", np.column_stack([x, np.abs(x)]), delimiter=",")
    rng = np.random.default_rng(0)
    here = {
        **{"X": rng.normal(size=(12, 2)), "y": rng.normal(size=12)},
        **{"X_test": rng.normal(size=(5, 2)), "y_test": rng.normal(size=5)},
        **{"W": rng.normal(size=(6, 2)), "a": rng.normal(size=6), "own_data": own_data},
    }
    blocks = [block for kind, block in FENCED if kind == "python"]
    assert len(blocks) >= 4
    for number, block in enumerate(blocks):
        exec(re.sub(r"StudentTeacher\((?:steps=[\d_]+)?", "StudentTeacher(steps=60, ", block), here)
        if number == 0:
            printed = capsys.readouterr().out
            assert "kernel_distance" in printed and "test_loss" in printed, "pandas left out what is of interest"
    assert here["result"].config.steps == 60 and here["result"].task.X.shape == (40, 2)
    assert len(here["S"]) == 400 and len(here["beta"]) == 2
    assert capsys.readouterr().out.splitlines()[-1].startswith("60 ")


def commands() -> list[str]:
    """What follows `python -m lazyrich`, and commands by their names alone."""
    called = [code.partition("python -m lazyrich ")[2] for code in CODE if "python -m lazyrich " in code]
    return called + [code for code in INLINE if code.split()[0] in registry]


@pytest.mark.parametrize("words", commands())
def test_every_command_is_one_that_there_is(words, capsys):
    if words.endswith("--help"):
        with pytest.raises(SystemExit, match=r"^0$"):
            command_line().parse_args(shlex.split(words))
        return
    read = vars(command_line().parse_args(shlex.split(words)))
    experiment = registry[read.pop("experiment")]
    settings = {name: value for name, value in read.items() if name in experiment.model_fields}
    assert isinstance(experiment.model_validate(settings), experiment)


def test_every_target_of_make_is_in_the_makefile():
    named = {target for code in CODE for target in re.findall(r"\bmake ([a-z]+)", code)}
    assert named >= {"setup", "run", "test", "soak", "lint", "bench", "audit"}
    there = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert named <= there


def test_every_module_that_is_run_by_its_name_is_there():
    named = {name for code in CODE for name in re.findall(r"python -m ((?:benchmarks|docs)[\w.]*)", code)}
    assert {"benchmarks.lecture_hall", "docs.screenshot"} <= named
    assert named <= {*MODULES, "benchmarks"}


@pytest.mark.parametrize("module", MODULES)
def test_what_is_run_by_hand_can_be_imported(module):
    assert import_module(module).__doc__
