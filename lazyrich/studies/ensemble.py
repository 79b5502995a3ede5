"""One setting over many seeds.

runs = lazyrich.repeat(StudentTeacher(tau=0.1), seeds=32)
runs.bands(0.8)["test_loss"]
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from lazyrich.config.schema import Config
from lazyrich.studies.at import CLOCKS, ComparisonMoment
from lazyrich.studies.measure import Measure, measure_of
from lazyrich.studies.readings import Key, Reading, read
from lazyrich.studies.runs.gathering import Progress, computed_with_progress
from lazyrich.studies.runs.jobs import Finished, first_seed, jobs

__all__ = ["MAX_SEEDS", "Ensemble", "check_config", "check_seeds", "extended_to_last_moment", "repeat", "repeating"]

MAX_SEEDS = 1000
"""Largest number of seeds of a study."""


class Ensemble:
    """The runs of one setting over seeds.

    config: the setting; its own seed is the first. seeds: requested seeds. parts: finished runs. progress: their
    progress; None if it is not tracked.
    """

    def __init__(
        self, config: Config, seeds: Sequence[int], parts: Sequence[Finished], progress: Progress | None = None
    ):
        self.config, self.seeds, self.parts, self.progress = config, tuple(seeds), tuple(parts), progress

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self.config.settings().items())
        failed = f", {len(self.failed)} failed" if self.failed else ""
        name = type(self.config).__name__
        return f"<Ensemble of {name}({settings}): {len(self.done)} of {len(self.seeds)} seeds{failed}>"

    @property
    def done(self) -> tuple[int, ...]:
        """Return the finished seeds, in order."""
        return tuple(sorted(seed for part in self.parts for seed in part.job.seeds))

    @property
    def complete(self) -> bool:
        """Return whether all requested seeds are complete."""
        return len(self.done) == len(self.seeds)

    @property
    def failed(self) -> dict[int, str]:
        """Return the reason of each failed seed as a sentence, by seed; rows up to the failure are in `curves`."""
        return dict(sorted((seed, why) for part in self.parts for seed, why in part.failed.items()))

    @cached_property
    def curves(self) -> pd.DataFrame:
        """Return the tables of all runs, `Result.curves`, with the column `seed`; sorted by it."""
        if not self.parts:
            return pd.DataFrame({"seed": np.empty(0, dtype=np.int64)})
        names = list(self.parts[0].rows)
        whole = pd.DataFrame({name: np.concatenate([part.rows[name] for part in self.parts]) for name in names})
        return whole.sort_values("seed", kind="stable", ignore_index=True)

    @property
    def final(self) -> pd.DataFrame:
        """Return the last row of each network and seed, in the order of `curves`, without failed seeds."""
        keys = ["seed", *self.config.columns.networks]
        last = self.curves[~self.curves["seed"].isin(list(self.failed))].groupby(keys, sort=False).tail(1)
        return last.reset_index(drop=True)

    def bands(self, share: float = 0.8) -> pd.DataFrame:
        """Return the median over seeds and the band of the middle share of them, at each recorded moment.

        A run that ended because its losses were flat keeps its last row for later moments; a failed run is left out.
        Quantiles of losses and errors between seeds are interpolated in the logarithm.

        Args:
            share: Share of the seeds within the band, above 0 and up to 1.

        Returns:
            Index: the columns that tell networks apart, then the clock of the experiment. Columns: each measure with
            `low`, `median` and `high`: `bands["test_loss"]["median"]`.

        Raises:
            ValueError: If share is not within its bounds, or no run is complete.
        """
        if not 0 < share <= 1:
            raise ValueError(f"share must be above 0 and at most 1, got {share}.")
        columns = self.config.columns
        table = self.curves[~self.curves["seed"].isin(list(self.failed))]
        if table.empty:
            raise ValueError("bands needs a run that has come to its end: there is none.")
        clock = [columns.clock] if columns.clock else []
        keys = [*columns.networks, *clock]
        moments = CLOCKS if clock else ()  # without a clock, a column of times is a measure: the time to learn
        names = [name for name in table if name not in {"seed", *keys, *moments} and table[name].dtype.kind in "biuf"]
        if clock:
            table = extended_to_last_moment(table, list(columns.networks), columns.clock)
        quantiles = {"low": (1 - share) / 2, "median": 0.5, "high": (1 + share) / 2}
        found: dict[tuple[str, str], Any] = {}
        for name in names:
            measure = measure_of(name)
            values = table[name].astype(float)
            if measure.ratio:
                values = pd.Series(measure.scaled(values.to_numpy()), index=table.index)
            groups = values.groupby([table[key] for key in keys] or [np.zeros(len(table))])
            for label, q in quantiles.items():
                at_q = groups.quantile(q)
                found[name, label] = np.exp(at_q) if measure.ratio else at_q
        return pd.DataFrame(found)

    def read(self, measure: Measure, at: ComparisonMoment) -> dict[Key, Reading]:
        """Return a measure of each network and finished seed. Raises ValueError as `readings.read` does."""
        return read(self.config, self.parts, measure, at)


def repeat(
    config: Config,
    seeds: int = 32,
    executor: Executor | None = None,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Callable[[Ensemble], object] | None = None,
) -> Ensemble:
    """Run one setting over seeds.

    Args:
        config: An experiment's settings. Its own seed is the first; further seeds count on from it.
        seeds: Their number, 1 to 1000.
        executor: Any concurrent.futures.Executor; this process if None.
        checkpoint: File for finished runs, from which an interrupted call continues.
        progress: Called with the Ensemble so far after each run; its `.progress` has the time left.

    Returns:
        The Ensemble.

    Raises:
        TypeError: If config is no config of an experiment.
        ValueError: If the experiment has no seed, seeds are out of bounds, or checkpoint holds something else.
        CannotRun: If a run cannot start, for example because a device is missing.

    Example:
        >>> runs = lazyrich.repeat(StudentTeacher(tau=0.1), seeds=32)
        >>> runs.bands(0.8)["test_loss"].plot(logx=True, logy=True)
    """
    found = None
    for found in repeating(config, seeds, executor, checkpoint=checkpoint):
        if progress is not None:
            progress(found)
    assert found is not None, "there is one seed at least"
    return found


def repeating(
    config: Config,
    seeds: int = 32,
    executor: Executor | None = None,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Iterator[Ensemble]:
    """Yield the Ensemble of `repeat` as it grows, after each run; arguments and errors are those of `repeat`.

    Runs that have not begun are cancelled if the caller stops iterating.
    """
    check_config(config, "config")
    check_seeds(seeds, 1)
    first = first_seed(config)
    every = jobs([config], first, seeds)
    return (
        Ensemble(config, range(first, first + seeds), parts, progress)
        for parts, progress in computed_with_progress(every, executor, checkpoint)
    )


def check_config(config: object, name: str) -> None:
    """Raise TypeError if an argument of this name is no config of an experiment."""
    if not isinstance(config, Config):
        given = f"the class {config.__name__}" if isinstance(config, type) else f"a {type(config).__name__}"
        raise TypeError(f"{name} must be an experiment's settings, such as StudentTeacher(tau=0.1), got {given}.")


def check_seeds(seeds: object, least: int) -> None:
    """Raise ValueError if this is no number of seeds."""
    if isinstance(seeds, bool) or not isinstance(seeds, (int, np.integer)) or not least <= seeds <= MAX_SEEDS:
        raise ValueError(f"seeds must be a whole number between {least} and {MAX_SEEDS}, got {seeds}.")


def extended_to_last_moment(table: pd.DataFrame, networks: list[str], clock: str) -> pd.DataFrame:
    """Return the table with the last row of each run repeated up to the last moment of any run, as its losses are flat.

    Args:
        table: Rows of several seeds, those of a run in the order of its clock.
        networks: Columns that distinguish the networks of one seed.
        clock: Column of the time.
    """
    moments = np.unique(table[clock])
    rows = []
    for _, run in table.groupby([*networks, "seed"], sort=False):
        place = np.searchsorted(run[clock].to_numpy(), moments, side="right") - 1
        rows.append(run.iloc[np.maximum(place, 0)].assign(**{clock: moments}))
    return pd.concat(rows, ignore_index=True)
