"""The page "Study" in Streamlit's own test runner: presets, fields, address, sentences, and links to it."""

from urllib.parse import parse_qs, urlencode

from lazyrich import StudentTeacher
from lazyrich.studies.live.config import EXAMPLES, PRESETS, SeedComparison
from lazyrich.studies.live_axis.config import PRESETS as AXIS_PRESETS
from lazyrich.studies.live_axis.config import AxisStudy
from lazyrich.web.page import url_state
from lazyrich.web.page.markdown_escape import plain
from tests.pages.scripts import opened, state

SMALL = "samples=6,width=6,test_samples=20,steps=40,learning_rate=0.001,tau=0.5"


def field(app, name):
    return app.text_input(key=f"study.{name}")


def test_presets_load_their_questions_and_a_bare_address_the_first():
    app = opened("study")
    assert state(app, "study").config == PRESETS[0].config and not app.warning and not app.error
    for preset in PRESETS[::-1]:
        app.button_group(key="study.preset").set_value(preset.name).run()
        assert not app.exception and state(app, "study").config == preset.config
    assert field(app, "a").value == "delta=0"


def test_typed_settings_are_checked_and_the_last_valid_question_stays():
    app = opened("study", a="delta=1", b="delta=-1", shared=SMALL, seeds="3")
    config = SeedComparison(a="delta=1", b="delta=-1", shared=SMALL, seeds=3)
    assert state(app, "study").config == config
    field(app, "b").set_value("dleta=0").run()
    assert [one.value for one in app.warning] == [plain("B: dleta is not a setting here; did you mean delta?")]
    assert state(app, "study").config == config
    field(app, "b").set_value("delta = -0.5").run()
    assert not app.warning and state(app, "study").config == config.changed(b="delta=-0.5")
    assert (app.query_params["b"], app.query_params["seeds"]) == ("delta=-0.5", "3")


def test_an_address_without_shared_settings_stays_as_it_is():
    app = opened("study", a="delta=1", b="delta=-1", shared="", seeds="1", measure="train_loss", at="10")
    assert state(app, "study").config == SeedComparison(shared="", a="delta=1", b="delta=-1", seeds=1, at="10",
                                                        measure="train_loss")  # fmt: skip
    before = dict(app.query_params)
    app.run()
    assert dict(app.query_params) == before and not app.exception


def test_another_experiment_brings_a_question_of_its_own():
    app = opened("study", a="delta=1", b="delta=-1", shared=SMALL, seeds="3", at="0.01")
    app.selectbox(key="study.experiment").set_value("hierarchy").run()
    assert not app.exception and not app.warning
    config = state(app, "study").config
    assert (config.a, config.b, config.measure, config.at) == (*EXAMPLES["hierarchy"][:2], "test_error", "end")


def test_the_playground_leads_here_with_exactly_one_kept_run():
    kept = StudentTeacher(delta=-1.0, steps=10, seed=4)
    query = url_state.write(StudentTeacher(delta=1.0, steps=10, seed=4), ())
    keep = urlencode(url_state.write(kept, ()))

    def links(app):
        return [one.proto.label for one in app.get("page_link")]

    assert "Compare over seeds" not in links(opened("playground", **query))
    app = opened("playground", **query, keep=keep)
    assert "Compare over seeds" in links(app)


def test_one_setting_is_varied_beside_the_comparison():
    app = opened("study", see="axis-study")
    assert state(app, "axis-study").config == AXIS_PRESETS[0].config and not app.warning
    app.text_input(key="axis-study.over").set_value("tau").run()
    assert "such as delta" in app.warning[0].value
    assert state(app, "axis-study").config == AXIS_PRESETS[0].config
    app = opened("study", see="axis-study", over="width=4,6", shared="samples=6,steps=20", seeds="2")
    assert state(app, "axis-study").config == AxisStudy(over="width=4,6", shared="samples=6,steps=20", seeds=2)
    assert app.query_params["see"] == "axis-study" and not app.exception
    # each value opens on its page, with the first one beside it
    assert app.selectbox(key="axis-study.value").options == ["m 6"]
    app.selectbox(key="axis-study.pair").set_value(1).run()
    [link] = [one.proto for one in app.get("page_link") if "beside it" in one.proto.label]
    assert link.label == "m 6 with m 4 beside it, seed 1"
    query = parse_qs(link.query_string)
    assert (query["width"], query["seed"], parse_qs(query["keep"][0])["width"]) == (["6"], ["1"], ["4"])
