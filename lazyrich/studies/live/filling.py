"""Runs one after the other as frames: what is common to all that fills in over seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from lazyrich.frame import Frame
from lazyrich.studies.runs.jobs import Finished, Job, computing

__all__ = ["State", "drained", "filled"]


class State(Protocol):
    """State of the completed runs."""

    def frame(self, index: int, share: float, parts: Sequence[Finished], before: State | None) -> Frame:
        """Return a frame.

        Args:
            index: Its number, from 0 on.
            share: How much of all is done.
            parts: Runs that have been finished since the frame before.
            before: What there was before them; None where nothing has changed, or nothing was.
        """


def filled(
    jobs: Sequence[Job],
    first: int,
    state_of: Callable[[Sequence[Finished]], State],
    there: int = 0,
    done: Sequence[Finished] = (),
) -> Iterator[Frame]:
    """Compute runs, and give a frame for the first ones and then one for each further seed.

    Args:
        jobs: All runs in the order of computing.
        first: How many of them the first frame waits for.
        state_of: What runs show.
        there: Frames that there are already; those that follow are given.
        done: The runs of those frames.
    """
    parts = {part.job.number: part for part in done}
    total = sum(len(job.seeds) for job in jobs)
    begin = [parts[job.number] if job.number in parts else drained(job) for job in jobs[:first]]
    whole, runs, index = list(begin), sum(len(part.job.seeds) for part in begin), 1
    state = state_of(whole)
    if not there:
        yield state.frame(0, runs / total, begin, None)
    for job in jobs[first:]:
        ticks = len(job.seeds)
        if job.number in parts:
            whole.append(parts[job.number])
            runs, index = runs + ticks, index + ticks
            state = state_of(whole)
            continue
        for told, part in _ticks(job):
            index += 1
            if part is not None:
                whole.append(part)
                before, state = state, state_of(whole)
                runs += ticks
                yield state.frame(index - 1, runs / total, (part,), before)
            elif index > there:
                yield state.frame(index - 1, (runs + told) / total, (), None)


def drained(job: Job) -> Finished:
    """Train one job to its end."""
    *_, (_, part) = _ticks(job)
    assert part is not None
    return part


def _ticks(job: Job) -> Iterator[tuple[int, Finished | None]]:
    """Train a job in as many steps as it has seeds, so that other runs of the worker have their turns between them.

    Gives their number, and with the last one the run.
    """
    steps, told, ticks = computing(job), 0, len(job.seeds)
    while True:
        try:
            share = next(steps)
        except StopIteration as ended:
            yield from ((number, None) for number in range(told + 1, ticks))
            yield ticks, ended.value
            return
        while told < min(ticks - 1, int(share * ticks)):
            told += 1
            yield told, None
