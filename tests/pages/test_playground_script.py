"""The playground in Streamlit's own test runner: widgets, address and sentences, without a browser."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from lazyrich import StudentTeacher
from lazyrich.config.schema import show
from lazyrich.experiments.student_teacher.config import PRESETS
from lazyrich.serving.rate_limit import RateLimit
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.server import wiring
from tests.pages import scripts
from tests.pages.scripts import field, move, sliders, state, type_in, unfold

APP = Path(__file__).parents[2] / "app.py"


def opened(**query) -> AppTest:
    app = AppTest.from_file(APP, default_timeout=30)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page("pages/playground.py")
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> StudentTeacher:
    """The config that the page shows."""
    state = app.session_state["student-teacher.state"]
    return state.config


def test_a_bare_address_opens_on_the_first_preset():
    app = opened()
    assert shown(app) == PRESETS[0].config
    assert dict(app.query_params) == {}


def test_every_preset_loads_its_config_and_has_a_hint_on_the_charts():
    app = opened()
    for preset in PRESETS:
        app.button_group(key="student-teacher.preset").set_value(preset.name).run()
        assert not app.exception, preset.name
        assert shown(app) == preset.config
        assert preset.observation in [caption.value for caption in app.caption]
        assert app.session_state["student-teacher.state"].kept == list(preset.compared_configs)


def test_every_parameter_has_a_widget_with_its_help_text():
    app = unfold(opened(), "student-teacher")
    widgets = scripts.widgets(app)
    for name, parameter in StudentTeacher.parameters().items():
        if len(parameter.choices) != 1:
            assert widgets[f"student-teacher.{name}"].help == parameter.help


def test_moving_a_slider_changes_the_run_and_the_address():
    app = opened()
    move(app, "student-teacher.tau", 0.2)
    assert shown(app) == PRESETS[0].config.changed(tau=0.2)
    assert app.query_params["tau"] == "0.2"


def test_seeds_are_one_click_away_and_any_other_number_is_typed():
    app = opened()
    [seeds] = [one for one in app.button_group if one.key == "student-teacher.seeds"]
    assert list(seeds.options) == ["1", "8", "32"]
    seeds.set_value(8).run()
    assert shown(app) == PRESETS[0].config.changed(seeds=8)
    assert app.query_params["seeds"] == "8"
    type_in(app, "student-teacher.seeds", "5")
    assert shown(app).seeds == 5 and not app.warning
    type_in(app, "student-teacher.seeds", "65")
    assert shown(app).seeds == 5 and "between 1 and 64" in app.warning[0].value


def test_an_odd_width_is_refused_with_a_sentence_and_the_last_run_stays():
    app = unfold(opened(), "student-teacher")
    type_in(app, "student-teacher.width", "51")
    assert not app.exception
    assert [w.value for w in app.warning] == [
        plain(
            "Student neurons m must be even when the start is symmetrised, got 51: choose 50 or 52, or switch "
            "“Symmetrised start” off."
        )
    ]
    assert shown(app).width == 50


def test_a_typed_number_is_read_or_reported_and_the_old_one_stays():
    app = unfold(opened(), "student-teacher")
    for key, text, value in (("leak", "0,25", 0.25), ("seed", "1,000", 1000)):
        type_in(app, f"student-teacher.{key}", text)
        assert not app.exception and not app.warning
        assert getattr(shown(app), key) == value
        assert field(app, f"student-teacher.{key}").value == show(value)
        assert app.query_params[key] == show(value)
    for text, message in (("abc", "got abc"), ("", "cannot be empty"), ("2,5", "got 2,5")):
        type_in(app, "student-teacher.leak", text)
        (warning,) = app.warning
        assert plain(message) in warning.value and plain("a number between 0 and 1") in warning.value
        assert (shown(app).leak, field(app, "student-teacher.leak").value) == (0.25, "0.25")
    move(app, "student-teacher.tau", 0.2)
    assert app.warning  # for as long as the number is the one that was kept
    type_in(app, "student-teacher.leak", "0.5")
    assert not app.warning and field(app, "student-teacher.leak").value == "0.5"


def test_invalid_values_in_the_address_are_reported_and_replaced():
    query = {"tau": "nan", "delta": "1e999", "width": "-3", "device": "tpu", "steps": "☃"}
    scripts.check_replaced(opened(**query), StudentTeacher, query)


def test_too_much_work_is_refused_with_numbers_and_advice():
    app = opened(width="2000", samples="10000", dimension="1000", steps="10000000")
    assert not app.exception
    (refusal,) = app.error
    assert "allowed here" in refusal.value and "Lower " in refusal.value


def test_settings_under_more_stay_while_it_is_folded():
    app = unfold(opened(), "student-teacher")
    type_in(app, "student-teacher.seed", "7")
    app.session_state["student-teacher.more"] = False
    for tau in (0.2, 0.5):
        move(app, "student-teacher.tau", tau)
        assert not app.exception
        assert (shown(app).tau, shown(app).seed) == (tau, 7)
        assert not [one for one in app.text_input if one.key.startswith("student-teacher.seed.")]
    assert field(unfold(app, "student-teacher"), "student-teacher.seed").value == "7"
    move(app, "student-teacher.tau", 1.0)
    assert (shown(app).tau, shown(app).seed) == (1.0, 7)


def test_the_page_compares_its_step_with_that_of_the_phase_portrait():
    app = opened(tau="0.3", leak="0.1")
    captions = "".join(caption.value for caption in app.caption)
    assert "One step is t = 0.000556, base/τ²; a step of the phase portrait (base 0.005) is another: " in captions
    app = opened(tau="0.3", learning_rate="0.005")
    assert any("which is a step of the phase portrait too" in caption.value for caption in app.caption)


def test_a_run_until_flat_is_the_same_in_its_address_its_widgets_and_in_python():
    app = unfold(opened(tau="0.3", until="flat", method="flow", steps="10000000"), "student-teacher")
    assert shown(app) == StudentTeacher(tau=0.3).onward()
    assert app.selectbox(key="student-teacher.until").value == "flat"
    assert any("until='flat'" in block.value for block in app.code)
    app.selectbox(key="student-teacher.until").set_value("steps").run()
    assert shown(app).until == "steps"


def test_up_to_four_runs_are_kept():
    app = unfold(opened(), "student-teacher")
    for seed in range(3, 7):
        app.button(key="student-teacher.keep").click().run()
        type_in(app, "student-teacher.seed", str(seed))
    assert len(app.session_state["student-teacher.state"].kept) == 4
    assert app.button(key="student-teacher.keep").disabled
    # no tooltip, which would stand over the player
    assert not app.button(key="student-teacher.keep").help
    assert "4 runs are kept: drop them first." in [caption.value for caption in app.caption]
    assert len(app.query_params["keep"]) == 4
    app.button(key="student-teacher.drop").click().run()
    assert app.session_state["student-teacher.state"].kept == []


def test_a_preset_leaves_kept_runs_and_replaces_those_of_the_last_preset():
    app = opened()
    app.button(key="student-teacher.keep").click().run()
    app.button_group(key="student-teacher.preset").set_value("Sizes = rates").run()
    assert app.session_state["student-teacher.state"].kept == [*PRESETS[4].compared_configs, PRESETS[0].config]
    app.button_group(key="student-teacher.preset").set_value("Lazy").run()
    assert app.session_state["student-teacher.state"].kept == [PRESETS[0].config]


def test_going_back_to_an_earlier_address_shows_its_settings():
    app = opened(tau="0.3", seed="4")
    move(app, "student-teacher.tau", 0.5)
    assert shown(app).tau == 0.5
    app.query_params["tau"] = "0.3"
    app.run()
    assert (shown(app).tau, shown(app).seed) == (0.3, 4)
    assert sliders(app)["student-teacher.tau"].value == 0.3
    for name in list(app.query_params):
        del app.query_params[name]
    app.run()
    assert shown(app) == PRESETS[0].config
    assert dict(app.query_params) == {}


def test_an_address_written_by_hand_stays_until_something_changes():
    """Rewriting it would add a step to the history from which Back leads to where it is rewritten again."""
    app = opened(tau="0.30", seed="4", keep="delta=-1")
    assert dict(app.query_params) == {"tau": "0.30", "seed": "4", "keep": "delta=-1"}
    assert dict(app.run().query_params) == {"tau": "0.30", "seed": "4", "keep": "delta=-1"}
    move(app, "student-teacher.tau", 0.5)
    assert app.query_params["tau"] == "0.5" and "eta_a" in app.query_params
    assert "tau" in opened(tau="1000").query_params and "eta_a" in opened(tau="1000").query_params


def test_tracking_parameters_of_a_link_are_ignored_without_a_warning():
    bare, decorated = opened(), opened(utm_source="course", fbclid="IwAR0", ref="mail")
    assert not decorated.warning
    assert shown(decorated) == shown(bare)
    assert state(decorated, "student-teacher").kept == state(bare, "student-teacher").kept
    settled = opened(tau="0.3", utm_source="course", mc_cid="1")
    assert not settled.warning and shown(settled).tau == 0.3
    move(settled, "student-teacher.tau", 0.5)
    assert settled.query_params["tau"] == "0.5" and "utm_source" not in settled.query_params
    misspelt = opened(taau="0.3")
    assert [plain("taau is not a setting here; did you mean tau?") in w.value for w in misspelt.warning] == [True]
    assert shown(misspelt) == shown(bare)


def test_an_address_shows_only_the_controls_that_it_names_and_keeps_the_other_settings():
    app = opened(show="tau,seeds,tauu", tau="0.3", width="10", leak="0.1")
    widgets = {key for key in scripts.widgets(app) if key.startswith("student-teacher.")}
    assert {key.removeprefix("student-teacher.") for key in widgets} >= {"tau", "seeds"}
    assert not {"student-teacher.delta", "student-teacher.preset", "student-teacher.width"} & widgets
    assert any("show names tauu" in warning.value and "did you mean tau?" in warning.value for warning in app.warning)
    move(app, "student-teacher.tau", 0.5)
    assert (shown(app).tau, shown(app).width, shown(app).leak) == (0.5, 10, 0.1)
    assert app.query_params["show"] == "tau,seeds,tauu"


def test_a_page_whose_visitor_leaves_during_drawing_stops_silently(monkeypatch):
    app = opened()
    monkeypatch.setattr(wiring, "token", lambda: "of a session that has ended")
    for paced in (True, False):
        if not paced:
            monkeypatch.setattr(wiring.Sessions, "reruns", lambda *_: RateLimit(10, seconds=1))
        app.run()
        assert not app.exception and not app.error
