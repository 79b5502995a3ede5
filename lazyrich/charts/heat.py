"""Tables whose cells are coloured by their numbers: one for each network, or one measure of a phase portrait."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import Array, Chart, Data, NetworkLabels, Part, Places, Table


class Heat(Chart, NetworkLabels):
    """Numbers of one moment as the colours of a table's cells, repainted at each frame."""

    kind: Literal["heat"] = "heat"

    array: Array
    """(rows, columns), or (networks, rows, columns) for a table each."""

    x: Places = ()
    """Values of the columns; if absent, they have no labels."""

    y: Places = ()
    """Values of the rows. Numbers that grow from row to row grow upwards, as on an axis; without values the first row
    is at the top, as in a matrix."""

    x_title: str = ""
    """Title below the columns' labels."""

    y_title: str = ""
    """Title beside the rows' labels."""

    range: tuple[float, float] | None = None
    """Numbers of the first and the last colour; if absent, the smallest and the largest of the run."""

    write: bool = False
    """Whether numbers are written into their cells."""

    digits: int = 2
    """Significant digits of those numbers."""

    outline: Table | None = None
    """Array shaped as the array or as one of its tables: a cell is outlined where it is not 0."""

    outline_label: str = ""
    """Meaning of an outline, for the caption."""

    note: Data | None = None
    """A sentence below the caption, such as which rows are shown."""


class Measure(Part):
    """One of the measures of a portrait."""

    array: Array
    """(times, rows, columns), nan where nothing is computed yet. With several seeds, a run may also have the arrays
    "NAME_low" and "NAME_high"."""

    label: str
    """Name of the measure in the choice."""

    log: bool = False
    """Whether it is coloured by its logarithm."""

    contours: tuple[float, ...] = ()
    """Levels to draw a line at, in the measure's own units."""


class Portrait(Chart):
    """A phase portrait that is being computed: a map of one measure at one time, whose cells can be picked.

    The visitor chooses measure and time in the caption. Cells that are not computed yet have the colour of the nearest
    one, paler. Picking a cell dispatches the event "pick" on the chart's element: {x, y, measure, time}.
    """

    kind: Literal["portrait"] = "portrait"

    measures: tuple[Measure, ...]
    """The measures to choose from, the initial one first."""

    times: tuple[str, ...]
    """The times in words, in the order of the arrays' first axis."""

    x: Places
    """Values of the columns."""

    y: Places
    """Values of the rows."""

    x_title: str
    """Title below the columns' labels."""

    y_title: str
    """Title beside the rows' labels."""
