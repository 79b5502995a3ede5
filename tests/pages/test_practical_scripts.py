"""The pages of the practical experiments in Streamlit's own test runner: presets, widgets, address and sentences."""

import pytest

from lazyrich.config.limits import Limits
from lazyrich.experiments import registry
from lazyrich.experiments.deep_map import config as deep_map
from lazyrich.experiments.deep_network import config as deep_network
from lazyrich.experiments.filters import config as filters
from lazyrich.experiments.grokking import config as grokking
from lazyrich.experiments.hierarchy import config as hierarchy
from lazyrich.serving.progress import about, estimate
from tests.pages.scripts import check_replaced, opened, state, unfold, widgets

PAGES = {
    "deep-network": ("deep_networks", deep_network.PRESETS),
    "deep-map": ("deep_networks", deep_map.PRESETS),
    "hierarchy": ("hierarchy", hierarchy.PRESETS),
    "filters": ("filters", filters.PRESETS),
    "grokking": ("grokking", grokking.PRESETS),
}
SECOND = {"deep-map"}
"""Experiments that are not the first of their page."""


def on(name, **query):
    """The page of an experiment."""
    return opened(PAGES[name][0], **({"see": name} if name in SECOND else {}), **query)


@pytest.mark.parametrize("name", PAGES)
def test_presets_load_their_configs_every_parameter_has_a_widget_with_its_help_and_alphas_are_typed(name):
    app = on(name)
    assert not app.error and not app.warning
    assert state(app, name).config == PAGES[name][1][0].config
    for preset in PAGES[name][1]:
        app.button_group(key=f"{name}.preset").set_value(preset.name).run()
        assert not app.exception and not app.error, preset.name
        assert state(app, name).config == preset.config
        captions = [caption.value for caption in app.caption]
        assert preset.observation in captions
        assert f"Training takes {about(estimate(preset.config, Limits().run_frames))}." in captions
        assert state(app, name).kept == list(preset.compared_configs)
    there = widgets(unfold(app, name))
    for field, parameter in registry[name].parameters().items():
        if not parameter.layers and len(parameter.choices) != 1:
            assert parameter.help in there[f"{name}.{field}"].help
    app.text_input(key=f"{name}.alphas").set_value("0.5, 2").run()
    assert not app.exception and not app.warning
    assert state(app, name).config.alphas == (0.5, 2.0)
    assert app.query_params["alphas"] == "0.5,2"


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("deep-network", {"alphas": "1,2,3,4,5,6,7", "task": "cats"}),
        ("deep-map", {"seeds": "0"}),
        ("hierarchy", {"sizes": "10,ten", "alphas": ""}),
        ("grokking", {"p": "1", "train_fraction": "nan"}),
    ],
)
def test_invalid_values_in_the_address_are_reported_and_replaced(name, query):
    check_replaced(on(name, **query), registry[name], query)


def test_buttons_change_the_experiment_of_a_page_and_its_address():
    app = on("deep-network", depth="4", alphas="1,4")
    app.button_group(key="see.deep-network").set_value("deep-map").run()
    assert not app.exception and not app.warning
    assert app.query_params["see"] == "deep-map"
    assert state(app, "deep-map").config == deep_map.PRESETS[0].config
    app.button_group(key="see.deep-network").set_value("deep-network").run()
    assert not app.exception and not app.warning
    assert "see" not in app.query_params
    # what was set before the detour is still there
    assert state(app, "deep-network").config.depth == 4


def test_an_unknown_experiment_in_the_address_is_reported():
    app = opened("deep_networks", see="everything")
    assert "got everything" in app.warning[0].value
    assert state(app, "deep-network").config == deep_network.PRESETS[0].config
