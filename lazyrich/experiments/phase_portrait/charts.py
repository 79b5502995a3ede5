"""The chart of a phase portrait during its computation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazyrich.charts import ChartSpec, Measure, Portrait, Reading
from lazyrich.experiments.phase_portrait.axes import AXES
from lazyrich.experiments.phase_portrait.measures import PORTRAIT_MEASURES
from lazyrich.experiments.phase_portrait.times import of_map

if TYPE_CHECKING:
    from lazyrich.experiments.phase_portrait.config import PhasePortrait


def charts(config: PhasePortrait) -> tuple[ChartSpec, ...]:
    """Return one large map; the visitor chooses its measure and time on it."""
    portrait = Portrait(
        id="portrait",
        title="Phase portrait",
        x="x",
        y="y",
        x_title=AXES[config.x].symbol,
        y_title=AXES[config.y].symbol,
        times=[of_map(config, steps) for steps in config.at],
        measures=[
            Measure(array=name, label=how.label, log=how.log, contours=how.contours)
            for name, how in PORTRAIT_MEASURES.items()
        ],
    )
    return (portrait,)


def readings(config: PhasePortrait) -> tuple[Reading, ...]:
    """Return no readings, as the cells show all numbers."""
    return ()
