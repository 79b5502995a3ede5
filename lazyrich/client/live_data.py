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
    """Return how a run is shown.

    Args:
        id: Of the run.
        role: The current one, or one that is kept beside it.
        label: What the legend calls it.
        place: Among the colours of runs, 0 to 4.
        pinned: Whether the visitor keeps it, and can drop it.
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
    """Return what is drawn, the numbers above it, and the colours that have a meaning."""
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
