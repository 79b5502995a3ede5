"""The map control: messages of a browser that it accepts, and those that it refuses."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from types import SimpleNamespace

import numpy as np
import pytest

from lazyrich.web.components.map_picker import MOST, Map, Mark, Moments, _colour_range, picker, read_pick

TITLES = {"x_title": "x", "y_title": "y", "z_title": "z"}


def small(**changes):
    """Three columns, two rows."""
    return Map(**{"x": [1.0, 2.0, 4.0], "y": [-1.0, 1.0], "z": np.arange(6.0).reshape(2, 3), **TITLES, **changes})


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"x": [1.0, 2.0]}, r"z must have a row for each y and a column for each x, \(2, 2\), got \(2, 3\)"),
        ({"z": np.zeros((3, 2))}, r"\(2, 3\), got \(3, 2\)"),
        ({"x": [1.0, 4.0, 2.0]}, "x must be finite numbers, each larger than the one before it"),
        ({"x": [1.0, 1.0, 2.0]}, "x must be finite numbers, each larger"),
        ({"y": [1.0, np.nan]}, "y must be finite numbers"),
        ({"y": [1.0, np.inf]}, "y must be finite numbers"),
        ({"y": [1.0]}, "y must be at least two numbers"),
        ({"x": np.ones((3, 1))}, r"x must be at least two numbers in a row, got shape \(3, 1\)"),
        ({"y_log": True}, "y must be above 0 on an axis in decades, got -1"),
        ({"z": [[0, 1, 2], [3, np.inf, 5]]}, "z must be finite, or nan"),
        ({"z_range": (1.0, 1.0)}, "z_range must be two finite numbers, the lower one first"),
        ({"z_range": (0.0, np.nan)}, "z_range must be two finite numbers"),
        ({"contours": (0.5, np.nan)}, "contours must be finite numbers"),
        ({"x_ticks": (np.inf,)}, "x_ticks must be finite numbers"),
        ({"aspect": 0.0}, "aspect is width over height and must be above 0, got 0"),
        ({"digits": 0}, "digits must be from 1 to 7, got 0"),
    ],
)
def test_a_map_that_cannot_be_drawn_is_refused_with_a_sentence(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        small(**wrong)


def test_a_map_too_large_to_be_sent_at_every_rerun_is_refused():
    side = int(MOST**0.5)
    Map(np.arange(side), np.arange(side), np.zeros((side, side)), **TITLES)
    with pytest.raises(ValueError, match="take a coarser grid"):
        Map(np.arange(side + 1), np.arange(side + 1), np.zeros((side + 1, side + 1)), **TITLES)


@pytest.mark.parametrize("points", [((1, 2), (1,)), ((), ()), ((np.nan,), (1,)), ((np.inf,), (1,)), ([[1]], [[1]])])
def test_a_mark_needs_points_that_pair(points):
    with pytest.raises(ValueError, match="mark 'edge'"):
        Mark("edge", *points)


def test_a_mark_may_have_gaps():
    assert len(Mark("edge", (1, np.nan, 2), (1, 2, np.nan)).x) == 3


def test_a_map_stays_as_it_was_made():
    with pytest.raises(FrozenInstanceError):
        small().aspect = 3


@pytest.mark.parametrize("at", [(np.nan, 0.0), (0.0, np.inf), (1.0,), (1.0, 2.0, 3.0)])
def test_a_dot_needs_a_place(at):
    with pytest.raises(ValueError, match="at must be two finite numbers"):
        picker(small(), at, key="here")


@pytest.mark.parametrize("wrap", [lambda pick: SimpleNamespace(pick=pick), lambda pick: {"pick": pick}])
def test_a_pick_is_read_from_the_result_and_from_the_session(wrap):
    assert read_pick(wrap({"x": 2.5, "y": 0, "serial": 1}), small()) == (2.5, 0.0)


def test_a_pick_beyond_the_edge_is_taken_at_the_edge():
    assert read_pick({"pick": {"x": -1e300, "y": 7}}, small()) == (1.0, 1.0)


@pytest.mark.parametrize(
    "junk",
    [
        None, True, 7, "2.5", [], [2.5, 0.0], {}, {"x": 2.5}, {"y": 0.0}, {"x": "2.5", "y": 0.0}, {"x": True, "y": 0.0},
        {"x": None, "y": 0.0}, {"x": [2.5], "y": 0.0}, {"x": float("nan"), "y": 0.0}, {"x": 2.5, "y": float("inf")},
        {"x": 10**400, "y": 0.0}, {"x": {"x": 2.5}, "y": 0.0},
    ],
)  # fmt: skip
def test_invalid_points_are_no_pick(junk):
    assert read_pick({"pick": junk}, small()) is None
    assert read_pick(SimpleNamespace(pick=junk), small()) is None


@pytest.mark.parametrize("nothing", [None, {}, SimpleNamespace(), "pick"])
def test_no_pick_is_read_where_there_is_none(nothing):
    assert read_pick(nothing, small()) is None


def test_a_map_with_moments_has_a_table_for_each_of_them():
    moments = Moments((10.0, 100.0), ("early", "late"))
    tables = np.arange(12.0).reshape(2, 2, 3)
    assert small(z=tables, moments=moments, small=True).z.shape == (2, 2, 3)
    for wrong in ({"z": tables[0]}, {"z": tables[:1]}, {"small": False}):
        with pytest.raises(ValueError, match=r"z must have a row|a table, steps and a name for each of its moments"):
            small(**{"z": tables, "moments": moments, "small": True, **wrong})
    with pytest.raises(ValueError, match="z must have a row"):
        small(z=tables)


@pytest.mark.parametrize(
    ("z", "colours"),
    [
        ([[0, 1, 2], [3, np.nan, 5]], [0.0, 5.0]),
        (np.full((2, 3), 4.0), [2.0, 6.0]),
        (np.full((2, 3), -4.0), [-6.0, -2.0]),
        (np.zeros((2, 3)), [-0.5, 0.5]),
        (np.full((2, 3), np.nan), [0.0, 1.0]),
    ],
)
def test_colours_span_the_known_numbers_or_surround_a_single_one(z, colours):
    assert _colour_range(small(z=np.array(z))) == colours
    assert _colour_range(small(z=np.array(z), z_range=(-1, 9))) == [-1.0, 9.0]
