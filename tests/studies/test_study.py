"""Settings varied over seeds: tables against comparisons and portraits, figures and LaTeX against tables."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lazyrich import DeepNetwork, PhasePortrait, StudentTeacher, compare, phase_portrait, study
from lazyrich.studies.report.figures import pixels
from lazyrich.studies.report.latex import escaped, number

SMALL = StudentTeacher(samples=6, width=6, test_samples=20, steps=10, learning_rate=2e-3, tau=0.5)
DELTAS, TAUS = (1.0, 0.0, -1.0), (0.5, 1.0)


@pytest.fixture(scope="module")
def one_axis():
    return study(SMALL, over={"delta": DELTAS}, seeds=7)


@pytest.fixture(scope="module")
def two_axes():
    return study(SMALL, over={"delta": DELTAS, "tau": TAUS}, seeds=6)


def test_the_table_has_each_setting_and_seed_in_the_order_that_was_asked_for(one_axis):
    assert one_axis.table["delta"].tolist() == [delta for delta in DELTAS for _ in range(7)]
    assert one_axis.table["seed"].tolist() == list(range(7)) * 3
    versus = compare(SMALL.changed(delta=1.0), SMALL.changed(delta=-1.0), seeds=7)
    of = one_axis.table.set_index("delta")["test_loss"]
    assert of[1.0].tolist() == versus.table["A"].tolist() and of[-1.0].tolist() == versus.table["B"].tolist()
    summary = one_axis.summary.set_index("delta")
    assert summary["median"][-1.0] == np.median(of[-1.0])
    assert (summary["low"][1.0], summary["high"][1.0]) == (of[1.0].min(), of[1.0].max()), (
        "with 7 seeds the interval must reach from the lowest to the highest value"
    )


def test_effects_agree_with_comparisons_with_the_reference(one_axis, two_axes):
    versus = compare(SMALL.changed(delta=1.0), SMALL.changed(delta=-1.0), seeds=7)
    assert one_axis.effects["delta"].tolist() == [0.0, -1.0]
    row = one_axis.effects.iloc[1]
    assert (row["ratio"], row["low"], row["wins"]) == (versus.effect, versus.interval[0], versus.wins.won)
    # with two settings, the other one is equal to that of the reference
    assert two_axes.effects[["delta", "tau"]].to_numpy().tolist() == [[d, t] for d in (0.0, -1.0) for t in TAUS]
    pair = compare(SMALL.changed(delta=1.0, tau=1.0), SMALL.changed(delta=-1.0, tau=1.0), seeds=6)
    assert two_axes.effects["ratio"].iloc[-1] == pair.effect
    found = [versus.direction for one in one_axis.comparisons.values() for versus in one.pairs.values()]
    lower, higher, neither = (found.count(side) for side in (-1, 1, 0))
    assert f"{lower} of 2 settings have the lower test loss, {higher} the higher, and in {neither}" in one_axis.verdict


def test_all_settings_are_compared_with_one_reference():
    found = study(SMALL, over={"delta": [1, 0], "tau": [0.5, 1]}, seeds=1, reference={"delta": 0, "tau": 1})
    assert len(found.effects) == 3
    assert {versus.A.config.tau for versus in found.comparisons.values()} == {1.0}


def test_a_seed_without_a_value_counts_as_the_worst():
    found = study(SMALL, over={"learning_rate": [1e-3, 100.0]}, seeds=6)
    bad = found.summary.iloc[1]
    assert (bad["missing"], bad["median"], bad["high"]) == (6, np.inf, np.inf)
    assert found.table["missing"].tolist() == [""] * 6 + ["failed"] * 6
    assert found.warnings[0] == "6 seeds (0 to 5) of base 100 failed and count as worse."


def test_the_portrait_and_the_study_agree_where_they_ask_the_same():
    base = StudentTeacher(dimension=4, samples=12, width=8, test_samples=30, dtype="float64")
    portrait = PhasePortrait(tau=(0.3, 1.0, 2), delta=(-1, 1, 2), seeds=2, at=(10, 100), first_seed=3, base=base)
    student = portrait.student(0.3, -1.0, 3)
    found = study(student, {"tau": [0.3, 1.0], "delta": [-1, 1]}, seeds=2, at={"step": 100}).table
    expected = phase_portrait(portrait)
    expected = expected[expected["at"] == 100].sort_values(["tau", "delta", "seed"])
    mine = found.sort_values(["tau", "delta", "seed"])
    assert mine["seed"].tolist() == expected["seed"].tolist()
    # both follow the flow with its own tolerance, from frame to frame and from time to time
    assert mine["test_loss"].to_numpy() == pytest.approx(expected["test_loss"].to_numpy(), rel=0.02)


def test_a_choice_and_a_list_can_be_varied():
    found = study(SMALL, over={"symmetrised": [True, False]}, seeds=1)
    assert found.table["symmetrised"].tolist() == [True, False]
    deep = DeepNetwork(task="digits", samples=32, width=8, depth=2, steps=10, alphas=(1.0,))
    lists = study(deep, over={"layer_rates": [(), (2.0,)]}, seeds=1)
    assert lists.table["layer_rates"].tolist() == ["default", "2"] and len(lists.effects) == 1


def test_the_figure_of_one_axis_has_the_medians_in_their_bands(one_axis):
    figure = one_axis.figure(width="8.5cm")
    assert figure.layout.width == round(8.5 / 2.54 * 96)
    low, high, line = figure.data
    ordered = one_axis.summary.sort_values("delta")
    assert list(line.x) == sorted(DELTAS) and list(line.y) == ordered["median"].tolist()
    assert list(low.y) == ordered["q10"].tolist() and list(high.y) == ordered["q90"].tolist()
    assert figure.layout.yaxis.type == "log"


def test_the_figure_of_two_axes_is_a_map_of_medians(two_axes):
    [heat] = two_axes.figure().data
    median = two_axes.summary.set_index(["delta", "tau"])["median"]
    assert list(heat.x) == ["1", "0", "-1"] and list(heat.y) == ["0.5", "1"]
    assert heat.z[1][2] == pytest.approx(np.log10(median[-1.0, 1.0]))


def test_the_figure_of_a_comparison_has_curves_dots_and_interval():
    versus = compare(SMALL.changed(delta=1.0), SMALL.changed(delta=-1.0), seeds=7)
    for width, rows in (("16cm", 1), ("8cm", 2)):
        figure = versus.figure(width)
        named = {trace.name: trace for trace in figure.data if trace.name}
        assert list(named) == ["A (δ 1)", "B (δ -1)", "median, 95 % interval"]
        bands = versus.A.bands()["test_loss"]["median"]
        assert list(named["A (δ 1)"].y) == bands[bands.index > 0].tolist()
        [dots] = [trace for trace in figure.data if trace.mode == "markers" and not trace.name]
        assert list(dots.y) == pytest.approx(sorted(versus.table["ratio"]))
        [bar] = [trace for trace in figure.data if trace.mode == "lines" and len(trace.y) == 2]
        assert list(bar.y) == pytest.approx(versus.interval)
        assert named["median, 95 % interval"].y[0] == pytest.approx(versus.effect)
        assert (figure.layout.yaxis.domain[0] > 0.5) == (rows == 2), "narrow figures stand above each other"


@pytest.mark.parametrize("width", ["8.5", "3 miles", -1, True, "1cm", None])
def test_invalid_widths_are_refused(width):
    with pytest.raises(ValueError, match="width must be 100 to 4000 pixels, or a text such as"):
        pixels(width)


def test_widths_are_read_in_all_units():
    assert [pixels(width) for width in ("5.08cm", "144pt", "2in", "508mm", 300)] == pytest.approx(
        [192] * 3 + [1920, 300]
    )


def cells(text: str) -> list[list[str]]:
    """The rows of a tabular between its rules."""
    body = text[text.index(r"\toprule") : text.index(r"\bottomrule")]
    rows = [line.removesuffix(r"\\") for line in body.splitlines() if r"\\" in line]
    return [[cell.strip() for cell in row.split(" & ")] for row in rows]


def test_tables_of_latex_are_whole_and_have_the_numbers(one_axis):
    text = one_axis.latex()
    head, *rows = cells(text)
    assert head[0] == r"$\delta$" and len(rows) == 3 and {len(row) for row in (head, *rows)} == {4}
    assert text.count("{") == text.count("}") and len(re.search(r"tabular\}\{(\w+)\}", text)[1]) == 4
    median = one_axis.summary["median"].iloc[0]
    assert float(rows[0][1].split(" [")[0]) == pytest.approx(median, rel=5e-3) and rows[0][2] == "reference"
    versus = compare(SMALL.changed(delta=1.0), SMALL.changed(delta=-1.0), seeds=7)
    head, row = cells(versus.latex())
    assert len(head) == len(row) == 5
    assert float(row[2].split(" [")[0]) == pytest.approx(versus.effect, rel=5e-3)
    assert row[3] == f"{versus.wins.won} of {versus.wins.of}"
    assert all(line.isascii() for line in versus.latex().splitlines() if not line.startswith("%"))


def test_numbers_and_names_in_latex():
    assert [number(x) for x in (0.0123456, 1.5e-7, -2.5, 0.0, float("inf"), float("nan"))] == [
        "0.0123", r"$1.50 \times 10^{-7}$", "$-$2.50", "0", r"$\infty$", "--",
    ]  # fmt: skip
    assert escaped("η_w 50 % δ") == r"$\eta$\_w 50 \% $\delta$"
    assert escaped("ηₐ") == r"$\eta$$_{a}$" and escaped("x²") == "x$^{2}$"


@pytest.mark.parametrize(
    ("over", "sentence"),
    [
        ({}, "over must name one or two settings, each with its values"),
        ({"taau": [1]}, "taau is not a setting here; did you mean tau?"),
        ({"tau": 1}, "over must have a list of values for tau, got 1"),
        ({"tau": []}, "over must have a value for tau at least, got none"),
        ({"tau": [99]}, "tau must be a number between 0.01 and 10, got 99"),
        ({"tau": np.geomspace(0.01, 10, 30), "delta": np.linspace(-1, 1, 20)}, "at most 400 settings, got 600"),
    ],
)
def test_axes_that_cannot_be_used_are_refused(over, sentence):
    with pytest.raises(ValueError, match=re.escape(sentence)):
        study(SMALL, over, seeds=1)
