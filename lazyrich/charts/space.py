"""The trail of each run in three dimensions, on the surface that it cannot leave."""

from __future__ import annotations

from typing import ClassVar, Literal

from lazyrich.charts.parts import Chart, Column, Place


class Space(Chart):
    """The path of a run through its three weights, on a surface coloured by the loss. The visitor can turn it.

    The header's chart data has `space_range`, {x, y, z}, and `sheets`, the surface as {x, y, z, colour} grids, and may
    have `space_lines`, {role, label, x, y, z} with the role "minima" or "boundary", `space_points`, {role, label, x, y,
    z} with the role "minimum" or "saddle", and `exact`.
    """

    needs: ClassVar[tuple[str, ...]] = ("space_range", "sheets")

    kind: Literal["space"] = "space"

    place: Place = "main"
    """As in every chart."""

    columns: tuple[Column, Column, Column]
    """Coordinates of the point, the last one upwards."""

    axes: tuple[str, str, str]
    """Titles of the axes."""

    note: str = ""
    """A sentence below the caption."""
