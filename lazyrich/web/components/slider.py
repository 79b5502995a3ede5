"""Slider component for a number: label, help, text field and the browser's own range input.

    slider(described(parameter, "τ  scale", 0.1, stops=(0.05, 0.1, 0.2), answered=0), key="tau.slider", on_set=take)

Streamlit's slider sends its value only on release. This one reports each stop that it passes to the live chart of its
page, and the stop of its release to Python. Its value is not the state of a widget: the page passes it at each rerun,
so presets, links and the browser's history can change it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st

from lazyrich.config.schema import Parameter
from lazyrich.web.components.assets import STUB
from lazyrich.web.stream.routes import asset

__all__ = ["Setting", "described", "read_setting", "slider"]

MAX_TEXT: Final = 200
"""Largest number of characters read from a typed text."""

_component = st.components.v2.component("lazyrich_slider", js=STUB, isolate_styles=False)


@dataclass(frozen=True)
class Setting:
    """A visitor's setting: by the slider or, if text is not None, by typing that text.

    serial: increases from one setting of a slider to its next.
    """

    value: float
    text: str | None
    serial: float


def slider(data: Mapping[str, Any], key: str, on_set: Callable[[], None]) -> None:
    """Draw a slider.

    Args:
        data: Description from `described`.
        key: Fixed for a page, so that the slider is never remounted.
        on_set: Called before the page runs again for a setting, which `read_setting(st.session_state[key])` then
            returns.
    """
    _component(key=key, data=dict(data), on_set_change=on_set)


def described(
    parameter: Parameter, label: str, value: float, stops: Sequence[float], answered: float
) -> dict[str, Any]:
    """Return the description of a slider for the browser.

    Args:
        parameter: The number to be set.
        label: Its name on the page.
        value: Its value, which need not be a stop.
        stops: Possible values, increasing. Empty for those of the parameter, `step` apart from `low` to `high`.
        answered: Serial of the last setting that Python has read, 0 if none. Until a setting is answered, the browser
            leaves its slider where it was released.
    """
    return {
        "module": asset("entry/slider.js"),
        "css": asset("slider/slider.css"),
        "name": parameter.name,
        "label": label,
        "help": parameter.help,
        "value": value,
        "stops": list(stops),
        "low": parameter.low,
        "high": parameter.high,
        "step": parameter.step,
        "preview": parameter.preview,
        "whole": parameter.type is int,
        "answered": answered,
    }


def read_setting(result: Any) -> Setting | None:
    """Return the setting; None if there is none or it cannot be read, as a browser can send anything.

    result: of the component, or data that a live chart has sent for a slider beside it.
    """
    sent = result.get("set") if isinstance(result, Mapping) else getattr(result, "set", None)
    if not isinstance(sent, Mapping):
        return None
    serial, value, text = _number(sent.get("serial")), _number(sent.get("value")), sent.get("text")
    if isinstance(text, str):
        return Setting(math.nan, text[:MAX_TEXT], serial or 0.0)
    return None if value is None else Setting(value, None, serial or 0.0)


def _number(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        return None
    try:
        value = float(given)
    except OverflowError:  # a whole number of JSON can have any length
        return None
    return value if math.isfinite(value) else None
