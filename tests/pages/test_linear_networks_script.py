"""The pages "Linear networks" and "Which solution" in Streamlit's own test runner: widgets, address and sentences."""

import pytest

from lazyrich import ImplicitBias, LinearNetwork
from lazyrich.experiments.implicit_bias import config as implicit_bias
from lazyrich.experiments.linear_network import config as linear_network
from tests.pages.scripts import check_replaced, move, opened, state, unfold, widgets

PAGES = {LinearNetwork: "linear_networks", ImplicitBias: "which_solution"}
PAGE = PAGES[LinearNetwork]
PRESETS = {LinearNetwork: linear_network.PRESETS, ImplicitBias: implicit_bias.PRESETS}


def on(experiment, **query):
    """The page of an experiment."""
    return opened(PAGES[experiment], **query)


def test_a_bare_address_opens_on_the_first_preset():
    app = opened(PAGE)
    assert state(app, "linear-network").config == linear_network.PRESETS[0].config
    assert dict(app.query_params) == {}


@pytest.mark.parametrize("experiment", PRESETS, ids=lambda experiment: experiment.name)
def test_every_preset_loads_its_config_and_has_a_hint_on_the_charts(experiment):
    app = on(experiment)
    for preset in PRESETS[experiment]:
        app.button_group(key=f"{experiment.name}.preset").set_value(preset.name).run()
        assert not app.exception and not app.error, preset.name
        assert state(app, experiment.name).config == preset.config
        assert preset.observation in [caption.value for caption in app.caption]
        assert state(app, experiment.name).kept == list(preset.compared_configs)


def test_an_address_of_an_experiment_opens_it_with_its_settings():
    app = on(ImplicitBias, start_angle="30", points="5")
    assert state(app, "implicit-bias").config == ImplicitBias(start_angle=30.0, points=5)


def test_there_is_a_slider_for_every_layer_and_no_more():
    app = opened(PAGE, depth="4", layer_rates="1,2,5,1")
    labels = [slider.label for slider in app.select_slider if slider.label.startswith("layer ")]
    assert labels[:4] == ["layer 1", "layer 2", "layer 3", "layer 4"]
    assert state(app, "linear-network").config.rates == (1.0, 2.0, 5.0, 1.0)
    move(app, "linear-network.depth", 2)
    assert not app.exception and not app.warning
    assert state(app, "linear-network").config.rates == (1.0, 2.0)


@pytest.mark.parametrize("experiment", [LinearNetwork, ImplicitBias], ids=lambda e: e.name)
def test_every_single_parameter_has_a_widget_with_its_help_text(experiment):
    there = widgets(unfold(on(experiment), experiment.name))
    for name, parameter in experiment.parameters().items():
        if not parameter.each:
            assert there[f"{experiment.name}.{name}"].help == parameter.help


@pytest.mark.parametrize(
    ("experiment", "query"),
    [
        (LinearNetwork, {"depth": "7", "layer_rates": "1,no", "layer_scales": "1000", "start": "warm"}),
        (ImplicitBias, {"points": "4000", "samples": "2", "reach": "inf"}),
    ],
)
def test_invalid_values_in_the_address_are_reported_and_replaced(experiment, query):
    check_replaced(on(experiment, **query), experiment, query)
