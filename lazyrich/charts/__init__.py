"""What the charts of a page show, as plain data: the live chart and the figures of `lazyrich.figures` both draw these.

A chart has a `kind`:

    curves     columns of the frames over flow time (or over the column named `x`); several series, an optional band
    plane      neurons |a_i| w_i in two dimensions, one line each
    path       one point in two dimensions, on lines that the run's opening brings
    space      the same in three, on surfaces that the opening brings
    lines, bars, heat, images      a view array of the current frame
    grammar    the rules and one string of the grammar that the opening brings

and an `id`, a `title`, and where it stands: `place` is "main", "middle" or "right" ("main" for pictures and "right" for
curves where nothing is said). A chart of curves names in `settings` those that its numbers depend on; its caption tells
them. A series with `exact` is drawn over the curve of the same name in the opening's view. Below, one module a page.
"""

from __future__ import annotations

from lazyrich.charts.deep_network import DEEP_MAP, DEEP_MAP_READINGS, deep_network, deep_network_readings
from lazyrich.charts.filters import filters, filters_readings
from lazyrich.charts.grokking import grokking, grokking_readings
from lazyrich.charts.hierarchy import hierarchy, hierarchy_readings
from lazyrich.charts.implicit_bias import IMPLICIT_BIAS, IMPLICIT_BIAS_READINGS
from lazyrich.charts.linear_network import LINEAR_NETWORK_READINGS, linear_network
from lazyrich.charts.linear_or_relu import LINEAR_OR_RELU, LINEAR_OR_RELU_READINGS
from lazyrich.charts.phase_portrait import PORTRAIT_MEASURES, phase_portrait
from lazyrich.charts.single_neuron import SINGLE_NEURON, SINGLE_NEURON_READINGS
from lazyrich.charts.student_teacher import (
    CONSERVED,
    KERNEL,
    LOSS,
    PLANE,
    PLAYGROUND,
    READINGS,
    on_own_data,
    playground,
    playground_readings,
)

__all__ = [
    "CONSERVED",
    "DEEP_MAP",
    "DEEP_MAP_READINGS",
    "IMPLICIT_BIAS",
    "IMPLICIT_BIAS_READINGS",
    "KERNEL",
    "LINEAR_NETWORK_READINGS",
    "LINEAR_OR_RELU",
    "LINEAR_OR_RELU_READINGS",
    "LOSS",
    "PLANE",
    "PLAYGROUND",
    "PORTRAIT_MEASURES",
    "READINGS",
    "SINGLE_NEURON",
    "SINGLE_NEURON_READINGS",
    "deep_network",
    "deep_network_readings",
    "filters",
    "filters_readings",
    "grokking",
    "grokking_readings",
    "hierarchy",
    "hierarchy_readings",
    "linear_network",
    "on_own_data",
    "phase_portrait",
    "playground",
    "playground_readings",
]
