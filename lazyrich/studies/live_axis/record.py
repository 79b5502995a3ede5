"""The Study of the finished runs of an AxisStudy."""

from __future__ import annotations

from collections.abc import Sequence

from lazyrich.studies.ensemble import Ensemble
from lazyrich.studies.grid import Study
from lazyrich.studies.live_axis.config import AxisStudy
from lazyrich.studies.runs.gathering import Progress
from lazyrich.studies.runs.jobs import Finished


def study_of(config: AxisStudy, parts: Sequence[Finished]) -> Study:
    """Return the Study of the finished runs."""
    plan = config.plan
    ensembles = {
        cell: Ensemble(plan.configs[place], plan.seeds, [part for part in parts if part.job.cell == place])
        for place, cell in enumerate(plan.cells)
    }
    progress = Progress(sum(len(part.job.seeds) for part in parts), len(plan.cells) * config.seeds, 0.0, None)
    return Study(plan, ensembles, progress)
