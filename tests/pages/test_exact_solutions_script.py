"""The page "Exact solutions" in Streamlit's own test runner: widgets, address and sentences, without a browser."""

from lazyrich import SingleNeuron
from lazyrich.experiments.single_neuron.config import PRESETS
from tests.pages.scripts import check_replaced, opened, state, unfold, widgets

PAGE, NAME = "exact_solutions", "single-neuron"


def test_a_bare_address_opens_on_the_first_preset_and_each_preset_loads_its_config():
    app = opened(PAGE)
    assert state(app, NAME).config == PRESETS[0].config
    assert dict(app.query_params) == {}
    for preset in PRESETS:
        app.button_group(key=f"{NAME}.preset").set_value(preset.name).run()
        assert not app.exception, preset.name
        assert state(app, NAME).config == preset.config
        assert preset.observation in [caption.value for caption in app.caption]
        assert state(app, NAME).kept == list(preset.compared_configs)
    there = widgets(unfold(app, NAME))
    for name, parameter in SingleNeuron.parameters().items():
        assert there[f"{NAME}.{name}"].help == parameter.help


def test_invalid_values_in_the_address_are_reported_and_replaced():
    query = {"delta": "1e99", "angle": "-3", "dimension": "6", "data": "pink", "sign": "0", "tau": "0"}
    check_replaced(opened(PAGE, **query), SingleNeuron, query)
