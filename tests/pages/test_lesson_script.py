"""A lesson's step on its page: the runs that it describes if seeds are typed or own data are uploaded."""

from lazyrich.lessons import shipped, step_query
from lazyrich.own_data import OwnStudent
from lazyrich.web.page.lesson.step_outcome import changed
from tests.pages.scripts import opened, state, type_in, unfold
from tests.pages.test_own_data_script import bring, five, trained

NAME = "student-teacher"
LESSON, NUMBER = "deep-and-filters", 4
STEP = shipped()[LESSON].steps[NUMBER - 1]
QUERY = step_query(LESSON, shipped()[LESSON], NUMBER)
CARD = ("lesson", "step", "show")


def note(app):
    return changed(STEP, state(app, NAME).config, state(app, NAME).kept)


def test_a_typed_seed_applies_to_kept_runs_and_a_kept_run_with_another_seed_is_reported():
    app = opened("playground", **QUERY)
    page = state(app, NAME)
    assert note(app) == ""
    type_in(app, f"{NAME}.seed", "7")
    assert not app.exception and not app.warning
    assert [config.seed for config in (page.config, *page.kept)] == [7, 7] == [one.seed for one in trained(app)]
    assert note(app) == ""
    current, kept = page.config, page.kept
    assert "of a kept run seed 0 instead of 7." in changed(STEP, current, [kept[0].changed(seed=0)])
    assert "of a kept run δ 0.5 instead of 0." in changed(STEP, current, [kept[0].changed(delta=0.5)])
    assert "a run that was kept is missing" in changed(STEP, current, [])
    assert "τ 0.2 instead of 0.1" in changed(STEP, current.changed(tau=0.2), kept)
    assert changed(STEP, current, [*kept, current.changed(tau=0.3)]) == ""  # nothing is said of a further one
    # the same page without a lesson keeps what a visitor keeps
    app = opened("playground", **{name: text for name, text in QUERY.items() if name not in CARD})
    app = unfold(app, NAME)
    type_in(app, f"{NAME}.seed", "7")
    assert [config.seed for config in (state(app, NAME).config, *state(app, NAME).kept)] == [7, 0]


def test_own_data_are_set_aside_during_a_lesson_and_back_when_it_is_left():
    app = bring(opened("playground"), "mi*ne.csv", five())
    assert [type(config) for config in trained(app)] == [OwnStudent]
    for name, value in {name: QUERY[name] for name in CARD}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception and not any(isinstance(config, OwnStudent) for config in trained(app))
    assert any(r"**mi\*ne.csv** is set aside" in caption.value for caption in app.caption)
    app.button(key=f"{NAME}.leave").click().run()
    assert not app.exception and not {*CARD} & set(app.query_params)
    assert [type(config) for config in trained(app)] == [OwnStudent]
    # a step that offers the upload is about the visitor's data
    for name, value in {"lesson": LESSON, "step": str(NUMBER), "show": "seed,upload"}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception and [type(config) for config in trained(app)] == [OwnStudent]


def test_an_unknown_lesson_or_step_is_reported_in_a_sentence():
    for query, notice in (
        ({"lesson": "which-one-lerns"}, "did you mean which-one-learns?"),
        ({"lesson": "which-one-learns", "step": "9"}, "a whole number from 1 to 5"),
    ):
        app = opened("playground", **query, steps="20", width="4")
        assert [notice in warning.value for warning in app.warning] == [True], app.warning
