"""Compute the runs of a study, hand over each as it finishes, and estimate the time left."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass

from lazyrich.studies.runs.checkpoint import StudyCheckpoint
from lazyrich.studies.runs.jobs import Finished, Job, compute
from lazyrich.sweeps.executors import map_as_completed
from lazyrich.sweeps.progress_bar import duration

__all__ = ["Progress", "computed", "computed_with_progress", "weight"]


@dataclass(frozen=True)
class Progress:
    """Progress of a study.

    done, total: runs, one for each seed. seconds: since the start. left: estimated seconds for the rest, None until a
    run has finished.
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
    """Return the estimated cost of a job, in seconds on one core of an ordinary machine."""
    return max(job.config.work().seconds, 1e-3)


def computed(jobs: Sequence[Job], executor: Executor | None, done: Collection[int] = ()) -> Iterator[Finished]:
    """Compute all jobs except those whose numbers are in `done`, and yield each as it finishes.

    Jobs that have not begun are cancelled if the caller stops iterating.
    """
    waiting = (job for job in jobs if job.number not in done)
    return (
        map(compute, waiting) if executor is None else map_as_completed(compute, zip(waiting, strict=False), executor)
    )


def computed_with_progress(
    jobs: Sequence[Job], executor: Executor | None = None, checkpoint: str | os.PathLike[str] | None = None
) -> Iterator[tuple[list[Finished], Progress]]:
    """Compute all jobs; after each one, yield all finished runs and the progress.

    Args:
        jobs: All runs of a study.
        executor: Any concurrent.futures.Executor; this process if None.
        checkpoint: File to which finished runs are written. Runs that it holds already are yielded first and not
            computed again.

    Raises:
        ValueError: If the file is of another study.
        CannotWrite: If the system does not allow writing it.
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
