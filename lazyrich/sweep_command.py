"""What the command line does for a phase portrait beyond other experiments: all cores or a cluster, and resuming.

python -m lazyrich phase-portrait --out portrait.parquet
python -m lazyrich phase-portrait --out portrait.parquet --resume --dask tcp://10.0.0.1:8786
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Self

import pandas as pd

from lazyrich.experiments.phase_portrait import PhasePortrait
from lazyrich.experiments.phase_portrait_parts import Part, parts
from lazyrich.export import same_in_shell
from lazyrich.frame import CannotRun
from lazyrich.journal import Journal
from lazyrich.machine import cores
from lazyrich.portrait_file import SUFFIXES, read_record, write_portrait
from lazyrich.sweeps import Finished, computed, in_order

__all__ = ["Options", "record", "run", "same_in_python"]

JOURNAL = ".parts"
"""What the name of the file of finished parts ends in, beside the one that is to be written."""


@dataclass(frozen=True)
class Options:
    """out: the file to write, None for none. resume: go on where an interrupted run was. workers: processes, None for
    one per core. dask: address of a scheduler."""

    out: str | None = None
    resume: bool = False
    workers: int | None = None
    dask: str | None = None


def run(config: PhasePortrait, options: Options) -> tuple[bool, list[str]]:
    """Compute a portrait and write it. Returns whether it is complete, and sentences on how it went.

    Raises CannotRun, CannotWrite or ValueError with a sentence when something stands in the way, KeyboardInterrupt when
    interrupted without a file to go on from.
    """
    if options.resume and options.out is None:
        raise ValueError("--resume needs --out: the finished parts are beside that file.")
    if options.workers is not None and options.workers < 1:
        raise ValueError(f"--workers must be at least 1, got {options.workers}.")
    if options.out is not None and Path(options.out).suffix.lower() not in SUFFIXES:
        raise ValueError(f"--out: the name of a portrait's file must end in {' or '.join(SUFFIXES)}.")
    if options.resume and (said := _finished_before(config, str(options.out))):
        return True, [said]
    with ExitStack() as stack:
        journal = None if options.out is None else stack.enter_context(_journal(config, options))
        kept: list[Finished] = []
        before = journal.done if journal else set()
        try:
            # within the try, as an interrupt may come while workers start
            with _executor(config, options) as executor, _Progress(parts(config), before) as progress:
                for finished in computed(config, executor, before):
                    if journal:
                        journal.add(finished)
                    else:
                        kept.append(finished)
                    progress.show(finished.part)
        except KeyboardInterrupt:
            if not journal:
                raise
            return False, [_interrupted(journal, config)]
        except BrokenExecutor as error:
            again = " Add --resume to go on where it was." if journal else ""
            raise CannotRun(f"A worker process died, perhaps for want of memory.{again}") from error
        if not journal:
            return True, [summary(config, in_order(config, (finished.table for finished in kept)))]
        table = in_order(config, journal.tables)
        write_portrait(str(options.out), table, record(config, str(options.out), journal.seconds, journal.environments))
        journal.remove()
        return True, [summary(config, table), f"Written to {options.out}"]


def summary(config: PhasePortrait, table: pd.DataFrame) -> str:
    """The largest kernel distance and the smallest test loss at each time, of means over seeds."""
    means = table.groupby(["at", config.x, config.y])[["kernel_distance", "test_loss"]].mean()
    lines = [f"{'steps':>10}  {'largest S':>9}  {'at':<28}  smallest test loss"]
    for at, of_time in means.groupby("at"):
        S = of_time["kernel_distance"]
        if S.isna().all():
            lines.append(f"{at:>10,}  no student could be followed this far")
            continue
        _, x, y = S.idxmax()
        where = f"{config.x} = {x:.3g}, {config.y} = {y:.3g}"
        lines.append(f"{at:>10,}  {S.max():>9.4f}  {where:<28}  {of_time['test_loss'].min():.4g}")
    return "\n".join(lines)


def same_in_python(config: PhasePortrait) -> str:
    """Lines of Python that give the same table on the same kind of machine, on all its cores."""
    settings = ", ".join(f"{name}={value!r}" for name, value in config.settings().items())
    return (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from lazyrich import PhasePortrait, phase_portrait\n"
        "if __name__ == '__main__':\n"
        "    with ProcessPoolExecutor() as pool:\n"
        f"        table = phase_portrait(PhasePortrait({settings}), pool)\n"
    )


def record(config: PhasePortrait, out: str, core_seconds: float, environments: list[dict[str, str]]) -> dict[str, Any]:
    """What a portrait's file says of how it was computed: settings, versions, date, processor time, and how to compute
    it again."""
    return {
        "experiment": config.name,
        "config": config.model_dump(mode="json"),
        "environment": environments[0] if environments else {},
        "environments": environments,
        "date": datetime.now(UTC).date().isoformat(),
        "students": config.students,
        "core_seconds": round(core_seconds, 1),
        "core_hours": round(core_seconds / 3600, 4),
        "command": same_in_shell(config, Path(out).name),
        "python": same_in_python(config),
    }


def _finished_before(config: PhasePortrait, out: str) -> str:
    """A sentence if the file is there already and complete."""
    if Path(out + JOURNAL).exists() or not Path(out).exists() or Path(out).suffix.lower() != ".parquet":
        return ""
    try:
        there = read_record(out).get("config")
    except (OSError, ValueError):
        there = None
    if there == config.model_dump(mode="json"):
        return f"{out} is complete: nothing to resume."
    raise ValueError(f"{out} is there and holds something else: without --resume it would be replaced.")


@contextmanager
def _journal(config: PhasePortrait, options: Options) -> Iterator[Journal]:
    place = f"{options.out}{JOURNAL}"
    if not options.resume and Path(place).exists():
        raise ValueError(
            f"{place} holds the finished parts of a run that was interrupted: add --resume to go on with it, or delete "
            "it to begin anew."
        )
    with Journal(place, config) as journal:
        yield journal
        if not journal.done:
            # nothing to go on from
            journal.remove()


def _interrupted(journal: Journal, config: PhasePortrait) -> str:
    done, whole = len(journal.done), len(parts(config))
    if not done:
        return "Interrupted; nothing was written."
    return f"Interrupted after {done:,} of {whole:,} parts, which are in {journal.path}: add --resume to go on."


@contextmanager
def _executor(config: PhasePortrait, options: Options) -> Iterator[Executor | None]:
    if options.dask is not None:
        with _dask(options.dask) as executor:
            yield executor
        return
    workers = options.workers or (1 if config.device == "cuda" else cores())
    if workers == 1:
        yield None
        return
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin_worker)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        # by name, as it is none of what the library depends on
        distributed = import_module("distributed")
    except ImportError as error:
        raise CannotRun("--dask needs Dask: pip install -r requirements-cluster.txt.") from error
    try:
        client = distributed.Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise CannotRun(f"--dask: there is no scheduler at {address}: {error}.") from error
    with client:
        yield client.get_executor()


def _begin_worker() -> None:
    """Ctrl-C is for the parent; and where that was killed, nobody else ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def outlived() -> None:
            wait([sentinel])
            os._exit(1)

        threading.Thread(target=outlived, daemon=True).start()


class _Progress:
    """A line on the terminal, if there is one: how far the portrait is and how long it will take."""

    def __init__(self, every: tuple[Part, ...], done: set[int]):
        self._weight = sum(part.weight for part in every)
        self._students = sum(len(part.cells) for part in every)
        self._had = self._have = sum(part.weight for part in every if part.number in done)
        self._count = sum(len(part.cells) for part in every if part.number in done)
        self._began = self._shown = time.monotonic()
        self._shows = sys.stderr.isatty()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shows:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def show(self, part: Part) -> None:
        """One part more."""
        self._have += part.weight
        self._count += len(part.cells)
        now = time.monotonic()
        if not self._shows or now - self._shown < 0.1:
            return
        self._shown = now
        left = (now - self._began) * (self._weight - self._have) / (self._have - self._had)
        filled = round(24 * self._have / self._weight)
        bar = "#" * filled + "." * (24 - filled)
        line = f"[{bar}] {self._count:,} of {self._students:,} students, {_duration(left)} left"
        print(f"\r\x1b[K{line}", end="", file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
