"""The page "Linear networks" by Streamlit's own test runner: its experiments, widgets, address and sentences."""

import pytest

from lazyrich import ImplicitBias, LinearNetwork
from lazyrich.experiments.implicit_bias import config as implicit_bias
from lazyrich.experiments.linear_network import config as linear_network
from lazyrich.web.page.markdown_escape import plain
from tests.pages.scripts import move, opened, state, unfold, widgets

PAGE = "linear_networks"
PRESETS = {LinearNetwork: linear_network.PRESETS, ImplicitBias: implicit_bias.PRESETS}


def on(experiment, **query):
    """The page on one of its experiments."""
    see = {} if experiment is LinearNetwork else {"see": experiment.name}
    return opened(PAGE, **see, **query)


def test_a_bare_address_opens_on_the_first_preset_of_the_first_experiment():
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


def test_the_buttons_change_the_experiment_and_the_address_says_so():
    app = opened(PAGE, delta="3", depth="3")
    assert state(app, "linear-network").config.depth == 3
    app.button_group(key="see.linear-network").set_value("implicit-bias").run()
    assert not app.exception and not app.warning
    assert app.query_params["see"] == "implicit-bias"
    assert state(app, "implicit-bias").config == implicit_bias.PRESETS[0].config
    app.button_group(key="see.linear-network").set_value("linear-network").run()
    assert not app.exception and not app.warning
    assert "see" not in app.query_params
    # what was set before the detour is still there
    assert state(app, "linear-network").config.depth == 3


def test_an_address_of_an_experiment_opens_it_with_its_settings():
    app = on(ImplicitBias, start_angle="30", points="5")
    assert state(app, "implicit-bias").config == ImplicitBias(start_angle=30.0, points=5)


def test_an_unknown_experiment_in_the_address_is_said():
    app = opened(PAGE, see="everything")
    assert "got everything" in app.warning[0].value
    assert state(app, "linear-network").config == linear_network.PRESETS[0].config


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
