"""Lines over something other than time: error over the size of the training set, or a number for each layer."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import Array, BoundedAxis, Chart, NetworkLabels, Part, Places


class Guide(Part):
    """A line across the whole chart."""

    y: float
    """Its value."""

    label: str
    """Its label."""


class Lines(Chart, NetworkLabels):
    """A line for each of the networks that train side by side, redrawn at each frame."""

    kind: Literal["lines"] = "lines"

    array: Array
    """(networks, points), or with spread (networks, points, 3), whose band is drawn too; a gap where nan."""

    x: Places
    """Positions of the points on the horizontal axis."""

    x_title: str
    """Title below the axis."""

    x_log: bool = False
    """Whether that axis is logarithmic."""

    y: BoundedAxis = BoundedAxis()
    """The value axis."""

    y_close: bool = False
    """Whether a logarithmic value axis ends a tenth of a decade past values and guides instead of at half decades."""

    hollow: Array | None = None
    """(networks, points): a marker is hollow where this is below 1."""

    markers: bool = False
    """Whether points have markers; a point without neighbours always has one."""

    apart: tuple[int, ...] = ()
    """Indices of the networks whose points are markers without a line."""

    guides: tuple[Guide, ...] = ()
    """Lines across the chart."""

    keys: bool = True
    """Whether the caption has a key for each network. False if the page shows the keys elsewhere."""
