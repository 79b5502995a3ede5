"""The page's statements about the shipped phase portrait hold in the shipped table."""

import numpy as np
import pytest

from lazyrich import sweeps
from lazyrich.web.page.portrait.reference_maps import reference_maps
from lazyrich.web.page.portrait.reference_portrait import at_the_smallest_scale


@pytest.fixture(scope="module")
def small():
    """Means over the seeds at the smallest scale: measure -> times x balances."""
    table = sweeps.reference()
    table = table[table["tau"] == table["tau"].min()]
    return table.groupby(["at", "delta"])[["kernel_distance", "activation_flips", "test_loss"]].mean().unstack()


def test_early_upstream_has_moved_its_kernel_as_far_as_it_will_and_downstream_moves_last(small):
    S = small["kernel_distance"]
    up, down = S.columns[S.columns >= 0.25], S.columns[S.columns <= -0.25]
    assert (S.loc[100, up] > 0.95 * S.loc[100_000, up]).all()
    assert (S.loc[100, down] < 0.15 * S.loc[100_000, down]).all() and S.loc[100, up].min() > 3 * S.loc[100, down].max()
    assert S.loc[1000, 0.0] > 0.95 * S.loc[100_000, 0.0] > 2 * S.loc[100, 0.0]
    assert (S.loc[1000, down] < 0.75 * S.loc[100_000, down]).all()


def test_in_the_end_downstream_has_moved_farther_with_fewer_flips_and_a_larger_test_loss(small):
    end = small.loc[100_000].unstack()
    up, down = end.columns[end.columns > 0], end.columns[end.columns < 0]
    assert end.loc["kernel_distance", down].min() > end.loc["kernel_distance", up].max()
    assert -0.25 < end.loc["kernel_distance"].idxmax() < 0
    assert end.loc["activation_flips", down].max() < end.loc["activation_flips", up].min()
    assert end.loc["test_loss", down].min() > end.loc["test_loss", up].max()


def test_from_a_scale_of_one_on_the_kernel_hardly_moves():
    table = sweeps.reference()
    large = table[table["tau"] > 1].groupby(["tau", "delta", "at"])["kernel_distance"].mean()
    assert large.max() < 0.01


def test_numbers_in_the_text_agree_with_the_table(small):
    config, of, _ = reference_maps()
    lines = at_the_smallest_scale(config, of).splitlines()
    assert lines[0] == "At τ = 0.1, means over 16 seeds:" and "S at t = 0.5/τ² | S at t = 500/τ² |" in lines[2]
    assert len(lines) == 9
    for line, delta in zip(lines[4:], (-1.0, -0.5, 0.0, 0.5, 1.0), strict=True):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        values = [float(cell.replace("−", "-").removesuffix(" %")) for cell in cells]
        S, end = small["kernel_distance"][delta], small.loc[100_000].unstack()[delta]
        expected = [delta, S[100], S[100_000], 100 * end["activation_flips"], end["test_loss"]]
        np.testing.assert_allclose(values, expected, rtol=0.05)
