"""Frames from runs that finish one after the other, shared by all live computations over seeds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from lazyrich.frame import Frame, RunHeader
from lazyrich.studies.live.record import arrays_of
from lazyrich.studies.runs.jobs import Finished, Job, computing

__all__ = ["FrameContent", "frames_of_jobs", "train_to_end"]


@dataclass(frozen=True)
class FrameContent:
    """Contents of a frame from the finished runs.

    header: of the first frame. metrics, chart_data, verdict, remark: of a frame. table: a row for each result so far.
    keys: its columns that tell rows apart.
    """

    header: RunHeader
    metrics: dict[str, float]
    chart_data: dict[str, np.ndarray]
    table: dict[str, np.ndarray]
    keys: tuple[str, ...]
    verdict: str
    remark: str

    def frame(self, index: int, share: float, parts: Sequence[Finished], before: FrameContent | None) -> Frame:
        """Return a frame; its table has the rows that are new since the previous one.

        Args:
            index: Its number, from 0 on.
            share: Share of all work that is done.
            parts: Runs that have finished since the previous frame.
            before: Contents before these runs; None if nothing has changed, or for the first frame.
        """
        had = set() if before is None else set(before.rows)
        new = np.array([bool(parts) and row not in had for row in self.rows], dtype=bool)
        return Frame(
            step=index,
            time=float(index),
            metrics=self.metrics,
            arrays=arrays_of(parts),
            chart_data=self.chart_data,
            verdict=self.verdict,
            header=self.header if index == 0 else None,
            table={name: column[new] for name, column in self.table.items()},
            done=share,
            remark=self.remark,
        )

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """Return the keys of the rows of the table."""
        return list(zip(*(self.table[name].tolist() for name in self.keys), strict=True))


def frames_of_jobs(
    jobs: Sequence[Job],
    first: int,
    state_of: Callable[[Sequence[Finished]], FrameContent],
    existing_frames: int = 0,
    done: Sequence[Finished] = (),
) -> Iterator[Frame]:
    """Compute runs, and yield a frame for the first ones and then one for each further seed.

    Args:
        jobs: All runs in the order of computing.
        first: Number of runs in the first frame.
        state_of: Function from finished runs to the contents of a frame.
        existing_frames: Number of existing frames; the following ones are yielded.
        done: Runs of the existing frames.
    """
    parts = {part.job.number: part for part in done}
    total = sum(len(job.seeds) for job in jobs)
    begin = [parts[job.number] if job.number in parts else train_to_end(job) for job in jobs[:first]]
    whole, runs, index = list(begin), sum(len(part.job.seeds) for part in begin), 1
    state = state_of(whole)
    if not existing_frames:
        yield state.frame(0, runs / total, begin, None)
    for job in jobs[first:]:
        ticks = len(job.seeds)
        if job.number in parts:
            whole.append(parts[job.number])
            runs, index = runs + ticks, index + ticks
            state = state_of(whole)
            continue
        for tick, part in _ticks(job):
            index += 1
            if part is not None:
                whole.append(part)
                before, state = state, state_of(whole)
                runs += ticks
                yield state.frame(index - 1, runs / total, (part,), before)
            elif index > existing_frames:
                yield state.frame(index - 1, (runs + tick) / total, (), None)


def train_to_end(job: Job) -> Finished:
    """Train one job to its end."""
    *_, (_, part) = _ticks(job)
    assert part is not None
    return part


def _ticks(job: Job) -> Iterator[tuple[int, Finished | None]]:
    """Train a job in as many steps as it has seeds, so that the worker can switch to other runs in between.

    Yields the number of finished steps, and with the last one the finished run.
    """
    steps, tick, ticks = computing(job), 0, len(job.seeds)
    while True:
        try:
            share = next(steps)
        except StopIteration as ended:
            yield from ((number, None) for number in range(tick + 1, ticks))
            yield ticks, ended.value
            return
        while tick < min(ticks - 1, int(share * ticks)):
            tick += 1
            yield tick, None
