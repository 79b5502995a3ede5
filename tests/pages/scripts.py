"""Pages run by Streamlit's own test runner."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

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
    """What the page remembers: .config shown and .kept beside it."""
    return app.session_state[f"{experiment}.state"]


def field(app: AppTest, key: str) -> Any:
    """The field of text in which the number of a parameter is typed."""
    (found,) = (one for one in app.text_input if one.key.startswith(f"{key}.typed"))
    return found


def type_in(app: AppTest, key: str, text: str) -> AppTest:
    """Type a number, as a visitor does."""
    return field(app, key).set_value(text).run()


def widgets(app: AppTest) -> dict[str, Any]:
    """All widgets of the page that stand for a parameter, by key; a field in which a number is typed by that of the
    number, unless there is a slider for it."""
    groups = (app.select_slider, app.slider, app.selectbox, app.toggle, app.button_group)
    typed = {field.key.partition(".typed")[0]: field for field in app.text_input}
    return typed | {widget.key: widget for group in groups for widget in group}
