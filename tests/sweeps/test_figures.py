"""Figures of a phase portrait show the numbers of its table."""

import numpy as np
import pytest

from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.measures import PORTRAIT_MEASURES
from lazyrich.sweeps import reference
from lazyrich.sweeps.figures import portrait_curves, portrait_map

CONFIG = PhasePortrait()


@pytest.fixture(scope="module")
def maps():
    of = Maps(CONFIG)
    of.add(reference())
    return of


def of_cell(table, tau, delta):
    return table[(table["tau"] == tau) & (table["delta"] == delta)].groupby("at")


@pytest.mark.parametrize("measure", PORTRAIT_MEASURES)
def test_the_map_is_the_mean_over_seeds_at_its_time_or_its_logarithm(maps, measure):
    figure = portrait_map(CONFIG, maps, measure, 1000)
    table = reference()
    means = table[table["at"] == 1000].groupby(["delta", "tau"])[measure].mean().unstack()
    heat = figure.data[0]
    np.testing.assert_allclose(heat.z, np.log10(means) if PORTRAIT_MEASURES[measure].log else means, rtol=1e-5)
    np.testing.assert_allclose(heat.x, means.columns, rtol=1e-10)
    np.testing.assert_allclose(heat.y, means.index, atol=1e-10)
    assert figure.layout.xaxis.type == "log" and figure.layout.yaxis.type == "linear"
    # every level line is somewhere on the map at some time
    every = maps.mean[measure]
    assert all(every.min() < level < every.max() for level in PORTRAIT_MEASURES[measure].contours)


def test_a_time_that_the_portrait_does_not_have_is_refused(maps):
    with pytest.raises(ValueError, match="at must be one of 100, 1000, 10000, 100000, got 7"):
        portrait_map(CONFIG, maps, "test_loss", 7)


def test_curves_of_cells_are_means_within_lowest_and_highest(maps):
    figure = portrait_curves(CONFIG, maps, "test_loss", [(0, 8), (16, 0)])
    assert [trace.name for trace in figure.data if trace.name] == ["τ = 0.1, δ = 0", "τ = 2, δ = −1"]
    groups = of_cell(reference(), 0.1, 0.0)["test_loss"]
    low, high, mean = figure.data[:3]
    for trace, expected in ((low, groups.min()), (high, groups.max()), (mean, groups.mean())):
        np.testing.assert_allclose(trace.y, expected, rtol=1e-5)


def test_the_first_name_of_the_module_still_works():
    from lazyrich import portrait_figures

    assert portrait_figures.portrait_map is portrait_map
