"""A study over one setting as a run: its frames against `lazyrich.study`, and errors about invalid settings."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from lazyrich import StudentTeacher, study, train
from lazyrich.config.schema import complaints
from lazyrich.replay import recording
from lazyrich.results.export import same_in_python
from lazyrich.results.result import Result
from lazyrich.studies.live import record
from lazyrich.studies.live_axis.config import AxisStudy
from lazyrich.studies.live_axis.record import study_of

BASE = StudentTeacher(samples=8, width=6, test_samples=20, steps=10, learning_rate=2e-3, tau=0.5)
SHARED = "samples=8,width=6,test_samples=20,steps=10,learning_rate=0.002,tau=0.5"
CONFIG = AxisStudy(over="delta=0,1,-1", shared=SHARED, seeds=7)


@pytest.fixture(scope="module")
def frames():
    return list(CONFIG.frames())


@pytest.fixture(scope="module")
def found():
    return study(BASE, over={"delta": [0, 1, -1]}, seeds=7)


def test_the_last_frame_agrees_with_study(frames, found):
    table = pd.concat([pd.DataFrame(frame.table) for frame in frames], ignore_index=True)
    order = ["delta", "seed"]
    here, wanted = (one.sort_values(order)["test_loss"].to_numpy() for one in (table, found.table))
    assert here == pytest.approx(wanted, rel=1e-9)
    assert found.verdict.startswith(frames[-1].verdict) and frames[-1].verdict.startswith("Against δ 0, in 7 seeds")
    assert study_of(CONFIG, list(record.finished(CONFIG.jobs, frames))).latex() == found.latex()


def test_lines_and_dots_agree_with_the_tables(frames, found):
    data, places = frames[-1].chart_data, frames[0].header.chart_data["places"]
    assert places[:3] == [-1, 0, 1] and len(places) == 3 + 21
    summary = found.summary.set_index("delta").sort_index()
    assert data["values"][1, :3] == pytest.approx(summary[["median", "q10", "q90"]].to_numpy(), rel=1e-6)
    dots = sorted(zip(places[3:], data["values"][0, 3:, 0].tolist(), strict=True))
    wanted = sorted(zip(found.table["delta"], found.table["test_loss"], strict=True))
    assert np.array(dots) == pytest.approx(np.array(wanted), rel=1e-6)
    effects = found.effects.set_index("delta")
    assert data["effects"][1, 1].tolist() == [1, 1, 1]  # the reference itself
    for place, value in ((0, -1.0), (2, 1.0)):
        row = effects.loc[value]
        assert data["effects"][1, place] == pytest.approx([row["ratio"], row["low"], row["high"]], rel=1e-6)


def test_the_state_of_the_losses_and_the_question_are_reported():
    config = CONFIG.changed(seeds=1)
    alone = [train(BASE.changed(delta=delta)).ending.state for delta in (0, 1, -1)]
    changing = sum(state in ("falling", "plateau") for state in alone)
    result = Result(config, list(config.frames()), "finished")
    assert changing and result.ending.words == f"losses still change in {changing} of 3 runs"
    assert CONFIG.caption == (
        "delta=0,1,-1 · samples=8, width=6, test_samples=20, steps=10, learning_rate=0.002, tau=0.5 · "
        "test loss, at the end · 7 seeds from 0 on"
    )
    onward = CONFIG.changed(at="0.01").onward()
    assert (onward.at, onward.over, onward.plan.config.until) == ("end", CONFIG.over, "flat")
    assert onward.plan.config.samples == 8 and onward.onward() is None
    assert CONFIG.columns.networks == ("delta",) and CONFIG.columns.outcome == "test_loss"


def test_an_unknown_measure_and_several_networks_are_refused_by_the_first_run():
    with pytest.raises(RuntimeError, match="measure must be one of "):
        next(CONFIG.changed(measure="test_los").frames())
    small = "width=8,samples=32,steps=10,depth=2"
    config = AxisStudy(experiment="deep-network", over="tau=1,2", shared=f"{small},alphas=0.5,2", measure="", seeds=1)
    with pytest.raises(
        RuntimeError, match="trains several networks: choose one in the shared settings, such as alphas=1"
    ):
        next(config.frames())
    assert next(config.changed(shared=f"{small},alphas=2").frames()).table is not None


def test_a_comparison_fills_in_without_a_verdict_and_goes_on_where_it_stopped(frames):
    assert len(frames) == CONFIG.expected_frames
    assert all(frame.verdict.startswith("So far ") for frame in frames[:-1])
    for there in (1, 5, 12):
        rest = list(CONFIG.continuation(frames[:there]).frames())
        assert len(rest) == len(frames) - there
        assert all(one.same(other) for one, other in zip(rest, frames[there:], strict=True))


@pytest.mark.parametrize(
    ("over", "message"),
    [
        ("delta", "such as delta=-1,0,1, got delta."),
        ("dleta=0,1", "did you mean delta?"),
        ("delta=0,9", "delta must be a number between -2 and 2, got 9."),
        ("delta=1,1.0", "must name each value of delta once"),
        ("method=flow,descent", "Over must vary a number"),
        ("seed=1,2", "cannot name seed"),
        (f"delta={','.join(map(str, range(65)))}", "Over must have at most"),
    ],
)
def test_parameters_that_cannot_be_varied_are_refused_in_a_sentence(over, message):
    with pytest.raises(ValidationError) as refused:
        AxisStudy(over=over)
    (sentence,) = complaints(AxisStudy, refused.value, page=True)
    assert message in sentence


def test_the_lines_of_python_and_a_replay_show_the_same(frames, capsys):
    exec(same_in_python(CONFIG), {})
    assert frames[-1].verdict in capsys.readouterr().out
    view = recording.view(Result(CONFIG, frames, "finished"))
    assert [chart["id"] for chart in view["charts"]] == ["values", "effects"]


def test_an_unknown_experiment_is_one_sentence_whatever_is_varied():
    with pytest.raises(ValidationError) as refused:
        AxisStudy(experiment="perceptron", over="weights=1,2", shared="bias=1")
    (sentence,) = complaints(AxisStudy, refused.value, page=True)
    assert "perceptron" in sentence
