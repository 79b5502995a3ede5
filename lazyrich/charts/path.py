"""The path of one point of each run in a plane."""

from __future__ import annotations

from typing import ClassVar, Literal

from lazyrich.charts.parts import Chart, Column, Part, Place


class PathKey(Part):
    """A key in the caption of a path."""

    mark: Literal["ring", "cross", "line"]
    """Its symbol: a ring, a cross or a pale line."""

    label: str
    """Meaning of the symbol."""


class Path(Chart):
    """The path of one point of each run on equal axes, over lines and points of the header's chart data.

    The header's chart data has `plane_range`, the initial {x, y}, and may have `plane_lines`, {x, y, label} each such
    as contours of the loss, `plane_points`, {role, x, y, label} with the role "start" or another, `exact`, and
    `path_note`.
    """

    needs: ClassVar[tuple[str, ...]] = ("plane_range",)

    kind: Literal["path"] = "path"

    place: Place = "middle"
    """As in every chart."""

    columns: tuple[Column, Column]
    """Coordinates of the point."""

    axes: tuple[str, str]
    """Titles of the axes."""

    keys: tuple[PathKey, ...] = ()
    """Keys in the caption."""
