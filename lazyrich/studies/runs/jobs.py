"""The unit of work of a study: one run of an experiment, for one seed or for a few that it trains side by side.

    for job in jobs([StudentTeacher(delta=0.0), StudentTeacher(delta=1.0)], first=0, seeds=32):
        finished = compute(job)

How seeds are divided into jobs depends on the experiment alone, and a seed's numbers do not depend on what is computed
beside it, so that a study is the same on every executor and may go on where it was interrupted.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lazyrich.config.schema import Config
from lazyrich.frame import CannotRun, Frame
from lazyrich.results.result import Result
from lazyrich.results.train import stream
from lazyrich.studies.runs.fingerprints import of_header, of_start

__all__ = ["Finished", "Job", "compute", "computing", "first_seed", "jobs", "seeded", "together"]

AT_FIRST = 2
"""Seeds of the first such run, so that something is there soon."""

TOGETHER = 8
"""Seeds that a run of many networks trains side by side: fewer would take longer each, more would leave cores idle."""


@dataclass(frozen=True)
class Job:
    """One run.

    number: its place in the order. cell: which of the settings that are studied it is of. config: what is trained, with
    its seeds. seeds: these.
    """

    number: int
    cell: int
    config: Config
    seeds: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Finished:
    """A job that has been computed.

    rows: columns of the curves with the column `seed`. failed: seed -> the sentence on why it came to no end.
    zero_losses: column -> loss of an output of 0 on the data of the first seed. fingerprints: of the task and the start
    of that seed. seconds: processor time. environment: versions, device and dtype.
    """

    job: Job
    rows: Mapping[str, np.ndarray]
    failed: Mapping[int, str]
    zero_losses: Mapping[str, float]
    fingerprints: Mapping[str, str]
    seconds: float
    environment: Mapping[str, str]


def first_seed(config: Config) -> int:
    """Return the seed that counting begins with: the config's own.

    Raises:
        ValueError: If the experiment draws nothing at random.
    """
    return int(getattr(config, _seed_field(config)))


def seeded(config: Config, seeds: Sequence[int]) -> Config:
    """Return the same settings for consecutive seeds, one of them where the experiment trains one at a time."""
    count = {"seeds": len(seeds)} if "seeds" in type(config).parameters() else {}
    return config.changed(**{_seed_field(config): seeds[0]}, **count)


def together(config: Config) -> int:
    """Return how many seeds one run of an experiment trains: one, where a stack of large networks would be dearer."""
    parameters = type(config).parameters()
    # a portrait of one seed has many students already
    if "seeds" not in parameters or "seed" not in parameters:
        return 1
    first = first_seed(config)
    alone, stack = (seeded(config, range(first, first + count)).work().seconds for count in (1, TOGETHER))
    return TOGETHER if stack <= TOGETHER * alone * (1 + 1e-9) else 1


def jobs(configs: Sequence[Config], first: int, seeds: int) -> tuple[Job, ...]:
    """Return all runs in the order of computing: all settings of the first seeds, then those of the next.

    Args:
        configs: The settings that are studied.
        first: The first seed.
        seeds: Their number.
    """
    found: list[tuple[int, int, Config, tuple[int, ...]]] = []
    for cell, config in enumerate(configs):
        size, begin = together(config), 0
        while begin < seeds:
            end = min(begin + (size if begin else min(AT_FIRST, size)), seeds)
            block = tuple(range(first + begin, first + end))
            found.append((begin, cell, seeded(config, block), block))
            begin = end
    found.sort(key=lambda one: one[:2])
    return tuple(Job(number, *one[1:]) for number, one in enumerate(found))


def compute(job: Job) -> Finished:
    """Train one job, where an executor has put it.

    A seed that cannot be trained to the end keeps its rows up to there, and has a sentence in `failed`.

    Raises:
        CannotRun: If nothing could be computed at all.
    """
    steps = computing(job)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            found: Finished = ended.value
            return found


def computing(job: Job) -> Generator[float, None, Finished]:
    """Train one job and give the share of its frames that are there, after each; returns what `compute` returns."""
    began = time.thread_time()
    frames: list[Frame] = []
    start: dict[str, str] = {}
    message = ""
    try:
        for frame in stream(job.config):
            start = start or of_start(frame)
            # rows are what is kept, and weights of all frames would be a thousand times as much
            frames.append(replace(frame, arrays={}, chart_data={}))
            yield min(1.0, len(frames) / job.config.expected_frames)
    except CannotRun as error:
        if not frames or not error.lasting:
            raise
        message = str(error)
    if message and len(job.seeds) > 1:
        return _one_by_one(job)
    result = Result(job.config, frames, "failed" if message else "finished", message)
    table = result.curves
    rows = {str(name): table[name].to_numpy() for name in table}
    if "seed" not in rows:
        rows = {"seed": np.full(len(table), job.seeds[0], dtype=np.int64), **rows}
    header = frames[0].header
    assert header is not None, "a run's first frame has its header"
    return Finished(
        job,
        rows,
        result.failed | ({job.seeds[0]: message} if message else {}),
        job.config.zero_losses(header),
        of_header(header) | start,
        time.thread_time() - began,
        header.environment,
    )


def _one_by_one(job: Job) -> Finished:
    """Train the seeds apart, to find those that fail."""
    each = [compute(replace(job, config=seeded(job.config, [seed]), seeds=(seed,))) for seed in job.seeds]
    rows = {name: np.concatenate([one.rows[name] for one in each]) for name in each[0].rows}
    failed = {seed: why for one in each for seed, why in one.failed.items()}
    return replace(each[0], job=job, rows=rows, failed=failed, seconds=sum(one.seconds for one in each))


def _seed_field(config: Config) -> str:
    for name in ("seed", "first_seed"):
        if name in type(config).parameters():
            return name
    raise ValueError(
        f"{type(config).__name__} has no seed, for it draws nothing at random: one run with lazyrich.train tells all."
    )
