"""Scripts of pages in Streamlit's own test runner."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from lazyrich.config.schema import Config
from lazyrich.serving.run import Run
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.server.wiring import pool

# For each AppTest, Streamlit reads the metadata of every installed package, in search of components, for a third of a
# second. A server does so once. No package comes or goes during the tests.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

APP = Path(__file__).parents[2] / "app.py"


def opened(page: str, **query: str) -> AppTest:
    """A page of the app at an address, run once."""
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.switch_page(f"pages/{page}.py")
    app.run()
    assert not app.exception
    return app


def unfold(app: AppTest, experiment: str) -> AppTest:
    """The page with "More" open: what is in there is drawn only then."""
    app.session_state[f"{experiment}.more"] = True
    return app.run()


def state(app: AppTest, experiment: str) -> Any:
    """Return the state of the page: .config is shown, .kept are beside it."""
    return app.session_state[f"{experiment}.state"]


@contextmanager
def watching(app: AppTest, experiment: str) -> Iterator[Run]:
    """Watch the one run of the page, as a browser does.

    A run that has ended because nobody watched it yet is asked for again.
    """
    (id,) = state(app, experiment).runs.values()
    shown = pool().get(id)
    assert shown is not None
    run = pool().request(shown.config)
    pool().watch(run)
    try:
        if run is not shown:
            app.run()
        yield run
    finally:
        pool().unwatch(run)


def field(app: AppTest, key: str) -> Any:
    """The field of text in which the number of a parameter is typed."""
    (found,) = (one for one in app.text_input if one.key.startswith(f"{key}.typed"))
    return found


def type_in(app: AppTest, key: str, text: str) -> AppTest:
    """Type a number, as a visitor does."""
    return field(app, key).set_value(text).run()


def move(app: AppTest, key: str, value: Any) -> AppTest:
    """Move a slider of this project, which the test runner cannot move: set the number that it is for."""
    assert key in sliders(app)
    app.session_state[key] = value
    return app.run()


def sliders(app: AppTest) -> dict[str, Any]:
    """Return the data of each slider of this project, by the key of its number: value, label, help and more."""
    protos = [element.proto for element in app.get("bidi_component")]
    return {
        proto.id.split("-", 2)[2].removesuffix(".slider"): SimpleNamespace(**json.loads(proto.json))
        for proto in protos
        if proto.component_name == "lazyrich_slider"
    }


def check_replaced(app: AppTest, experiment: type[Config], query: Iterable[str]) -> None:
    """Fail unless the page names the allowed values of each of these settings, and uses the defaults."""
    (warning,) = app.warning
    for name in query:
        assert plain(f"{experiment.parameters()[name].title} must be ") in warning.value, name
        assert getattr(state(app, experiment.name).config, name) == experiment.model_fields[name].default, name


def widgets(app: AppTest) -> dict[str, Any]:
    """Return all widgets of the page that set a parameter, by key; text fields of numbers by the key of the number."""
    groups = (app.select_slider, app.slider, app.selectbox, app.toggle, app.button_group)
    typed = {field.key.partition(".typed")[0]: field for field in app.text_input}
    return typed | sliders(app) | {widget.key: widget for group in groups for widget in group}
