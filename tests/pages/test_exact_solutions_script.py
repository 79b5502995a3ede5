"""The page "Exact solutions" by Streamlit's own test runner: widgets, address and sentences, without a browser."""

import pytest

from lazyrich import SingleNeuron
from lazyrich.experiments.single_neuron.config import PRESETS
from lazyrich.web.page.markdown_escape import plain
from tests.pages.scripts import opened, state, unfold, widgets

PAGE, NAME = "exact_solutions", "single-neuron"


def test_a_bare_address_opens_on_the_first_preset():
    app = opened(PAGE)
    assert state(app, NAME).config == PRESETS[0].config
    assert dict(app.query_params) == {}


def test_every_preset_loads_its_config_and_says_what_to_look_at():
    app = opened(PAGE)
    for preset in PRESETS:
        app.button_group(key=f"{NAME}.preset").set_value(preset.name).run()
        assert not app.exception, preset.name
        assert state(app, NAME).config == preset.config
        assert preset.look in [caption.value for caption in app.caption]
        assert state(app, NAME).kept == list(preset.beside)


def test_every_parameter_has_a_widget_with_its_help_text():
    there = widgets(unfold(opened(PAGE), NAME))
    for name, parameter in SingleNeuron.parameters().items():
        assert there[f"{NAME}.{name}"].help == parameter.help


@pytest.mark.parametrize(
    "query",
    [{"delta": "1e99"}, {"angle": "-3"}, {"dimension": "6"}, {"data": "pink"}, {"sign": "0"}, {"tau": "0"}],
    ids=lambda query: "".join(query),
)
def test_a_bad_value_in_the_address_is_said_and_replaced(query):
    app = opened(PAGE, **query)
    (name,) = query
    assert len(app.warning) == 1 and app.warning[0].value.startswith(
        plain(f"{SingleNeuron.parameters()[name].title} must be ")
    )
    assert getattr(state(app, NAME).config, name) == SingleNeuron.model_fields[name].default
