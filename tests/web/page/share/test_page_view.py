"""The part of a page that an address shows, and parts that it cannot show."""

from itertools import product

import pytest

from lazyrich import Filters, StudentTeacher
from lazyrich.experiments import registry
from lazyrich.web.page.share.page_view import PARTS, PICTURE, SHOW, VIEW, PageView, complaints, read, written

CHARTS = ("plane", "function", "loss")


@pytest.mark.parametrize(
    ("kind", "controls", "pictures"),
    list(
        product(
            ("page", "figure", "slide"), (None, frozenset(), frozenset({"tau", "presets"})), ((), ("loss", "plane"))
        )
    ),
)
def test_a_view_that_is_written_is_read_back(kind, controls, pictures):
    if kind != "page" and controls is None:
        controls = frozenset()  # a figure has the controls that its address names
    view = PageView(kind, controls, pictures)
    assert read(written(view)) == view


def test_a_page_shows_all_parts_and_a_figure_only_the_named_ones():
    assert read({}).shows("tau") and read({}).shows("actions")
    assert not read({VIEW: "figure"}).shows("tau")
    assert not read({SHOW: "none"}).shows("tau")
    both = read({VIEW: "slide", SHOW: " tau , delta,,"})
    assert both.controls == {"tau", "delta"} and both.kind == "slide"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({VIEW: "figur"}, "view must be figure or slide, got figur."),
        ({SHOW: "tau,dleta"}, "show names dleta, no control of this page, which is left out: did you mean delta?"),
        ({SHOW: "preset"}, "did you mean presets?"),
        ({SHOW: "xyzzy"}, "there are tau, delta, eta_a, "),
        ({SHOW: "a1,b2,c3,d4,e5"}, "show names a1, b2, c3, 2 more, "),
        ({SHOW: "see"}, "show names see, "),
        ({PICTURE: "loss,planes"}, "picture names planes, no chart of this page: there are plane, function, loss."),
    ],
)
def test_a_wrong_name_is_reported_with_the_valid_names(query, message):
    [sentence] = complaints(query, StudentTeacher, ("presets", "map", "actions"), CHARTS)
    assert message in sentence


def test_valid_names_are_not_reported():
    query = {VIEW: "slide", SHOW: "tau,delta,presets", PICTURE: "loss"}
    assert complaints(query, StudentTeacher, ("presets",), CHARTS) == []
    assert complaints({VIEW: "page", SHOW: "none"}, StudentTeacher, (), CHARTS) == []
    assert "show names eta_w" in complaints({SHOW: "eta_w"}, Filters, (), CHARTS)[0]


def test_no_setting_is_called_like_a_part_of_a_page():
    for experiment in registry.values():
        assert not experiment.parameters().keys() & {*PARTS, VIEW, SHOW, PICTURE}
