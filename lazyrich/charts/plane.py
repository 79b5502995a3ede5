"""Neurons in a plane."""

from __future__ import annotations

from typing import Literal

from lazyrich.charts.parts import Array, Chart, Place


class Plane(Chart):
    """The neurons of a run as trails on equal axes, coloured by the sign of their readout.

    The header's chart data may have `teacher`, rays [x, y, sign], `radius`, of the circle on which neurons start, and
    `plane_note`, a sentence below the caption. Each run that the visitor keeps has a small plane of its own.
    """

    kind: Literal["plane"] = "plane"

    place: Place = "main"
    """As in every chart."""

    array: Array
    """(neurons, 2): position of each neuron."""

    sign: Array | None = None
    """(neurons,): the sign of each readout; positive where absent."""

    note: str = ""
    """A sentence below the caption while no run is kept."""
