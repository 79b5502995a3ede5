"""Bars with whiskers: how long something took."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import Array, Axis, Chart, NetworkLabels


class Bars(Chart, NetworkLabels):
    """A bar for each of the networks that train side by side, with whiskers over the seeds; drawn anew each frame."""

    kind: Literal["bars"] = "bars"

    array: Array
    """(networks, 3), with spread; nan where there is no bar yet."""

    under: Array | None = None
    """(networks, 3), with spread: a bar stands on the median of this, which is drawn pale."""

    under_label: str = ""
    """What the caption calls that."""

    waiting: str = ""
    """What stands where there is no bar yet."""

    y: Axis = Axis()
    """The value axis."""

    keys: bool = True
    """Whether the caption has a key for each network; not where the page shows them elsewhere."""
