"""A comparison as a run: its frames against `lazyrich.compare`, settings as texts, and resumption after a stop."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError

from harness.waiting import eventually
from lazyrich import StudentTeacher, compare, train
from lazyrich.config.limits import Limits
from lazyrich.config.schema import complaints
from lazyrich.experiments import registry
from lazyrich.frame import Frame
from lazyrich.replay import recording
from lazyrich.results.export import same_in_python
from lazyrich.results.result import Result
from lazyrich.serving.pool import RunPool
from lazyrich.studies.live import record
from lazyrich.studies.live.config import EXAMPLES, SeedComparison
from lazyrich.studies.written import moment, pairs_of
from lazyrich.web.page.study.link import comparison_of

SHARED = "samples=6,width=6,test_samples=20,steps=10,learning_rate=0.002,tau=0.5"
BASE = StudentTeacher(samples=6, width=6, test_samples=20, steps=10, learning_rate=2e-3, tau=0.5)
CONFIG = SeedComparison(a="delta=1", b="delta=-1", shared=SHARED, seeds=7)


@pytest.fixture(scope="module")
def frames():
    return list(CONFIG.frames())


@pytest.fixture(scope="module")
def versus():
    return compare(BASE.changed(delta=1.0), BASE.changed(delta=-1.0), seeds=7)


def test_the_last_frame_agrees_with_compare(frames, versus):
    last = frames[-1]
    table = pd.concat([pd.DataFrame(frame.table) for frame in frames], ignore_index=True).sort_values("seed")
    for name in ("seed", "A", "B", "ratio"):
        assert table[name].to_numpy() == pytest.approx(versus.table[name].to_numpy(), rel=1e-9)
    assert last.metrics["effect"] == pytest.approx(versus.effect)
    assert (last.metrics["low"], last.metrics["high"]) == pytest.approx(versus.interval)
    assert versus.verdict.startswith(last.verdict) and last.remark.startswith(versus.verdict[len(last.verdict) + 2 :])
    again = record.comparison(CONFIG, list(record.finished(CONFIG.jobs, frames)))
    assert again.complete and again.latex() == versus.latex() and again.warnings == versus.warnings


def test_the_charts_show_the_pairs_and_the_bands(frames, versus):
    effects, curves = frames[-1].chart_data["effects"], frames[-1].chart_data["curves"]
    assert effects[0, :, 0] == pytest.approx(versus.table["ratio"].to_numpy(), rel=1e-6)
    assert effects[1] == pytest.approx(np.tile([versus.effect, *versus.interval], (7, 1)), rel=1e-6)
    moments = frames[0].header.chart_data["moments"]
    for side, runs in zip(curves, (versus.A, versus.B), strict=True):
        bands = runs.bands(0.8)["test_loss"]
        shown = np.array([bands.index[np.abs(bands.index - one).argmin()] for one in moments])
        wanted = bands.loc[shown, ["median", "low", "high"]].to_numpy()
        assert side == pytest.approx(wanted, rel=1e-5)


def test_pairs_arrive_one_by_one_without_a_verdict_before_the_end(frames):
    assert len(frames) == CONFIG.expected_frames
    counts = [int(frame.metrics["pairs"]) for frame in frames]
    assert counts[0] == 2 and counts[-1] == 7 and counts == sorted(counts)
    assert [frame.step for frame in frames] == list(range(len(frames)))
    done = [frame.done for frame in frames]
    assert done == sorted(done) and done[-1] == 1
    for frame, count in zip(frames, counts, strict=True):
        effects = frame.chart_data["effects"][0, :, 0]
        assert np.isfinite(effects).sum() == count
        assert frame.verdict.startswith("So far ") == (count < 7)


@pytest.mark.parametrize("there", [1, 2, 4, 6, 9])
def test_a_stopped_comparison_goes_on_with_the_same_frames(frames, there):
    rest = list(pickle.loads(pickle.dumps(CONFIG.continuation(frames[:there]))).frames())
    assert len(rest) == len(frames) - there
    assert all(
        one.same(other) and one.verdict == other.verdict for one, other in zip(rest, frames[there:], strict=True)
    )
    tables = [pd.DataFrame(frame.table) for frame in (*frames[:there], *rest)]
    assert sorted(pd.concat(tables)["seed"]) == list(range(7))


def test_a_comparison_runs_in_the_pool_and_goes_on_after_a_stop(versus):
    pool = RunPool(Limits(workers=0))
    pool.start()
    try:
        config = CONFIG.changed(seeds=24, shared=f"{SHARED},noise=0.1")
        run = pool.request(config)
        eventually(lambda: len(run.frames) > 1)
        pool.stop_run(run)
        had = len(run.frames)
        assert run.status == "stopped" and had < config.expected_frames
        again = pool.request(config)
        assert len(again.frames) >= had
        eventually(lambda: again.over)
        assert again.status == "finished" and len(again.frames) == config.expected_frames
        assert again.result().curves["seed"].tolist() == list(range(24))
    finally:
        pool.stop()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"a": "dleta=1"}, "A: dleta is not a setting here; did you mean delta?"),
        ({"b": "delta=5"}, "B: delta must be a number between -2 and 2, got 5."),
        ({"a": "delta"}, "A must be settings as name=value, separated by commas, got delta."),
        ({"a": "delta=1,delta=0"}, "A must name each setting once, got delta more than once."),
        ({"a": "delta=1", "b": "delta=1.0"}, "A and B must differ"),
        ({"shared": "seed=3"}, "Shared settings cannot have seed"),
        ({"at": "soon"}, "got soon."),
        ({"experiment": "perceptron", "a": "weights=1"}, "perceptron"),
        ({"a": "width=5,symmetrised=false", "shared": "symmetrised=true"}, ""),
        ({"b": "symmetrised=true", "shared": "symmetrised=false,width=5"}, "A or B cannot have the shared settings"),
    ],
)
def test_invalid_settings_are_refused_in_a_sentence(settings, message):
    if not message:
        assert SeedComparison(**settings).sides[0].width == 5  # what A has stands above what is shared
        return
    with pytest.raises(ValidationError) as refused:
        SeedComparison(**settings)
    (sentence,) = complaints(SeedComparison, refused.value, page=True)
    assert message in sentence


def test_equal_questions_are_equal_however_they_are_written():
    one = SeedComparison(a=" delta = 1.0 & tau=3e-1", b="delta=0,tau=0.3", at="5.0e1", measure="Test loss")
    other = SeedComparison(a="delta=1,tau=0.3", b="delta=0,tau=.3", at="50", measure="")
    assert one == other and one.key == other.key
    assert pairs_of("alphas=0.1,1,layer-rates=2,3", "A") == {"alphas": "0.1,1", "layer_rates": "2,3"}
    assert moment("train_loss=1e-3") == {"train_loss": "1e-3"} and moment(" end ") is None


def test_an_unknown_measure_or_moment_is_refused_by_the_first_pair():
    for settings, pattern in (({"measure": "test_los"}, "measure must be one of "), ({"at": "1e9"}, "past the end")):
        with pytest.raises(RuntimeError, match=pattern):
            next(CONFIG.changed(**settings).frames())


def test_several_networks_of_a_seed_must_be_distinguished():
    small = "width=8,samples=32,steps=10,depth=2"
    config = SeedComparison(
        experiment="deep-network", a="tau=1", b="tau=2", shared=f"{small},alphas=0.5,2", measure="", seeds=1
    )
    with pytest.raises(RuntimeError, match=r"alpha = 0.5; alpha = 2: choose one"):
        next(config.frames())
    frame = next(config.changed(shared=f"{small},alphas=2").frames())
    assert frame.metrics["pairs"] == 1


def test_every_experiment_has_a_question_to_begin_with():
    assert set(EXAMPLES) == set(SeedComparison.parameters()["experiment"].choices) <= set(registry)
    for name in EXAMPLES:
        values = SeedComparison.after_choice(SeedComparison().model_dump() | {"experiment": name})
        config = SeedComparison(**values)
        assert config.measure == registry[name]().columns.outcome and config.at == "end"


def test_the_lines_of_python_give_the_same_numbers(frames, capsys):
    exec(same_in_python(CONFIG), {})
    assert frames[-1].verdict in capsys.readouterr().out


def test_training_on_keeps_the_question():
    onward = CONFIG.changed(at="0.01").onward()
    assert onward is not None and onward.at == "end" and (onward.a, onward.b) == (CONFIG.a, CONFIG.b)
    assert all(side.until == "flat" and side.method == "flow" and side.samples == 6 for side in onward.sides)
    assert onward.onward() is None
    # where A and B differ in their end alone, there is no such question
    assert CONFIG.changed(a="steps=20", b="steps=40", shared=SHARED.replace("steps=20,", "")).onward() is None


def test_the_state_of_the_losses_and_the_question_are_reported(frames):
    config = CONFIG.changed(seeds=1)
    alone = [train(side).ending.state for side in config.sides]
    changing = sum(state in ("falling", "plateau") for state in alone)
    result = Result(config, list(config.frames()), "finished")
    assert changing and result.ending.words == f"losses still change in {changing} of 2 runs"
    assert CONFIG.ending([]) is None and CONFIG.changed(at="train_loss=0.01").ending(frames) is None
    settled = Frame(0, 0.0, {"falling": 0.0, "runs": 14.0}, {}, {}, "")
    assert CONFIG.ending([*frames[:-1], settled]).settled
    assert CONFIG.caption == (
        "A (δ 1) · B (δ -1) · samples=6, width=6, test_samples=20, steps=10, learning_rate=0.002, tau=0.5 · "
        "test loss, at the end · 7 seeds from 0 on"
    )


def test_a_side_of_which_no_seed_finishes_has_no_curves_and_one_without_a_clock_no_moments():
    config = CONFIG.changed(
        a="tau=0.5",
        b="learning_rate=100",
        seeds=2,
        shared=SHARED.replace("learning_rate=0.001,", "").replace(",tau=0.5", ""),
    )
    last = list(config.frames())[-1]
    curves = last.chart_data["curves"]
    assert np.isfinite(curves[0]).all() and np.isnan(curves[1]).all()
    ends = SeedComparison(
        experiment="hierarchy", a="tau=1", b="tau=2", seeds=1, measure="",
        shared="sizes=16,alphas=1,vocabulary=4,synonyms=4,levels=2,width=8,steps=10,test_samples=16",
    )  # fmt: skip
    frame = next(ends.frames())
    assert ends.clock == "" and frame.header.chart_data["moments"] == [] and frame.metrics["pairs"] == 1


def test_many_moments_are_shown_by_a_logarithmically_even_selection():
    config = CONFIG.changed(shared=SHARED.replace("steps=10", "steps=500"), seeds=1)
    [frame] = config.frames()
    moments = np.array(frame.header.chart_data["moments"])
    schedule = np.array(config.sides[0].schedule[1:]) * config.sides[0].step_size
    assert len(moments) <= 200 < len(schedule) and moments[[0, -1]] == pytest.approx(schedule[[0, -1]])
    assert all(np.isclose(schedule, one).any() for one in moments) and (np.diff(moments) > 0).all()


def test_two_runs_of_the_playground_make_a_question():
    current, kept = BASE.changed(delta=1.0, seed=4), BASE.changed(delta=-1.0, seed=4)
    config = comparison_of(current, [kept])
    assert config is not None and (config.a, config.b, config.seed) == ("delta=-1", "delta=1", 4)
    assert [side.differences(own) for side, own in zip(config.sides, (kept, current), strict=True)] == [{}, {}]
    assert comparison_of(current, []) is None and comparison_of(current, [kept, BASE]) is None
    assert comparison_of(current, [current.changed(seed=5)]) is None


def test_a_replay_has_the_charts_of_the_page(frames):
    view = recording.view(Result(CONFIG, frames, "finished"))
    assert [chart["id"] for chart in view["charts"]] == ["pairs", "curves"]
