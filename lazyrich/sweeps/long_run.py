"""Carry out a long computation for the command line: on all cores or a cluster, with a progress bar, resumable.

A Plan defines the computation. Everything here is the same for a phase portrait, a comparison and a study.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import BrokenExecutor, Executor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from lazyrich.console import interrupts
from lazyrich.frame import CannotRun
from lazyrich.results.target import is_stream, suffix_of
from lazyrich.sweeps.executors import executor
from lazyrich.sweeps.files import SUFFIXES
from lazyrich.sweeps.journal import Journal
from lazyrich.sweeps.parts_file import finished_before, open_parts
from lazyrich.sweeps.progress_bar import ProgressBar

__all__ = ["Options", "Plan", "RunOutcome", "carry_out"]


@dataclass(frozen=True)
class Options:
    """Options of a long run.

    Attributes:
        out: The file to write, None for none.
        resume: Whether to continue an interrupted run.
        workers: Number of processes, None for one per core.
        dask: Address of a scheduler.
    """

    out: str | None = None
    resume: bool = False
    workers: int | None = None
    dask: str | None = None


@dataclass(frozen=True)
class RunOutcome:
    """Outcome of a long run.

    Attributes:
        complete: Whether all parts are computed.
        lines: Lines to print on the outcome.
        written: The file with the table, None if there is none.
        signal: Number of the signal that interrupted it, 0 for none.
    """

    complete: bool
    lines: list[str]
    written: str | None = None
    signal: int = 0


F = TypeVar("F")


class Plan(Protocol[F]):
    """Definition of a computation in parts of the type F."""

    @property
    def what(self) -> str:
        """Name of the file's content: `a portrait`."""

    @property
    def things(self) -> str:
        """Name of the things counted: `students`."""

    @property
    def config(self) -> Any:
        """JSON value under `config` in the file's record, which identifies a complete file."""

    @property
    def parts(self) -> int:
        """Return the number of parts."""

    @property
    def amount(self) -> tuple[float, int]:
        """Work of all parts, in any unit, and number of things."""

    def amount_of(self, number: int) -> tuple[float, int]:
        """Return work and number of things of one part."""

    def workers(self, wanted: int | None) -> int:
        """Return the number of processes that compute; 1 is this one."""

    def prepare(self) -> None:
        """Import modules that take a second or two, if this process computes."""

    def journal(self, path: str) -> Journal:
        """Open the journal of finished parts."""

    def computed(self, pool: Executor | None, done: Collection[int]) -> Iterator[F]:
        """Compute all parts but those done, each as soon as it is there."""

    def number(self, part: F) -> int:
        """Return the number of a finished part."""

    def keep(self, journal: Journal | None, part: F) -> None:
        """Keep a finished part, in the journal if there is one."""

    def finish(self, journal: Journal | None, out: str | None) -> list[str]:
        """Combine all parts, write the file if one is requested, and return the findings as lines of text."""


def carry_out(plan: Plan[Any], options: Options) -> RunOutcome:
    """Compute all parts of a plan and write its file.

    Raises:
        CannotRun: If a device, a cluster or a worker is missing.
        CannotWrite: If the system does not allow it.
        ValueError: For options that cannot be used.
        KeyboardInterrupt: If interrupted without a file from which to resume.
    """
    _check(options, plan.what)
    if options.resume and (sentence := finished_before(str(options.out), plan.config)):
        return RunOutcome(True, [sentence])
    workers = 0 if options.dask is not None else plan.workers(options.workers)
    if workers == 1:
        # nothing is computed yet, so nothing can be lost
        plan.prepare()
    interrupts.stop()
    with open_parts(options.out, options.resume, plan.journal) as journal:
        done = journal.done if journal is not None else set()
        try:
            # within the try, as an interrupt may come while workers start
            with executor(workers, options.dask) as pool, ProgressBar(*plan.amount, plan.things) as bar:
                for number in done:
                    bar.add_earlier(*plan.amount_of(number))
                for part in plan.computed(pool, done):
                    with interrupts.deferred():
                        plan.keep(journal, part)
                    bar.add(*plan.amount_of(plan.number(part)))
                    interrupts.verify()
            if options.out is not None:
                interrupts.finish(f"writing {options.out}")
            lines = plan.finish(journal, options.out)
        except KeyboardInterrupt as interrupt:
            if journal is None:
                raise
            code = interrupts.code_of(interrupt) - 128
            return RunOutcome(False, [_interrupted(journal, plan.parts, interrupts.word_of(interrupt))], signal=code)
        except BrokenExecutor as error:
            again = " Add --resume to go on where it was." if journal is not None else ""
            raise CannotRun(f"A worker process died, perhaps for want of memory.{again}") from error
        if journal is not None:
            with interrupts.deferred():
                journal.remove()
    return RunOutcome(True, lines, options.out)


def _check(options: Options, what: str) -> None:
    """Raise ValueError for options that cannot be used."""
    if options.resume and options.out is None:
        raise ValueError("--resume needs --out: the finished parts are beside that file.")
    if options.workers is not None and options.workers < 1:
        raise ValueError(f"--workers must be at least 1, got {options.workers}.")
    if options.out is None:
        return
    if not suffix_of(options.out, SUFFIXES):
        raise ValueError(f"--out: the name of {what}'s file must end in {' or '.join(SUFFIXES)}.")
    if options.resume and is_stream(options.out):
        raise ValueError(f"--resume needs a file, and {options.out} is a pipe or a device: it has no finished parts.")


def _interrupted(journal: Journal, parts: int, word: str) -> str:
    done = len(journal.done)
    if not done:
        return f"{word}; nothing was written."
    return f"{word} after {done:,} of {parts:,} parts, which are in {journal.path}: add --resume to go on."
