"""Bars with whiskers, for durations."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import Array, Axis, Chart, NetworkLabels


class Bars(Chart, NetworkLabels):
    """A bar for each of the networks that train side by side, with whiskers over the seeds; redrawn each frame."""

    kind: Literal["bars"] = "bars"

    array: Array
    """(networks, 3), with spread; nan where there is no bar yet."""

    under: Array | None = None
    """(networks, 3), with spread: each bar starts at the median of this, which is drawn as a pale bar below it."""

    under_label: str = ""
    """Name of the pale bar in the caption."""

    waiting: str = ""
    """Text shown where there is no bar yet."""

    y: Axis = Axis()
    """The value axis."""

    keys: bool = True
    """Whether the caption has a key for each network. False if the page shows the keys elsewhere."""
