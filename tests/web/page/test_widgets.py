"""Widgets made from a schema, in Streamlit's own test runner: lists of numbers, by layer and typed."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.config.config_with_lists import Lists
from tests.pages.scripts import move


def page():
    """A page of controls only, which writes their config to its session."""
    import streamlit as st

    from lazyrich.web.page import widgets
    from tests.config.config_with_lists import Lists

    first = st.session_state.get("first", Lists())
    if not widgets.loaded(Lists):
        widgets.load(first)
    st.session_state["shown"], st.session_state["notices"] = widgets.read(Lists, st.session_state.get("shown", first))
    widgets.draw(Lists)


def opened(config: Lists) -> AppTest:
    app = AppTest.from_function(page)
    app.session_state["first"] = config
    app.session_state["lists.more"] = True
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> Lists:
    """Return the config that the widgets show."""
    app.run()
    assert not app.exception
    assert app.session_state["notices"] == []
    return app.session_state["shown"]


def layers(app: AppTest, name: str = "rates") -> list[str]:
    sliders = [*app.select_slider, *app.slider]
    return [slider.label for slider in sliders if slider.key.startswith(f"lists.{name}.")]


@pytest.mark.parametrize(
    "config", [Lists(), Lists(depth=3, rates=(1, 1, 4), shifts=(0, -2), alphas=(0.5, 1e-7), sizes=())]
)
def test_widgets_show_the_config_they_were_loaded_with(config):
    app = opened(config)
    assert shown(app) == config


def test_there_is_a_slider_for_each_layer_labelled_by_it():
    app = opened(Lists(depth=4))
    assert layers(app) == layers(app, "shifts") == ["layer 1", "layer 2", "layer 3", "layer 4"]
    assert "A rate for each layer." in [caption.help for caption in app.caption]


def test_moving_a_slider_changes_the_rate_of_its_layer():
    app = opened(Lists(depth=3))
    app.select_slider(key="lists.rates.2").set_value(10.0).run()
    assert shown(app).rates == (1.0, 10.0)
    app.slider(key="lists.shifts.3").set_value(-2).run()
    assert shown(app).shifts == (0, 0, -2)


def test_moving_the_depth_up_and_down_is_never_an_error():
    app = opened(Lists(depth=2, rates=(3.0, 5.0)))
    for depth in (6, 2, 4, 3, 6):
        move(app, "lists.depth", depth)
        assert shown(app).by_layer("rates") == (3.0, 5.0) + (1.0,) * (depth - 2)
        assert len(layers(app)) == depth


def test_a_typed_list_is_read_and_a_bad_one_gets_its_sentence_and_keeps_the_last_good_config():
    app = opened(Lists())
    field = app.text_input(key="lists.alphas")
    assert field.value == "0.5, 1, 2"
    assert field.help == "Which balances to try. 1 to 8 numbers between 0 and 100, separated by commas."
    field.set_value("4, 8").run()
    assert shown(app).alphas == (4.0, 8.0)
    app.text_input(key="lists.alphas").set_value("4, eight").run()
    notice = "Alphas must be 1 to 8 numbers between 0 and 100, separated by commas, got eight as entry 2."
    assert app.session_state["notices"] == [notice]
    assert app.session_state["shown"].alphas == (4.0, 8.0)
    app.text_input(key="lists.alphas").set_value("0,25, 0,5").run()
    [notice] = app.session_state["notices"]
    assert notice.endswith("can be read in two ways; put semicolons between the numbers.")
    assert app.session_state["shown"].alphas == (4.0, 8.0)


def test_forgotten_widgets_are_loaded_again():
    def page_of_three():
        import streamlit as st

        from lazyrich.web.page import widgets
        from tests.config.config_with_lists import Lists

        widgets.load(Lists(alphas=(9.0,)))
        there = widgets.loaded(Lists)
        widgets.forget(Lists)
        st.session_state["found"] = (there, widgets.loaded(Lists))

    app = AppTest.from_function(page_of_three).run()
    assert app.session_state["found"] == (True, False)


def test_a_removed_layer_has_the_default_again_when_added():
    app = opened(Lists(depth=3, rates=(1, 2, 4)))
    app.select_slider(key="lists.rates.3").set_value(10.0).run()
    move(app, "lists.depth", 2)
    move(app, "lists.depth", 3)
    assert shown(app).by_layer("rates") == (1.0, 2.0, 1.0)
    assert app.select_slider(key="lists.rates.3").value == 1.0
