"""Tables whose cells are coloured by their numbers: one for each network, or one measure of a phase portrait."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import Array, Chart, Data, NetworkLabels, Part, Places, Table


class Heat(Chart, NetworkLabels):
    """Numbers of one moment as the colours of a table's cells, painted anew at each frame."""

    kind: Literal["heat"] = "heat"

    array: Array
    """(rows, columns), or (networks, rows, columns) for a table each."""

    x: Places = ()
    """What the columns stand for; without it they have no labels."""

    y: Places = ()
    """What the rows stand for. Numbers that grow from row to row grow upwards, as on an axis; without them the first
    row is the uppermost, as in a matrix."""

    x_title: str = ""
    """What stands below the columns' labels."""

    y_title: str = ""
    """What stands beside the rows' labels."""

    range: tuple[float, float] | None = None
    """The numbers that have the first and the last colour; if absent, those that occur in the run."""

    write: bool = False
    """Whether numbers are written into their cells."""

    digits: int = 2
    """Significant digits of those numbers."""

    outline: Table | None = None
    """Of the shape of the array or of one of its tables: a cell is outlined where this is not 0."""

    outline_label: str = ""
    """What an outline means."""

    note: Data | None = None
    """A sentence below the caption, such as which rows are shown."""


class Measure(Part):
    """One of the measures of a portrait."""

    array: Array
    """(times, rows, columns), nan where there is nothing yet. With several seeds, a run may also have the arrays
    "NAME_low" and "NAME_high"."""

    label: str
    """What the choice calls it."""

    log: bool = False
    """Whether it is coloured by its logarithm."""

    contours: tuple[float, ...] = ()
    """Levels to draw a line at, in the measure's own units."""


class Portrait(Chart):
    """A phase portrait that is being computed: a map of one measure at one time, whose cells can be picked.

    Measure and time are chosen in the caption. Cells that are still to come have the colour of the nearest one, paler.
    A pick is the event "pick" of the chart's element: {x, y, measure, time}.
    """

    kind: Literal["portrait"] = "portrait"

    measures: tuple[Measure, ...]
    """What can be shown, the one to open on first."""

    times: tuple[str, ...]
    """The times in words, in the order of the arrays' first axis."""

    x: Places
    """What the columns stand for."""

    y: Places
    """What the rows stand for."""

    x_title: str
    """What stands below the columns' labels."""

    y_title: str
    """What stands beside the rows' labels."""
