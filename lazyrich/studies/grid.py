"""One or two settings varied, each value over the same seeds.

found = lazyrich.study(StudentTeacher(tau=0.3), over={"delta": [-1, 0, 1]}, seeds=32)
found.effects                       each value against the first, paired by seed
found.figure(width="8.5cm")
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lazyrich.config.schema import Config, show
from lazyrich.studies.comparison import Comparison
from lazyrich.studies.ensemble import Ensemble
from lazyrich.studies.measure import Measure
from lazyrich.studies.plan import Cell, Plan
from lazyrich.studies.rank_statistics import median_interval
from lazyrich.studies.readings import endings
from lazyrich.studies.report.wording import falling_words, lost_words
from lazyrich.studies.runs.gathering import Progress, computed_with_progress

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Study", "study", "studying"]


class Study:
    """Settings over the same seeds.

    plan: its settings, axes and reference. ensembles: values of the axes -> Ensemble. progress: of the runs; None if it
    is not tracked. While runs are missing, intervals are ones that stay valid if they are read after every run.
    """

    def __init__(self, plan: Plan, ensembles: Mapping[Cell, Ensemble], progress: Progress | None = None):
        self.plan, self.ensembles, self.progress = plan, dict(ensembles), progress

    def __repr__(self) -> str:
        axes = ", ".join(f"{name}: {len(values)}" for name, values in self.axes.items())
        done = "" if self.complete else ", not all there"
        return f"<Study of {self.plan.config.name} over {{{axes}}}, {len(self.plan.seeds)} seeds{done}>"

    @property
    def axes(self) -> dict[str, tuple[Any, ...]]:
        """Setting -> its values."""
        return self.plan.axes

    @property
    def measure(self) -> Measure:
        """Return the measure of the comparisons."""
        return self.plan.measure

    @property
    def complete(self) -> bool:
        """Tell whether all seeds of all settings are complete."""
        return all(ensemble.complete for ensemble in self.ensembles.values())

    @property
    def networks(self) -> tuple[str, ...]:
        """Columns that tell the networks of one seed apart."""
        return self.plan.config.columns.networks

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row for each setting, network and seed.

        Columns: the axes, those that tell networks apart, seed, the measure, and the reason where it is nan.
        """
        rows = []
        for cell, ensemble in self.ensembles.items():
            columns = ensemble.config.columns.networks
            for (network, seed), reading in ensemble.read(self.measure, self.plan.at).items():
                rows.append(
                    dict(zip(columns, network, strict=True))
                    | dict(zip(self.axes, map(_plain, cell), strict=True))
                    | {"seed": seed, self.measure.name: reading.value, "missing": reading.why}
                )
        names = [*self.axes, *self.networks, "seed", self.measure.name, "missing"]
        table = pd.DataFrame(rows, columns=names)
        return table.sort_values([*self.networks, "seed"], kind="stable").sort_values(
            list(self.axes), kind="stable", key=self._order, ignore_index=True
        )

    @cached_property
    def summary(self) -> pd.DataFrame:
        """A row for each setting and network.

        Columns: seeds, number of seeds without a value, the median with its interval, and the band of the middle 80 %.
        A seed without a value counts as the worst if one direction of the measure is better.
        """
        worst = {"lower": np.inf, "higher": -np.inf, "": np.nan}[self.measure.better]
        rows = []
        keys = [*self.axes, *self.networks]
        for key, of in self.table.groupby(keys, sort=False):
            values = of[self.measure.name].to_numpy(dtype=float)
            counted = np.where(np.isnan(values), worst, values)
            counted = counted[~np.isnan(counted)]
            low, high = median_interval(counted, anytime=not self.complete)
            # order statistics, not interpolation, which infinite values make nan
            quantile = [
                float(np.quantile(counted, q, method="closest_observation")) if len(counted) else np.nan
                for q in (0.1, 0.9)
            ]
            rows.append(
                dict(zip(keys, key if isinstance(key, tuple) else (key,), strict=True))
                | {"seeds": len(values), "missing": int(np.isnan(values).sum())}
                | {"median": _median(counted), "low": low, "high": high, "q10": quantile[0], "q90": quantile[1]}
            )
        return pd.DataFrame(rows)

    @cached_property
    def effects(self) -> pd.DataFrame:
        """Each setting against its reference, paired by seed: the rows of `Comparison.effects` after the axes."""
        found = []
        for cell, versus in self.comparisons.items():
            rows = versus.effects
            for place, (name, value) in enumerate(zip(self.axes, cell, strict=True)):
                rows.insert(place, name, [_plain(value)] * len(rows))
            found.append(rows)
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=list(self.axes))

    @cached_property
    def comparisons(self) -> dict[Cell, Comparison]:
        """Values of the axes -> comparison of that setting (B) with its reference (A), without the reference itself."""
        return {
            cell: Comparison(self.ensembles[of], ensemble, self.measure, self.plan.at, self.progress)
            for cell, ensemble in self.ensembles.items()
            if (of := self.plan.reference_of(cell)) != cell
        }

    @property
    def verdict(self) -> str:
        """Return a sentence on the number of settings that differ from their reference."""
        reference = ", ".join(
            self.plan.config.parameters()[name].labelled(value) for name, value in self.plan.reference.items()
        )
        pairs = [paired for versus in self.comparisons.values() for paired in versus.pairs.values()]
        if not pairs:
            return "There is one setting, so that nothing is compared."
        if not self.complete:
            there = self.progress.words if self.progress else "runs are missing"
            return f"So far {there}; nothing is said before all are there."
        lower = sum(paired.direction < 0 for paired in pairs)
        higher = sum(paired.direction > 0 for paired in pairs)
        words, seeds = self.measure.words, len(self.plan.seeds)
        several = " Each interval holds at 95 % by itself, so that one in twenty may miss." if len(pairs) > 1 else ""
        return (
            f"Against {reference}, in {seeds} seeds: {lower} of {len(pairs)} settings have the lower {words}, {higher} "
            f"the higher, and in {len(pairs) - lower - higher} no difference was found.{several}"
        )

    @property
    def warnings(self) -> list[str]:
        """Sentences on doubts about the result: runs without a value, and losses that still change."""
        found = [
            ending
            for ensemble in self.ensembles.values()
            for ending in endings(ensemble.config, ensemble.parts, self.plan.at).values()
        ]
        return [*self.lost, *falling_words([self.plan.config], found, self.plan.at, "", "config.onward()")]

    @property
    def lost(self) -> list[str]:
        """Sentences on the seeds without a value, by setting, and on how they are counted."""
        whys = {}
        for cell, ensemble in self.ensembles.items():
            readings = ensemble.read(self.measure, self.plan.at).items()
            whys[self.plan.named(cell)] = {seed: reading.why for (_, seed), reading in readings if reading.why}
        return lost_words(self.measure, whys)

    def figure(self, width: str | float = "16cm") -> go.Figure:
        """Return a plotly figure: over one axis the median with the band of the middle 80 % of seeds, over two a map.

        Args:
            width: In cm, mm, in, pt or px, such as "8.5cm" for a column of a paper, or a number of pixels.

        Raises:
            ValueError: For a map of several networks a seed.
        """
        from lazyrich.studies.report.figures import study_figure

        return study_figure(self, width)

    def latex(self) -> str:
        """Return medians and effects as a tabular of LaTeX, with the rules of the package booktabs."""
        from lazyrich.studies.report.latex import study_table

        return study_table(self)

    def _order(self, column: pd.Series) -> pd.Series:
        """Values of an axis in the order in which they were given."""
        if column.name not in self.axes:
            return column
        places = {_plain(value): place for place, value in enumerate(self.axes[str(column.name)])}
        return column.map(places)


