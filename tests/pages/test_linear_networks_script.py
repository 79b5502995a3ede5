"""The pages "Linear networks" and "Which solution" by Streamlit's own test runner: widgets, address and sentences."""

import pytest

from lazyrich import ImplicitBias, LinearNetwork
from lazyrich.experiments.implicit_bias import config as implicit_bias
from lazyrich.experiments.linear_network import config as linear_network
from lazyrich.web.page.markdown_escape import plain
from tests.pages.scripts import move, opened, state, unfold, widgets

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
def test_every_preset_loads_its_config_and_says_what_to_look_at(experiment):
    app = on(experiment)
    for preset in PRESETS[experiment]:
        app.button_group(key=f"{experiment.name}.preset").set_value(preset.name).run()
        assert not app.exception and not app.error, preset.name
        assert state(app, experiment.name).config == preset.config
        assert preset.look in [caption.value for caption in app.caption]
        assert state(app, experiment.name).kept == list(preset.beside)


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
        (LinearNetwork, {"depth": "7"}),
        (LinearNetwork, {"layer_rates": "1,no"}),
        (LinearNetwork, {"layer_scales": "1000"}),
        (LinearNetwork, {"start": "warm"}),
        (ImplicitBias, {"points": "4000"}),
        (ImplicitBias, {"samples": "2"}),
        (ImplicitBias, {"reach": "inf"}),
    ],
    ids=lambda case: "".join(case) if isinstance(case, dict) else "",
)
def test_a_bad_value_in_the_address_is_said_and_replaced(experiment, query):
    app = on(experiment, **query)
    (name,) = query
    assert len(app.warning) == 1 and app.warning[0].value.startswith(
        plain(f"{experiment.parameters()[name].title} must ")
    )
    assert getattr(state(app, experiment.name).config, name) == experiment.model_fields[name].default
