"""The guide in CONTRIBUTING.md, followed in a copy of the project: it adds a command and a page that work."""

from __future__ import annotations

import shutil
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from harness.documents import ROOT, document
from harness.server import Server
from harness.visitor import Visitor, on_its_own_thread

EXAMPLE = [block for block in document("CONTRIBUTING.md").blocks("python") if block.startswith("# ")]
[LINE] = [block.strip() for block in document("CONTRIBUTING.md").blocks("python") if block.startswith("Entry(")]


def put(path: Path, before: str, line: str) -> None:
    """Write a line before another one, of which there is one."""
    text = path.read_text(encoding="utf-8")
    assert text.count(before) == 1, (path, before)
    path.write_text(text.replace(before, line + before), encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy with the experiment of the guide: its folder, its page and its line in app.py."""
    for name in ("lazyrich", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "app.py", tmp_path)
    for block in EXAMPLE:
        path = tmp_path / block.partition("\n")[0].removeprefix("# ")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block, encoding="utf-8")
    init = tmp_path / "lazyrich/experiments/two_weights/__init__.py"
    init.write_text('"""Two weights."""\n', encoding="utf-8")
    put(tmp_path / "app.py", '        Entry("grokking"', f"        {LINE},\n")
    return tmp_path


def command(project: Path, *words: str) -> subprocess.CompletedProcess[str]:
    called = [sys.executable, "-m", "lazyrich", "two-weights", *words]
    return subprocess.run(called, cwd=project, capture_output=True, text=True, encoding="utf-8", timeout=60)


def test_the_example_is_short():
    assert len(EXAMPLE) == 4
    assert sum(len(block.splitlines()) for block in EXAMPLE) < 100


def test_the_example_is_a_public_name_and_a_wrong_name_is_reported(project: Path):
    script = "import lazyrich as l; print(l.TwoWeights(a=2).a, {'TwoWeights'} <= {*dir(l)} & {*l.__all__})"
    python = {"cwd": project, "capture_output": True, "text": True, "encoding": "utf-8", "timeout": 60}
    assert subprocess.run([sys.executable, "-c", script], **python).stdout.split() == ["2.0", "True"]
    (project / "lazyrich/experiments/two_weights").rename(project / "lazyrich/experiments/three_weights")
    ended = subprocess.run([sys.executable, "-c", "import lazyrich.experiments"], **python)
    assert ended.stderr.strip().endswith(
        "lazyrich.experiments.three_weights.config has no Config named ThreeWeights: an experiment's class is named "
        "after its folder."
    )


def test_the_example_is_an_experiment_of_the_command_line_and_of_a_page(project: Path, tmp_path: Path):
    ended = command(project, "--a", "0.5", "--rate", "1e-4", "--steps", "100000", "--out", "run.csv")
    assert ended.returncode == 0, ended.stderr
    assert "a w = 1.000" in ended.stdout
    curves = pd.read_csv(project / "run.csv")
    assert curves["step"].iloc[-1] == 100_000 and curves["loss"].iloc[-1] < 1e-6
    # what gradient flow keeps, kept here up to the length of a step
    np.testing.assert_allclose(curves["balance"], 0.24, atol=1e-3)
    refused = command(project, "--a", "9")
    assert refused.returncode == 2 and "a must be a number between -3 and 3, got 9." in refused.stderr

    async def visit() -> list[str]:
        async with Visitor(server.url, "steps=100", page="two-weights") as visitor:
            await visitor.run()
            async with aclosing(visitor.watch()) as answers:
                async for entries in answers:
                    if entries[0]["status"] == "finished":
                        break
            return visitor.texts("exception") + visitor.texts("alert")

    log = tmp_path / "log.txt"
    # no other test serves the app without worker processes
    with Server(log, root=project, LAZYRICH_WORKERS="0") as server:
        assert on_its_own_thread(visit()) == []
    assert "Traceback" not in log.read_text(encoding="utf-8")
