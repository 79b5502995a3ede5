"""Lines over something other than time: error over the size of the training set, or a number for each layer."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import Array, BoundedAxis, Chart, NetworkLabels, Part, Places


class Guide(Part):
    """A line across the whole chart."""

    y: float
    """Its value."""

    label: str
    """What is written at it."""


class Lines(Chart, NetworkLabels):
    """A line for each of the networks that train side by side, drawn anew at each frame."""

    kind: Literal["lines"] = "lines"

    array: Array
    """(networks, points), or with spread (networks, points, 3), whose band is drawn too; a gap where nan."""

    x: Places
    """Where the points stand."""

    x_title: str
    """What stands below the axis."""

    x_log: bool = False
    """Whether that axis is logarithmic."""

    y: BoundedAxis = BoundedAxis()
    """The value axis."""

    y_close: bool = False
    """Whether a logarithmic value axis ends a tenth of a decade past values and guides, not at half decades."""

    hollow: Array | None = None
    """(networks, points): a marker is hollow where this is below 1."""

    markers: bool = False
    """Whether points are marked; a point without neighbours is in any case."""

    apart: tuple[int, ...] = ()
    """Networks whose points are not joined, but marked each by itself."""

    guides: tuple[Guide, ...] = ()
    """Lines across."""

    keys: bool = True
    """Whether the caption has a key for each network; not where the page shows them elsewhere."""
