"""Numbers above the charts."""

from __future__ import annotations

from lazyrich.charts.parts import Column, Part


class Reading(Part):
    """A number of each run above the charts, which follows the playback position."""

    column: Column
    """The column to show."""

    label: str
    """Name of the number."""

    help: str
    """Meaning of the number, in a sentence or two without symbols."""

    formula: str = ""
    """How it is computed, in symbols where that is shorter; stands below the meaning."""

    digits: int = 2
    """Significant digits."""

    unit: str = ""
    """Text after the number."""

    scale: float = 1.0
    """Factor of the number, such as 100 for per cent."""

    count: bool = False
    """Whether a whole number is written without decimals."""

    resolution: float = 0.0
    """Size below which a number is written as 0."""
