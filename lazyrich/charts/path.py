"""The path of one point of each run in a plane."""

from __future__ import annotations

from typing import ClassVar, Literal

from lazyrich.charts.parts import Chart, Column, Part, Place


class PathKey(Part):
    """A key in the caption of a path."""

    mark: Literal["ring", "cross", "line"]
    """What it shows: a ring, a cross or a pale line."""

    label: str
    """What that means."""


class Path(Chart):
    """One point of each run on equal axes: where it goes, over lines and points of the header's chart data.

    That has `plane_range`, {x, y} to begin with, and may have `plane_lines`, {x, y, label} each such as contours of the
    loss, `plane_points`, {role, x, y, label} with the role "start" or another, `exact`, and `path_note`.
    """

    needs: ClassVar[tuple[str, ...]] = ("plane_range",)

    kind: Literal["path"] = "path"

    place: Place = "middle"
    """As in every chart."""

    columns: tuple[Column, Column]
    """Where the point is."""

    axes: tuple[str, str]
    """Titles of the axes."""

    keys: tuple[PathKey, ...] = ()
    """What the caption explains."""
