"""Figures show the numbers of their run."""

import numpy as np
import pytest

from lazyrich import SingleNeuron, StudentTeacher, train
from lazyrich.experiments.student_teacher import charts
from lazyrich.results import figures


@pytest.fixture(scope="module")
def result():
    return train(StudentTeacher(tau=0.1, delta=1.0, steps=1000))


def test_every_neuron_travels_from_its_first_to_its_last_place(result):
    lines = [trace for trace in figures.trajectories(result).data if trace.mode == "lines"]
    paths = [path for line in lines for path in split(np.stack([line.x, line.y], axis=1))]
    assert len(paths) == result.config.width
    ends = np.array([path[-1] for path in paths])
    wanted = result.neurons[-1]
    # the same points in another order
    nearest = np.linalg.norm(ends[:, None] - wanted[None], axis=2).min(axis=1)
    assert nearest.max() < 1e-6


def split(points):
    """The runs of points between rows of NaN."""
    breaks = np.flatnonzero(np.isnan(points[:, 0]))
    return [part[~np.isnan(part[:, 0])] for part in np.split(points, breaks) if np.isfinite(part[:, 0]).any()]


@pytest.mark.parametrize("chart", charts.PLAYGROUND[2:], ids=lambda chart: chart.id)
def test_curves_are_the_columns_of_the_table(result, chart):
    drawn = {trace.name: trace for trace in figures.curves(result, chart).data}
    for series in chart.series:
        np.testing.assert_array_equal(drawn[series.label].y, result.curves[series.column][1:])


def test_axes_of_the_plane_are_equal(result):
    assert figures.trajectories(result).layout.yaxis.scaleanchor == "x"


def test_a_run_without_neurons_in_a_plane_has_no_trajectories():
    with pytest.raises(AttributeError, match="trajectories needs a run whose frames show neurons in a plane"):
        figures.trajectories(train(SingleNeuron(steps=10)))
