"""The moment at which runs are compared, interpolated between rows, against closed forms; and reports at its edges."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
import torch

from lazyrich import CannotRun, DeepNetwork, ImplicitBias, PhasePortrait, StudentTeacher, compare, repeat, study
from lazyrich.ending import Ending
from lazyrich.studies.at import ComparisonMoment
from lazyrich.studies.command import _json
from lazyrich.studies.ensemble import Ensemble
from lazyrich.studies.grid import Study
from lazyrich.studies.plan import Plan
from lazyrich.studies.report import figures
from lazyrich.studies.report.latex import _with_interval, escaped
from lazyrich.studies.report.wording import difference_names, falling_words, seeds_words

SMALL = StudentTeacher(samples=6, width=6, test_samples=20, steps=20, learning_rate=1e-3, tau=0.5)
BROKEN = SMALL.changed(learning_rate=100.0)
DEEP = DeepNetwork(task="digits", samples=32, width=8, depth=2, steps=10, alphas=(0.5, 2.0))
BIAS = ImplicitBias(points=3, dimension=3, samples=2, reach=0.5)

ROWS = {
    "time": np.array([0.0, 1.0, 100.0]),
    "step": np.array([5, 10, 1000]),
    "train_loss": np.array([1.0, 1e-2, 1e-6]),
}


@pytest.mark.parametrize(
    ("at", "place"),
    [
        (None, (2, 0.0)),
        (1.0, (1, 0.0)),
        (0.25, (0, 0.25)),  # from time 0 on, linear
        (10.0, (1, 0.5)),  # in the logarithm of the time
        (101.0, None),
        ({"step": 100}, (1, 0.5)),
        ({"step": 3}, (0, 0.0)),  # before the first row
        ({"train_loss": 0.1}, (0, 0.5)),
        ({"train_loss": 1e-4}, (1, 0.5)),
        ({"train_loss": 2.0}, (0, 0.0)),  # at the start already
        ({"train_loss": 1e-7}, None),
    ],
)
def test_a_moment_lies_between_two_rows_in_the_logarithm_of_times_and_losses(at, place):
    found = ComparisonMoment.read(at).place(ROWS, "time")
    assert found is None if place is None else found == (place[0], pytest.approx(place[1]))


def test_a_moment_that_an_experiment_does_not_record_is_refused_with_the_recorded_ones():
    with pytest.raises(ValueError, match=r"at cannot be a at in this experiment: give time or step or train_loss\."):
        ComparisonMoment.read({"at": 3}).place(ROWS, "time")
    portrait = {"at": np.array([10, 1000]), "train_loss": np.array([1.0, 0.1])}
    assert ComparisonMoment.read(1000).place(portrait, "at") == (1, 0.0)
    with pytest.raises(ValueError, match=r"at must be one of the steps that a portrait records, 10, 1,000, got 50\."):
        ComparisonMoment.read(50).place(portrait, "at")


def test_a_run_that_ended_because_its_losses_were_flat_is_at_its_end_at_any_later_moment():
    flat = StudentTeacher(tau=1.0, method="flow", until="flat", steps=1_000_000, samples=5, width=10, test_samples=5)
    run = repeat(flat, 1)
    assert run.curves["step"].iloc[-1] < 900_000
    end, later = (compare(run, run, at=at).table for at in (None, {"step": 900_000}))
    pd.testing.assert_frame_equal(end, later)
    assert end["A"].tolist() == [run.curves["test_loss"].iloc[-1]]


def test_settings_and_seeds_are_named_shortly():
    assert difference_names([SMALL, DEEP]) == ["student-teacher", "deep-network"]
    assert difference_names([SMALL, SMALL.changed(delta=1.0)]) == ["δ 0", "δ 1"]
    assert seeds_words([3]) == "Seed 3" and seeds_words([3, 7]) == "2 seeds (3 and 7)"
    assert seeds_words(range(2, 12)) == "10 seeds (2 to 11)"
    assert seeds_words([0, 1, 4, 6, 7, 9, 12]) == "7 seeds (0, 1, 4, 6, 7, ...)"


def test_losses_that_still_change_are_reported_with_the_code_that_trains_on():
    falling, flat = Ending("falling", "still falling"), Ending("flat", "flat")
    assert falling_words([SMALL], [flat, flat], ComparisonMoment(), "", "config.onward()") == []
    [sentence] = falling_words([DEEP], [falling, flat], ComparisonMoment(), " of A", "A.onward()")
    assert sentence.startswith("Losses of A still change at the end in 1 of 2 runs") and sentence.endswith(
        ": train for more steps."
    )
    [sentence] = falling_words([SMALL], [falling], ComparisonMoment.read(3), "", "config.onward()")
    assert "as config.onward() has it, and leave at out." in sentence and "at t = 3.00 in 1 of 1 runs" in sentence


def test_a_table_in_json_has_null_and_infinity_by_name():
    table = pd.DataFrame({"low": [math.nan, -math.inf, 0.5], "high": [math.inf, 1.0, 2.0], "name": ["a", "b", "c"]})
    assert _json(table) == [
        {"low": None, "high": "inf", "name": "a"},
        {"low": "-inf", "high": 1.0, "name": "b"},
        {"low": 0.5, "high": 2.0, "name": "c"},
    ]


def test_characters_without_a_command_of_latex_are_letters_or_a_question_mark():
    assert escaped("größe → 学") == "größe ? 学"
    assert _with_interval(0.5, -math.inf, math.inf) == "0.500" and _with_interval(0.5, 0.25, 1.0).count("[") == 1


def test_ensembles_and_comparisons_have_a_one_line_repr_and_a_table_without_runs():
    found, other = repeat(SMALL, 2), repeat(BROKEN, 2)
    assert repr(found).startswith("<Ensemble of StudentTeacher(tau=0.5, ") and repr(found).endswith(": 2 of 2 seeds>")
    assert repr(other).endswith(": 2 of 2 seeds, 2 failed>")
    versus = compare(found, other)
    assert repr(versus) == f"<Comparison of {versus.names[0]} and {versus.names[1]}: {versus.verdict}>"
    seen, medians = [], []

    def note(one):
        seen.append(repr(one))
        medians.append(one.summary["median"].tolist())

    over_delta = study(SMALL, {"delta": [0, 1]}, 2, progress=note)
    assert repr(over_delta) == "<Study of student-teacher over {delta: 2}, 2 seeds>"
    assert len(seen) == 2 and "not all there" in seen[0] and seen[-1] == repr(over_delta)
    assert medians[0] == medians[1][:1] and medians[1] == over_delta.summary["median"].tolist()
    # a measure of which neither side is better has no worst value for runs that failed
    assert study(BROKEN, {"delta": [0, 1]}, 1, measure="kernel_distance").summary["median"].isna().all()
    before = Ensemble(SMALL, range(3), [])
    assert list(before.curves) == ["seed"] and len(before.curves) == 0 and before.done == ()


def test_runs_without_a_common_network_cannot_be_compared():
    with pytest.raises(ValueError, match="A and B have no network in common"):
        compare(DEEP, DEEP.changed(alphas=(1.0, 4.0)), seeds=1)


@pytest.mark.parametrize(
    ("config", "over", "more", "sentence"),
    [
        (SMALL, {"delta": [0, 1]}, {"reference": {}}, "reference must name a value of delta, got none."),
        (DEEP, {"alphas": [[1.0], [2.0]]}, {}, ""),
        (BIAS, {"delta": [0, 1]}, {}, "delta is not a setting here"),
        (PhasePortrait(), {"x": ["tau", "leak"]}, {}, "over cannot name x, which phase-portrait varies by itself."),
    ],
)
def test_parameters_that_an_experiment_varies_itself_cannot_be_varied(config, over, more, sentence):
    if not sentence:
        assert study(config, over, seeds=1).axes == {"alphas": ((1.0,), (2.0,))}
        return
    with pytest.raises(ValueError, match=re.escape(sentence)):
        study(config, over, seeds=1, **more)


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has the device whose absence is tested")
def test_a_run_that_cannot_start_ends_a_repetition_with_its_reason():
    with pytest.raises(CannotRun, match="no CUDA device"):
        repeat(SMALL.changed(device="cuda"), 2)


def test_figures_leave_out_missing_curves_and_intervals():
    """Curves of settings of which no seed finished, an interval of no pair, and curves over no clock."""
    versus = compare(SMALL, BROKEN, seeds=2)
    named = [trace.name for trace in versus.figure("16cm").data if trace.name]
    assert not any(name.startswith("B (") for name in named) and any(name.startswith("A (") for name in named)
    ends = compare(BIAS, BIAS.changed(start_length=0.5), seeds=1).only(delta=0.0)
    assert ends.A.config.columns.clock == "" and len(ends.table) == 1
    assert {trace.xaxis for trace in ends.figure("16cm").data} == {"x"}, "there must be one panel, of the effects"
    neither = compare(BROKEN, BROKEN.changed(delta=1.0), seeds=2, measure="kernel_distance")
    assert not [trace for trace in neither.figure("16cm").data if trace.name == "median, 95 % interval"]


def test_figures_of_several_networks_have_a_line_each_and_no_map():
    found = study(DEEP, {"tau": [0.5, 2.0]}, seeds=1)
    lines = [trace for trace in found.figure().data if trace.mode and "lines" in trace.mode and trace.name]
    assert [line.name for line in lines] == ["alpha 0.5", "alpha 2"]
    medians = found.summary.set_index(["alpha", "tau"])["median"]
    assert list(lines[1].y) == [medians[2.0, tau] for tau in (0.5, 2.0)]
    ensembles = {(tau, width): found.ensembles[tau,] for tau in (0.5, 2.0) for width in (8, 16)}
    both = Study(Plan(DEEP, {"tau": [0.5, 2.0], "width": [8, 16]}, 1), ensembles)
    with pytest.raises(ValueError, match="figure draws a map of one network a seed: study one of them, or vary one"):
        both.figure()
    one = compare(DEEP.changed(alphas=(2.0,)), DEEP.changed(alphas=(2.0,), width=16), seeds=1)
    curves = one.A.bands()["test_accuracy"].loc[2.0]
    [line] = [trace for trace in one.figure().data if trace.name and trace.name.startswith("A (")]
    assert list(line.x) == curves.index[curves.index > 0].tolist()
    assert figures.pixels("2in") == 192
