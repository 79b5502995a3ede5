"""Data sent to a live chart: its runs, its chart specifications and its colours; see `entry/live.js`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from lazyrich import palette
from lazyrich.charts import ChartSpec, Reading
from lazyrich.citation import BIBTEX


def run_data(
    id: str, role: Literal["current", "kept"], label: str = "", place: int = 0, pinned: bool = False
) -> dict[str, Any]:
    """Return the entry of a run for a live chart.

    Args:
        id: Identifier of the run.
        role: "current", or "kept" for a run that is shown beside the current one.
        label: Name of the run in the legend.
        place: Index of its colour among the colours of runs, 0 to 4.
        pinned: Whether the visitor has pinned the run, and can drop it.

    Returns:
        The entry, ready for JSON.
    """
    return {
        "id": id,
        "role": role,
        "label": label,
        "pinned": pinned,
        "colour": palette.RUNS[place],
        "dark_colour": palette.RUNS_ON_DARK[place],
        "dash": palette.RUN_DASHES[place],
    }


def view_data(charts: Sequence[ChartSpec], readings: Sequence[Reading]) -> dict[str, Any]:
    """Return the charts, the numbers above them, and the colours that have a meaning.

    Args:
        charts: Specifications of the charts.
        readings: Numbers above them.

    Returns:
        The data, ready for JSON.
    """
    return {
        "charts": [chart.wire() for chart in charts],
        "readings": [reading.wire() for reading in readings],
        "citation": BIBTEX,
        "palette": {
            "positive": palette.POSITIVE,
            "negative": palette.NEGATIVE,
            "ghost": palette.GHOST,
            "networks": list(palette.NETWORK_COLOURS),
        },
    }
