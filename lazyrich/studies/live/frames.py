"""The frames of a SeedComparison: run after run, A and B in turn, and what their pairs show so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isfinite
from typing import Any

import numpy as np

from lazyrich.config.schema import show
from lazyrich.experiments.common.json_numbers import plain
from lazyrich.frame import CannotRun, Frame, RunHeader
from lazyrich.studies.comparison import Comparison
from lazyrich.studies.live.config import POINTS, SeedComparison
from lazyrich.studies.live.filling import FrameContent, frames_of_jobs
from lazyrich.studies.live.record import comparison
from lazyrich.studies.readings import endings, networks_of
from lazyrich.studies.report.wording import verdict
from lazyrich.studies.runs.jobs import Finished


def frames(config: SeedComparison, existing_frames: int = 0, done: Sequence[Finished] = ()) -> Iterator[Frame]:
    """See SeedComparison.frames; without the first `existing_frames` frames, whose runs are given.

    Raises:
        CannotRun: If the experiment has no such measure or moment, or its runs cannot be computed.
    """
    grid: list[np.ndarray] = []

    def state_of(parts: Sequence[Finished]) -> FrameContent:
        grid[:] = grid or [_moments(config, parts[:2])]
        return _shown(config, parts, grid[0])

    return frames_of_jobs(config.jobs, 2, state_of, existing_frames, done)


def _shown(config: SeedComparison, parts: Sequence[Finished], grid: np.ndarray) -> FrameContent:
    """Return what is shown of these runs. grid: the moments at which curves are drawn."""
    versus = comparison(config, parts)
    try:
        pairs = versus.pairs
    except ValueError as error:
        raise CannotRun(str(error)) from None
    if len(pairs) != 1:
        raise CannotRun(_several(versus))
    ends = [_endings(config, side, parts, cell) for cell, side in enumerate(config.sides)]
    falling = [sum(state in ("falling", "plateau") for state in of) for of in ends]
    where = [
        f"{count} of {len(of)} runs of {name}" for count, of, name in zip(falling, ends, "AB", strict=True) if count
    ]
    row = versus.effects.to_dict("records")[0]
    if not _known(config, row["low"], row["high"]):
        row |= {"low": float("nan"), "high": float("nan")}
    metrics = {
        "pairs": row["pairs"],
        "effect": row[config.compared_measure.effect],
        "low": row["low"],
        "high": row["high"],
        "median_A": row["median_A"],
        "median_B": row["median_B"],
        "wins": row["wins"],
        "wins_of": row["wins_of"],
        "ties": row["ties"],
        "missing_A": row["missing_A"],
        "missing_B": row["missing_B"],
        "failed": len(versus.A.failed) + len(versus.B.failed),
        "falling": sum(falling),
        "runs": sum(map(len, ends)),
    }
    chart_data = {"effects": _effects(versus, config), "curves": _curves(config, parts, grid)}
    table = {str(name): column.to_numpy() for name, column in versus.table.items()}
    table = {name: table[name] for name in ("seed", "A", "B", config.compared_measure.effect, "missing")}
    plain_metrics = {name: finite(value) for name, value in metrics.items()}
    when = config.compared_moment.words(config.clock)
    changing = f"Losses still change {when} in {' and '.join(where)}: the result may be another later." if where else ""
    (paired,) = pairs.values()
    found = verdict(paired, versus.names[1], versus.planned, versus.complete)
    # remarks beside the finding: runs without a value, the moment, what A and B share
    beside = versus.verdict.removeprefix(found).strip()
    remark = f"{beside} {changing}".strip()
    header = RunHeader(
        arrays={},
        chart_data={
            "seeds": list(range(config.seed, config.seed + config.seeds)),
            "moments": plain(grid.tolist(), 6),
            "goes_on": True,
            "counts": {"column": "pairs", "of": config.seeds, "name": "pairs"},
        },
        environment=parts[0].environment,
        spread=("effects", "curves"),
    )
    return FrameContent(header, plain_metrics, chart_data, table, ("seed",), found.removesuffix("."), remark)


def _several(versus: Comparison) -> str:
    names = versus.A.config.columns.networks
    networks = "; ".join(
        ", ".join(f"{name} = {show(value)}" for name, value in zip(names, network, strict=True))
        for network, _ in versus.networks
    )
    return (
        f"Each seed of this experiment trains several networks, {networks}: choose one of them, as with alphas=1 in "
        "the shared settings or in those of A and of B."
    )


def _endings(config: SeedComparison, side: Any, parts: Sequence[Finished], cell: int) -> list[str]:
    found = endings(side, [part for part in parts if part.job.cell == cell], config.compared_moment)
    return [ending.state for ending in found.values()]


def finite(value: Any) -> float:
    """Return a number, nan if it is not finite, as charts cannot draw it."""
    return float(value) if isfinite(value) else float("nan")


def _effects(versus: Comparison, config: SeedComparison) -> np.ndarray:
    """(2, seeds, 3): the effect in each seed, and the median with its interval across all of them; nan for none."""
    found = np.full((2, config.seeds, 3), np.nan, dtype=np.float32)
    table = versus.table
    for seed, effect in zip(table["seed"], table[config.compared_measure.effect], strict=True):
        found[0, seed - config.seed] = finite(effect)
    middle, (low, high) = versus.effect, versus.interval
    found[1] = (finite(middle), low, high) if _known(config, low, high) else finite(middle)
    return found


def _known(config: SeedComparison, low: float, high: float) -> bool:
    """Tell whether an interval has two finite ends."""
    return isfinite(low) and isfinite(high) and not (config.compared_measure.ratio and low <= 0)


def _moments(config: SeedComparison, parts: Sequence[Finished]) -> np.ndarray:
    """Moments at which curves are shown: those of the first runs, thinned; empty without a clock."""
    if not config.clock:
        return np.empty(0)
    times = np.unique(np.concatenate([np.asarray(part.rows[config.clock], dtype=np.float64) for part in parts]))
    times = times[times > 0]
    if len(times) <= POINTS:
        return times
    # evenly spaced in the logarithm, and the end
    wanted = np.geomspace(times[0], times[-1], POINTS)
    return np.unique(times[np.minimum(np.searchsorted(times, wanted * (1 - 1e-12)), len(times) - 1)])


def _curves(config: SeedComparison, parts: Sequence[Finished], grid: np.ndarray) -> np.ndarray:
    """(2, moments, 3): median, 10 % and 90 % of A and of B over the seeds that finished, as in Ensemble.bands."""
    found = np.full((2, len(grid), 3), np.nan, dtype=np.float32)
    for cell, side in enumerate(config.sides):
        curves = []
        for part in parts:
            if part.job.cell != cell or not len(grid):
                continue
            for (_, seed), rows in networks_of(part, side.columns):
                if seed not in part.failed:
                    places = np.searchsorted(rows[config.clock], grid, side="right") - 1
                    values = np.asarray(rows[config.compared_measure.name], dtype=np.float64)[np.maximum(places, 0)]
                    curves.append(config.compared_measure.scaled(values))
        if curves:
            with np.errstate(all="ignore"):
                bands = np.nanquantile(np.stack(curves), (0.5, 0.1, 0.9), axis=0)
            found[cell] = (np.exp(bands) if config.compared_measure.ratio else bands).T
    return found
