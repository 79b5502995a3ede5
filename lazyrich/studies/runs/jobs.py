"""The unit of work of a study: one run of an experiment, for one seed or for a few that it trains side by side.

    for job in jobs([StudentTeacher(delta=0.0), StudentTeacher(delta=1.0)], first=0, seeds=32):
        finished = compute(job)

The division of seeds into jobs depends on the experiment alone, and the numbers of a seed do not depend on the seeds
computed beside it, so that a study is the same on every executor and can be resumed.
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
"""Seeds of the first such run, so that first results come soon."""

TOGETHER = 8
"""Seeds that one run trains side by side: with fewer each takes longer, with more some cores are idle."""


@dataclass(frozen=True)
class Job:
    """One run.

    number: its place in the order. cell: index of its setting in the study. config: its settings, with its seeds.
    seeds: the seeds.
    """

    number: int
    cell: int
    config: Config
    seeds: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Finished:
    """A job that has been computed.

    rows: columns of the curves with the column `seed`. failed: seed -> the reason why it did not finish, as a sentence.
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
    """Return the first seed: the config's own.

    Raises:
        ValueError: If the experiment draws nothing at random.
    """
    return int(getattr(config, _seed_field(config)))


def seeded(config: Config, seeds: Sequence[int]) -> Config:
    """Return the settings for consecutive seeds; one seed if the experiment trains one at a time."""
    count = {"seeds": len(seeds)} if "seeds" in type(config).parameters() else {}
    return config.changed(**{_seed_field(config): seeds[0]}, **count)


def together(config: Config) -> int:
    """Return the number of seeds that one run trains: one if large networks are slower in a stack."""
    parameters = type(config).parameters()
    # a portrait of one seed already has many students
    if "seeds" not in parameters or "seed" not in parameters:
        return 1
    first = first_seed(config)
    alone, stack = (seeded(config, range(first, first + count)).work().seconds for count in (1, TOGETHER))
    return TOGETHER if stack <= TOGETHER * alone * (1 + 1e-9) else 1


def jobs(configs: Sequence[Config], first: int, seeds: int) -> tuple[Job, ...]:
    """Return all runs in the order in which they are computed: all settings of the first seeds, then of the next.

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
    """Train one job in this process.

    A seed that cannot be trained to the end keeps its rows up to the failure, and has a sentence in `failed`.

    Raises:
        CannotRun: If no seed could be trained at all.
    """
    steps = computing(job)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            found: Finished = ended.value
            return found


def computing(job: Job) -> Generator[float, None, Finished]:
    """Train one job and yield the share of its frames computed so far, after each; return what `compute` returns."""
    began = time.thread_time()
    frames: list[Frame] = []
    start: dict[str, str] = {}
    message = ""
    try:
        for frame in stream(job.config):
            start = start or of_start(frame)
            # keep the rows alone: the weights of all frames would be a thousand times larger
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
    """Train the seeds one by one, to find those that fail."""
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
