"""Programs that start without importing torch anew: they are forked from a process that has imported it.

with Forked("torch", "lazyrich.cli.commands") as forked:
    subprocess.run([*forked.python, "-m", "lazyrich", "student-teacher", "--out", "run.csv"])

For tests of a program's behaviour after its imports. Each program has the arguments, folder, environment, open files
and standard streams that it would have after a real start, and its exit code is returned. Killing the process that was
started with `python` kills the program too. Tests of the imports themselves, and of other signals, need a real start.
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
    """A process that imports modules, then waits for programs to run; it ends with the block, or with this process."""

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
            # a Ctrl-C at the terminal must reach the tests only
            start_new_session=True,
        )
        self.python = [sys.executable, "-I", "-S", str(Path(__file__).with_name("client.py")), path]
        """Use these words in place of `python`, followed by `-m` and a module, or by a script, and by arguments."""

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