def study(
    config: Config,
    over: Mapping[str, Sequence[Any]],
    seeds: int = 32,
    measure: str | None = None,
    at: Any = None,
    reference: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Callable[[Study], object] | None = None,
) -> Study:
    """Vary one or two settings over seeds.

    Args:
        config: An experiment's settings; what is not varied stays as it is. Its seed is the first.
        over: Setting -> values, for one or two settings; at most 400 combinations.
        seeds: Their number, 1 to 1000; below 6 there is no interval.
        measure: A column of the curves; None for the experiment's default.
        at: The moment, as in `compare`.
        reference: Setting -> value that the others are compared with, at equal values of the other axis unless that is
            named too. None: the first value of the first setting.
        executor: Any concurrent.futures.Executor; this process if None.
        checkpoint: File for finished runs, from which an interrupted call continues.
        progress: Called with the Study so far after each run; its `.progress` has the time left.

    Returns:
        The Study.

    Raises:
        TypeError: If config is no config of an experiment.
        ValueError: If an argument is invalid; the sentence says what is allowed.
        CannotRun: If a run cannot start, for example because a device is missing.

    Example:
        >>> found = lazyrich.study(StudentTeacher(tau=0.3), over={"delta": [-1, 0, 1]}, seeds=16)
        >>> print(found.effects)
    """
    found = None
    for found in studying(Plan(config, over, seeds, measure, at, reference), executor, checkpoint=checkpoint):
        if progress is not None:
            progress(found)
    assert found is not None, "there is one run at least"
    return found


def studying(
    plan: Plan, executor: Executor | None = None, *, checkpoint: str | os.PathLike[str] | None = None
) -> Iterator[Study]:
    """Yield the Study of a plan as it grows, after each run.

    Runs that have not begun are cancelled if the caller stops iterating; the last Study stays valid.
    """
    for parts, progress in computed_with_progress(plan.jobs, executor, checkpoint):
        by_cell: dict[int, list[Any]] = {}
        for part in parts:
            by_cell.setdefault(part.job.cell, []).append(part)
        ensembles = {
            cell: Ensemble(plan.configs[place], plan.seeds, by_cell.get(place, []))
            for place, cell in enumerate(plan.cells)
        }
        # report an unknown measure or moment after the first run
        next(one for one in ensembles.values() if one.parts).read(plan.measure, plan.at)
        yield Study(plan, ensembles, progress)


def _plain(value: Any) -> Any:
    """Return a value for a cell of a table: lists as text."""
    return show(value) if isinstance(value, tuple) else value


def _median(values: np.ndarray) -> float:
    if not len(values):
        return float("nan")
    ordered = np.sort(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return float(low if low == high else (low + high) / 2)
