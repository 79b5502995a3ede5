"""What the command line does for a phase portrait beyond other experiments: all cores or a cluster, and resuming.

python -m lazyrich phase-portrait --out portrait.parquet
python -m lazyrich phase-portrait --out portrait.parquet --resume --dask tcp://10.0.0.1:8786
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd

from lazyrich.config.machine import cores
from lazyrich.console import interrupts
from lazyrich.console.output import StatusLine
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.phase_portrait.endings import Settling
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.parts import Part, parts
from lazyrich.experiments.phase_portrait.times import flow_time
from lazyrich.frame import CannotRun
from lazyrich.results.export import same_in_shell
from lazyrich.results.target import is_stream, suffix_of
from lazyrich.sweeps.checkpoint import Checkpoint, InUse, in_use
from lazyrich.sweeps.files import SUFFIXES, read_record, write_portrait
from lazyrich.sweeps.portrait import Finished, computed, in_order

__all__ = ["Ended", "Options", "parts_of", "record", "run", "same_in_python"]

JOURNAL = ".parts"
"""What the name of the file of finished parts ends in, beside the one that is to be written."""


def parts_of(out: str) -> str:
    """Return where the finished parts of the portrait at `out` are kept: beside the file that a link leads to, so that
    there is one such place by whatever name it is asked for."""
    return f"{os.path.realpath(out) if os.path.islink(out) else out}{JOURNAL}"


@dataclass(frozen=True)
class Options:
    """out: the file to write, None for none. resume: go on where an interrupted run was. workers: processes, None for
    one per core. dask: address of a scheduler."""

    out: str | None = None
    resume: bool = False
    workers: int | None = None
    dask: str | None = None


@dataclass(frozen=True)
class Ended:
    """How a sweep ended. complete: whether all parts are there. said: sentences on that. written: the file that the
    table is in, None if in none. signal: what interrupted it, 0 for nothing."""

    complete: bool
    said: list[str]
    written: str | None = None
    signal: int = 0


def run(config: PhasePortrait, options: Options) -> Ended:
    """Compute a portrait and write it.

    Raises:
        CannotRun: When a device, a cluster or a worker is not there.
        CannotWrite: Where the system does not allow it.
        ValueError: For options that cannot be used.
        KeyboardInterrupt: When interrupted without a file to go on from.
    """
    _check(options)
    if options.resume and (said := _finished_before(config, str(options.out))):
        return Ended(True, [said])
    if _workers(config, options) == 1:
        # here it may take a second or two, and there is nothing to lose yet
        import_module("lazyrich.experiments.phase_portrait.frames")
    interrupts.stop()
    with _kept(config, options) as kept:
        try:
            # within the try, as an interrupt may come while workers start
            with _executor(config, options) as executor, _Progress(parts(config), kept.done) as progress:
                for finished in computed(config, executor, kept.done):
                    with interrupts.held():
                        kept.add(finished)
                    progress.show(finished.part)
                    interrupts.verify()
            if options.out is not None:
                interrupts.finish(f"writing {options.out}")
            table = in_order(config, kept.tables)
            if options.out is not None:
                about = record(config, options.out, kept.seconds, kept.environments)
                write_portrait(options.out, table, about)
        except KeyboardInterrupt as interrupt:
            if not isinstance(kept, Checkpoint):
                raise
            number = interrupts.code_of(interrupt) - 128
            return Ended(False, [_interrupted(kept, config, interrupts.word_of(interrupt))], signal=number)
        except BrokenExecutor as error:
            again = " Add --resume to go on where it was." if isinstance(kept, Checkpoint) else ""
            raise CannotRun(f"A worker process died, perhaps for want of memory.{again}") from error
        with interrupts.held():
            kept.remove()
    return Ended(True, [summary(config, table)], options.out)


def summary(config: PhasePortrait, table: pd.DataFrame) -> str:
    """The largest kernel distance and the smallest test loss at each time, of means over seeds, and whether the losses
    have settled at the last."""
    means = table.groupby(["at", config.x, config.y])[["kernel_distance", "test_loss"]].mean()
    maps = Maps(config)
    maps.add(table)
    lines = [f"{'flow time':>12}  {'steps':>10}  {'largest S':>9}  {'at':<28}  smallest test loss"]
    for at, of_time in means.groupby("at"):
        S, time = of_time["kernel_distance"], f"{flow_time(config, at):>12}"
        if S.isna().all():
            lines.append(f"{time}  {at:>10,}  no student could be followed this far")
            continue
        _, x, y = S.idxmax()
        where = f"{config.x} = {x:.3g}, {config.y} = {y:.3g}"
        lines.append(f"{time}  {at:>10,}  {S.max():>9.4f}  {where:<28}  {of_time['test_loss'].min():.4g}")
    return "\n".join([*lines, Settling(config, maps, len(config.at) - 1).words])


def same_in_python(config: PhasePortrait) -> str:
    """Lines of Python that give the same table on the same kind of machine, on all its cores."""
    settings = ", ".join(f"{name}={value!r}" for name, value in config.settings().items())
    return (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "from lazyrich import PhasePortrait, phase_portrait\n"
        "if __name__ == '__main__':\n"
        "    with ProcessPoolExecutor(mp_context=get_context('spawn')) as pool:\n"
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


class _Memory:
    """The parts of a portrait in memory, like a Checkpoint, where there is no file to keep them beside."""

    def __init__(self) -> None:
        self._kept: list[Finished] = []

    @property
    def done(self) -> set[int]:
        """Numbers of the parts that are here."""
        return {finished.part.number for finished in self._kept}

    @property
    def tables(self) -> Iterator[Mapping[str, np.ndarray]]:
        """Rows of the parts that are here."""
        return (finished.table for finished in self._kept)

    @property
    def seconds(self) -> float:
        """Processor time of all parts."""
        return sum(finished.seconds for finished in self._kept)

    @property
    def environments(self) -> list[dict[str, str]]:
        """What parts were computed with, each once."""
        each = [dict(finished.environment) for finished in self._kept]
        return [one for place, one in enumerate(each) if one not in each[:place]]

    def add(self, finished: Finished) -> None:
        """Keep a part."""
        self._kept.append(finished)

    def remove(self) -> None:
        """Nothing is left behind."""


def _check(options: Options) -> None:
    """Raises ValueError for options that cannot be used."""
    if options.resume and options.out is None:
        raise ValueError("--resume needs --out: the finished parts are beside that file.")
    if options.workers is not None and options.workers < 1:
        raise ValueError(f"--workers must be at least 1, got {options.workers}.")
    if options.out is None:
        return
    if not suffix_of(options.out, SUFFIXES):
        raise ValueError(f"--out: the name of a portrait's file must end in {' or '.join(SUFFIXES)}.")
    if options.resume and is_stream(options.out):
        raise ValueError(f"--resume needs a file, and {options.out} is a pipe or a device: it has no finished parts.")


def _finished_before(config: PhasePortrait, out: str) -> str:
    """A sentence if the file is there already and complete."""
    if Path(parts_of(out)).exists() or not Path(out).exists() or Path(out).suffix.lower() != ".parquet":
        return ""
    try:
        there = read_record(out).get("config")
    except (OSError, ValueError):
        there = None
    if there == config.model_dump(mode="json"):
        return f"{out} is complete: nothing to resume."
    raise ValueError(f"{out} is there and holds something else: without --resume it would be replaced.")


@contextmanager
def _kept(config: PhasePortrait, options: Options) -> Iterator[Checkpoint | _Memory]:
    """Where finished parts are kept: in a file beside the one that is to be written, if that is to be one."""
    if options.out is None or is_stream(options.out):
        yield _Memory()
        return
    place = parts_of(options.out)
    if in_use(place):
        raise ValueError(_under_way(options.out))
    if not options.resume and Path(place).exists():
        raise ValueError(
            f"{place} holds the finished parts of a run that was interrupted: add --resume to go on with it, or delete "
            "it to begin anew."
        )
    checkpoint = None
    try:
        with interrupts.held():
            try:
                checkpoint = Checkpoint(place, config)
            except InUse:
                raise ValueError(_under_way(options.out)) from None
        yield checkpoint
    finally:
        if checkpoint is not None:
            with interrupts.held():
                if not checkpoint.done:
                    # nothing to go on from
                    checkpoint.remove()
                checkpoint.close()


def _under_way(out: str) -> str:
    return f"Another run is under way that writes to {out}: wait until it has ended, or choose another --out."


def _interrupted(checkpoint: Checkpoint, config: PhasePortrait, word: str) -> str:
    done, whole = len(checkpoint.done), len(parts(config))
    if not done:
        return f"{word}; nothing was written."
    return f"{word} after {done:,} of {whole:,} parts, which are in {checkpoint.path}: add --resume to go on."


def _workers(config: PhasePortrait, options: Options) -> int:
    """How many processes compute; 0 if others do."""
    if options.dask is not None:
        return 0
    return options.workers or (1 if config.device == "cuda" else cores())


@contextmanager
def _executor(config: PhasePortrait, options: Options) -> Iterator[Executor | None]:
    if options.dask is not None:
        with _dask(options.dask) as executor:
            yield executor
        return
    workers = _workers(config, options)
    if workers == 1:
        yield None
        return
    others = multiprocessing.active_children()
    with interrupts.held():
        # a helper of the workers, which is to outlive them when their terminal is closed
        resource_tracker.ensure_running()
    pool = _Pool(workers, multiprocessing.get_context("spawn"), initializer=_begin_worker)
    try:
        yield pool
    except BaseException:
        # what they are computing may take a while, and nobody waits for it any more
        for worker in multiprocessing.active_children():
            if worker not in others:
                worker.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class _Pool(ProcessPoolExecutor):
    """Workers that hear nothing of Ctrl-C from their first moment on, long before they can say that they do not want
    to: a process is started where it is wanted, by `submit`."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start a call, as every executor does."""
        with interrupts.held():
            return super().submit(fn, *args, **kwargs)


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
    if hasattr(signal, "pthread_sigmask"):
        # they were held back while this process was started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, interrupts.SIGNALS)
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
        self._began, self._line = time.monotonic(), StatusLine()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._line.clear()

    def show(self, part: Part) -> None:
        """One part more."""
        self._have += part.weight
        self._count += len(part.cells)
        if not self._line.due:
            return
        left = (time.monotonic() - self._began) * (self._weight - self._have) / (self._have - self._had)
        filled = round(24 * self._have / self._weight)
        bar = "#" * filled + "." * (24 - filled)
        self._line.change(f"[{bar}] {self._count:,} of {self._students:,} students, {_duration(left)} left")


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
