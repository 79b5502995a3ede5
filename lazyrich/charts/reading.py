"""Numbers above the charts."""

from __future__ import annotations

from lazyrich.charts.parts import Column, Part


class Reading(Part):
    """A number of each run above the charts, which follows the playback position."""

    column: Column
    """What is shown."""

    label: str
    """What it is called."""

    help: str
    """What it means, in a sentence or two."""

    digits: int = 2
    """Significant digits."""

    unit: str = ""
    """What stands after it."""

    scale: float = 1.0
    """What the number is multiplied by, such as 100 for per cent."""

    count: bool = False
    """Whether a whole number is written without decimals."""

    resolution: float = 0.0
    """A number of a smaller size is written as 0."""
