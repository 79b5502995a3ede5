"""Programs that start without importing torch anew: they are forked from a process that has imported it.

with Forked("torch", "lazyrich.cli.commands") as forked:
    subprocess.run([*forked.python, "-m", "lazyrich", "student-teacher", "--out", "run.csv"])

For tests of what a program does after its imports. Each has the arguments, folder, environment and open files that it
is given, standard streams as Python makes them of these, and the end of a program of its own. It is killed when the
process that was started with `python` is. Tests of the imports themselves, and of other signals, need a real start.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]


class Forked:
    """A program that imports modules and then waits for what to run; it ends with the block, or with this program."""

    def __init__(self, *modules: str):
        self._folder = tempfile.TemporaryDirectory()
        path = f"{self._folder.name}/socket"
        self._process = subprocess.Popen(
            [sys.executable, "-m", "harness.forked.server", path, *modules],
            cwd=ROOT,
            # a program with threads is not safe to fork
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # a Ctrl-C is for those who run the tests
            start_new_session=True,
        )
        self.python = [sys.executable, "-I", "-S", str(Path(__file__).with_name("client.py")), path]
        """Words to start a program with, in place of `python`: `-m` and a module, or a script, and arguments."""

    def __enter__(self) -> Self:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"
        return self

    def running(self) -> list[int]:
        """Return the programs that run now."""
        number = self._process.pid
        return [*map(int, Path(f"/proc/{number}/task/{number}/children").read_text().split())]

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
        self._folder.cleanup()
