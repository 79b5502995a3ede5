"""The frames of an AxisStudy: run after run, and what each value of the setting shows so far."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from lazyrich.frame import CannotRun, Frame, RunHeader
from lazyrich.studies.live.filling import FrameContent, frames_of_jobs
from lazyrich.studies.live.frames import finite
from lazyrich.studies.live_axis.config import AxisStudy
from lazyrich.studies.live_axis.record import study_of
from lazyrich.studies.readings import endings
from lazyrich.studies.runs.jobs import Finished

__all__ = ["frames"]


def frames(config: AxisStudy, existing_frames: int = 0, done: Sequence[Finished] = ()) -> Iterator[Frame]:
    """See AxisStudy.frames; without the first `existing_frames` frames, whose runs are given. Raises CannotRun."""
    return frames_of_jobs(config.jobs, 1, lambda parts: _shown(config, parts), existing_frames, done)


DOTS, LINE = 0, 1
"""Networks of a chart's array."""


def _shown(config: AxisStudy, parts: Sequence[Finished]) -> FrameContent:
    """Return what is shown of these runs."""
    study = study_of(config, parts)
    try:
        table = study.table
    except ValueError as error:
        raise CannotRun(str(error)) from None
    if study.networks and len(table.drop_duplicates(list(study.networks))) > 1:
        raise CannotRun(
            "Each seed of this experiment trains several networks: choose one in the shared settings, such as alphas=1."
        )
    ends = [
        ending.state
        for ensemble in study.ensembles.values()
        for ending in endings(ensemble.config, ensemble.parts, config.plan.at).values()
    ]
    falling = sum(state in ("falling", "plateau") for state in ends)
    when = config.plan.at.words(config.plan.config.columns.clock)
    header = RunHeader(
        arrays={},
        chart_data={
            "places": [*config.values, *(value for value in config.values for _ in range(config.seeds))],
            "goes_on": True,
            "counts": {"column": "done", "of": len(config.values) * config.seeds, "name": "runs"},
        },
        environment=parts[0].environment,
        spread=("values", "effects"),
    )
    by, axis = study.measure, config.axis
    values, effects = _Points(config), _Points(config)
    for row in study.summary.to_dict("records"):
        values.line(row[axis], row["median"], row["q10"], row["q90"])
    for row in table.to_dict("records"):
        values.dot(row[axis], row["seed"], row[by.name])
    for value in config.plan.reference.values():
        effects.line(value, by.no_effect, by.no_effect, by.no_effect)
    for (value,), versus in study.comparisons.items():
        for row in versus.effects.to_dict("records"):
            effects.line(value, row[by.effect], row["low"], row["high"])
        for row in versus.table.to_dict("records"):
            effects.dot(value, row["seed"], row[by.effect])
    chart_data = {"values": values.array, "effects": effects.array}
    runs = f"{len(table):,} of {len(config.values) * config.seeds:,} runs"
    changing = f"Losses still change {when} in {falling} of {len(ends)} runs: the result may be another later."
    changing = changing if falling else ""
    text, each, rest = study.verdict.partition(" Each interval ")
    if not study.complete:
        text = f"So far {runs}: no verdict before all are there"
    names = (config.axis, "seed", config.measure, "missing")
    return FrameContent(
        header,
        {"done": float(len(table)), "falling": float(falling), "runs": float(len(ends))},
        chart_data,
        {name: table[name].to_numpy() for name in names},
        (config.axis, "seed"),
        text.removesuffix("."),
        " ".join(filter(None, [*study.lost, changing, f"{each}{rest}".strip()])),
    )


class _Points:
    """Points of a chart: a line through the values of the setting, over a dot for each value and seed."""

    def __init__(self, config: AxisStudy):
        self._config = config
        count = len(config.values)
        self.array = np.full((2, count * (1 + config.seeds), 3), np.nan, dtype=np.float32)

    def line(self, value: float, middle: float, low: float, high: float) -> None:
        """Add a point to the line, with its band if both ends are finite."""
        place = self._config.values.index(float(value))
        known = np.isfinite([low, high]).all() and not (self._config.plan.measure.ratio and low <= 0)
        self.array[LINE, place] = (finite(middle), low, high) if known else finite(middle)

    def dot(self, value: float, seed: int, number: float) -> None:
        """Add a dot."""
        config = self._config
        place = len(config.values) + config.values.index(float(value)) * config.seeds + int(seed) - config.seed
        self.array[DOTS, place] = finite(number)
