"""Compute the runs of a study, each as soon as it is there, and know how long the rest will take."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass

from lazyrich.studies.runs.checkpoint import StudyCheckpoint
from lazyrich.studies.runs.jobs import Finished, Job, compute
from lazyrich.sweeps.executors import spread
from lazyrich.sweeps.progress_bar import duration

__all__ = ["Progress", "computed", "gathered", "weight"]


@dataclass(frozen=True)
class Progress:
    """Progress of a study.

    done, total: runs, each with all its seeds counted. seconds: since it began. left: seconds that the rest will take,
    None until something is done.
    """

    done: int
    total: int
    seconds: float
    left: float | None

    @property
    def words(self) -> str:
        """`12 of 64 runs, 40 s left`."""
        left = "" if self.left is None or self.done == self.total else f", {duration(self.left)} left"
        return f"{self.done:,} of {self.total:,} runs{left}"


def weight(job: Job) -> float:
    """Return what a job costs, in seconds on one core of an ordinary machine, as far as can be told beforehand."""
    return max(job.config.work().seconds, 1e-3)


def computed(jobs: Sequence[Job], executor: Executor | None, done: Collection[int] = ()) -> Iterator[Finished]:
    """Compute all jobs but those whose numbers are in `done`, and give each as soon as it is there.

    When the caller stops asking, jobs that nobody has begun are called off.
    """
    waiting = (job for job in jobs if job.number not in done)
    return map(compute, waiting) if executor is None else spread(compute, zip(waiting, strict=False), executor)


def gathered(
    jobs: Sequence[Job], executor: Executor | None = None, checkpoint: str | os.PathLike[str] | None = None
) -> Iterator[tuple[list[Finished], Progress]]:
    """Compute all jobs; after each one give all that are there, and how far that is.

    Args:
        jobs: All runs of a study.
        executor: Any concurrent.futures.Executor; this process if None.
        checkpoint: A file that finished runs are written to as they come. Runs that it has already are not computed
            again, and given first.

    Raises:
        ValueError: If the file is of another study.
        CannotWrite: Where the system does not let it be written.
    """
    began = time.monotonic()
    whole, runs = sum(map(weight, jobs)), sum(len(job.seeds) for job in jobs)
    with nullcontext() if checkpoint is None else StudyCheckpoint(checkpoint, jobs) as journal:
        there = [] if journal is None else journal.finished

        def progress(now: float) -> Progress:
            seconds, have = time.monotonic() - began, sum(weight(one.job) for one in there)
            left = seconds * (whole - have) / (have - now) if have > now else None
            return Progress(sum(len(one.job.seeds) for one in there), runs, seconds, left)

        had = sum(weight(one.job) for one in there)
        if there:
            yield list(there), progress(had)
        results = computed(jobs, executor, {one.job.number for one in there})
        try:
            for finished in results:
                if journal is not None:
                    journal.add(finished)
                there.append(finished)
                yield list(there), progress(had)
        finally:
            if isinstance(results, Iterator) and hasattr(results, "close"):
                results.close()
