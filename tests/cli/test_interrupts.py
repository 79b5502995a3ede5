"""Ctrl-C, SIGTERM and a closed terminal at any time: one sentence, the shell's exit code, no files left behind.

At a terminal, in the midst of training, it is tried in test_command_line.py.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def begin(folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start a command as a shell does: with a group of processes, to all of which a terminal sends Ctrl-C."""
    return subprocess.Popen(
        [sys.executable, "-m", "lazyrich", *words],
        cwd=folder,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # a shell makes background processes ignore Ctrl-C, and their children inherit that
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )


def wait_until(true: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    until = time.monotonic() + 120
    while not true():
        if process.poll() is not None or time.monotonic() > until:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise AssertionError(process.communicate())
        time.sleep(0.005)


def end(process: subprocess.Popen[str], number: int) -> tuple[str, str]:
    """Send a signal to all its processes; returns what it printed, and asserts that all of them end."""
    os.killpg(process.pid, number)
    try:
        printed = process.communicate(timeout=60)
        until = time.monotonic() + 10
        while alive(process.pid):
            assert time.monotonic() < until, "processes of the command are still running"
            time.sleep(0.02)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    return printed


def alive(group: int) -> list[str]:
    """Return the running processes of a group, without zombies."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, leader = status.read_text().rpartition(")")[2].split()[:3]
            found += [status.parent.name] if int(leader) == group and state != "Z" else []
    return found


def catches(process: int | str, number: int) -> bool:
    """Whether a process has a handler for a signal."""
    with suppress(OSError, IndexError):
        text = Path(f"/proc/{process}/status").read_text()
        return bool(int(text.partition("SigCgt:")[2].split()[0], 16) >> (number - 1) & 1)
    return False


def begins(process: str) -> bool:
    """Whether this is a worker of a portrait that does not ignore Ctrl-C yet."""
    with suppress(OSError):
        command = Path(f"/proc/{process}/cmdline").read_bytes()
        return b"spawn_main" in command and catches(process, signal.SIGINT)
    return False


@pytest.mark.parametrize(
    ("after", "number", "message"),
    [
        (0.0, signal.SIGINT, "Interrupted; nothing was written.\n"),
        (0.1, signal.SIGTERM, "Terminated; nothing was written.\n"),
        (0.2, signal.SIGINT, "Interrupted; nothing was written.\n"),
        (0.4, signal.SIGHUP, "Hung up; nothing was written.\n"),
    ],
)
def test_a_signal_during_imports_ends_the_command_with_one_sentence(tmp_path, after, number, message):
    process = begin(tmp_path, "student-teacher", "--steps", "10000000", "--out", "run.csv")
    # Python itself has no handler for SIGTERM
    wait_until(lambda: catches(process.pid, signal.SIGTERM), process)
    time.sleep(after)
    if number == signal.SIGINT:
        os.kill(process.pid, number)
    out, err = end(process, number)
    assert (process.returncode, out, err) == (128 + number, "", message)
    assert os.listdir(tmp_path) == []


def test_workers_of_a_portrait_end_without_a_word_also_when_they_have_just_begun(tmp_path):
    process = begin(tmp_path, "phase-portrait", "--workers", "2", "--out", "portrait.csv")
    # by now a worker runs Python, which would print a traceback at Ctrl-C, and is importing modules
    wait_until(lambda: any(map(begins, alive(process.pid))), process)
    for worker in filter(begins, alive(process.pid)):
        # the signal may arrive before the command has ended the worker
        os.kill(int(worker), signal.SIGINT)
    time.sleep(0.2)
    out, err = end(process, signal.SIGINT)
    assert (process.returncode, out) == (130, "")
    assert err == "Interrupted; nothing was written.\n"
    assert os.listdir(tmp_path) == []


def test_a_portrait_whose_terminal_closes_keeps_its_parts_and_prints_how_to_continue(tmp_path):
    """SIGHUP is the one signal that the helper process of multiprocessing does not ignore."""
    small = ["--dimension", "6", "--samples", "40", "--width", "10", "--seeds", "99", "--at", "10"]
    process = begin(tmp_path, "phase-portrait", "--workers", "2", "--out", "portrait.csv", *small)
    journal = tmp_path / "portrait.csv.parts"
    wait_until(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 1, process)
    out, err = end(process, signal.SIGHUP)
    assert (process.returncode, out) == (129, "")
    assert err.startswith("Hung up after ") and err.endswith("portrait.csv.parts: add --resume to go on.\n")
    assert len(err.splitlines()) == 1
    assert os.listdir(tmp_path) == ["portrait.csv.parts"]


def test_the_effect_of_a_signal_depends_on_the_phase_of_the_command():
    script = """
import os, signal, sys
from lazyrich.console import interrupts
ctrl_c = lambda: signal.raise_signal(signal.SIGINT)
interrupts.listen()

interrupts.stop()
try: ctrl_c()
except KeyboardInterrupt as error: assert interrupts.code_of(error) == 130
ctrl_c()                                    # ignored: an exception is being raised already

interrupts.stop()
class Swallows:
    def __del__(self): ctrl_c()
Swallows()
try: interrupts.verify()
except KeyboardInterrupt: pass
else: raise AssertionError("what Python cannot hand on is lost")

interrupts.stop()
order = []
try:
    with interrupts.deferred():
        with interrupts.deferred():
            ctrl_c()
        order.append("whole")
except interrupts.Interrupted: order.append("then heard")
assert order == ["whole", "then heard"]

interrupts.finish("writing run.csv")
ctrl_c()
assert interrupts.noted() == signal.SIGINT
try: ctrl_c()
except KeyboardInterrupt: pass
else: raise AssertionError("the second one is to end it")

interrupts.exit_at_once("the run is in run.csv")
os.kill(os.getpid(), signal.SIGTERM)
raise AssertionError("it was to end")
"""
    ended = subprocess.run([sys.executable, "-c", script], env=ENVIRONMENT, capture_output=True, text=True)
    assert ended.stderr == (
        "Interrupted while writing run.csv, which goes on; once more gives it up.\nTerminated; the run is in run.csv.\n"
    )
    assert ended.returncode == 143


def test_signals_ignored_by_the_shell_stay_ignored():
    script = (
        "from lazyrich.console import interrupts; interrupts.listen(); import os; os.kill(os.getpid(), 1); print('on')"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "on\n", "")
