"""Widgets from the schema: every parameter of a config gets the slider, number field or choice that fits it.

    config, complaints = read(StudentTeacher, last_good)
    with st.sidebar:
        draw(StudentTeacher)

Widget state lives in `st.session_state` under `{experiment}.{parameter}`; `load(config)` puts a config there.
"""

from __future__ import annotations

import math
from typing import Any, TypeVar

import streamlit as st
from pydantic import ValidationError

from lazyrich.schema import Config, Parameter, complaints, show

C = TypeVar("C", bound=Config)

_SERIES = (1, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2, 2.2, 2.4, 2.7, 3, 3.3, 3.6, 4, 4.3, 4.7, 5, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1)
"""Steps of a slider in decades: near the E24 series of resistors, with the whole numbers people ask for."""


def load(config: Config) -> None:
    """Show this config on the widgets. Call before they are drawn, or in a callback."""
    for name, value in config.model_dump().items():
        st.session_state[_key(config, name)] = value
        st.session_state.pop(_typed(config, name), None)


def loaded(config: type[Config]) -> bool:
    """Whether the widgets have their values already (they lose them when the visitor goes to another page)."""
    return all(_key(config, name) in st.session_state for name in config.parameters())


def forget(config: type[Config]) -> None:
    """Forget what the widgets show, so that they are not `loaded` any more."""
    for name in config.parameters():
        st.session_state.pop(_key(config, name), None)


def read(config: type[C], current: C) -> tuple[C, list[str]]:
    """The config that the widgets show, also before they are drawn in this run of the page.

    Returns it and sentences on what could not be used; then it is `current`, the last good one.
    """
    values = {name: st.session_state[_key(config, name)] for name in config.parameters()}
    try:
        return config(**values), []
    except ValidationError as error:
        return current, complaints(config, error)


def draw(config: type[Config]) -> None:
    """Draw the widgets of a config, the main ones first and the rest under "More". They must be `loaded`."""
    parameters = config.parameters().values()
    for parameter in parameters:
        if parameter.main:
            _widget(config, parameter)
    with st.expander("More"):
        for parameter in parameters:
            if not parameter.main and len(parameter.choices) != 1:
                _widget(config, parameter)


def log_options(parameter: Parameter, value: Any) -> list[Any]:
    """The stops of a slider in decades: round numbers from the lowest to the highest value allowed, and `value`
    itself."""
    whole = parameter.type is int
    lowest, highest = math.floor(math.log10(parameter.low)), math.ceil(math.log10(parameter.high))
    series = (1, 2, 5) if whole or highest - lowest > 6 else _SERIES
    stops = {float(f"{digit * 10.0**decade:.2g}") for decade in range(lowest, highest + 1) for digit in series}
    inside = {stop for stop in stops if parameter.low <= stop <= parameter.high} | {
        value,
        parameter.low,
        parameter.high,
    }
    return sorted({int(stop) for stop in inside} if whole else inside)


def _widget(config: type[Config], parameter: Parameter) -> None:
    key = _key(config, parameter.name)
    label = f"{parameter.label} ({parameter.unit})" if parameter.unit else parameter.label
    value = st.session_state[key]
    if parameter.choices:
        st.selectbox(label, parameter.choices, key=key, help=parameter.help)
    elif parameter.type is bool:
        st.toggle(label, key=key, help=parameter.help)
    elif parameter.scale == "log":
        st.select_slider(label, log_options(parameter, value), key=key, format_func=show, help=parameter.help)
    elif parameter.main:
        _slider_and_field(config, parameter, label)
    else:
        st.number_input(label, parameter.low, parameter.high, step=parameter.step, key=key, help=parameter.help)


def _slider_and_field(config: type[Config], parameter: Parameter, label: str) -> None:
    """A slider with a number field beside it for values to be typed; both show the same number."""
    key, typed = _key(config, parameter.name), _typed(config, parameter.name)
    st.session_state[typed] = st.session_state[key]

    def take_typed() -> None:
        if st.session_state[typed] is not None:
            st.session_state[key] = st.session_state[typed]

    wide, narrow = st.columns([0.66, 0.34], vertical_alignment="bottom", gap="small")
    wide.slider(label, parameter.low, parameter.high, step=parameter.step, key=key, help=parameter.help)
    narrow.number_input(
        f"{label}, typed",
        parameter.low,
        parameter.high,
        step=parameter.step,
        key=typed,
        format="%g",
        label_visibility="collapsed",
        on_change=take_typed,
    )


def _key(config: type[Config] | Config, name: str) -> str:
    return f"{config.name}.{name}"


def _typed(config: type[Config] | Config, name: str) -> str:
    return f"{config.name}.{name}.typed"
