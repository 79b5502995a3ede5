"""Widgets from the schema: every parameter of a config gets the slider, number field or choice that fits it.

    config, complaints = read(StudentTeacher, last_good)
    with st.sidebar:
        draw(StudentTeacher)

Widget state is in `st.session_state` under `{experiment}.{parameter}`; `load(config)` writes a config to it. A number
has the slider of `web.components.slider` with a text field, or a field alone, which `web.page.typed_number` reads; both
have separate keys for the browser's data. A list whose entries belong to layers has a slider of Streamlit for each
entry, with keys that end in `.1`, `.2` and so on; any other list is a text field.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import streamlit as st
from pydantic import ValidationError

from lazyrich.config.schema import Config, Parameter, complaints, show, shown_choice
from lazyrich.web.components.slider import Setting, described, read_setting, slider
from lazyrich.web.page.choices.stops import nearest_stop, stops_of
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.typed_number import typed_list, typed_number

C = TypeVar("C", bound=Config)


def load(config: Config) -> None:
    """Show this config on the widgets. Call before they are drawn, or in a callback."""
    st.session_state.pop(_drawn_slider_key(config), None)
    for name, parameter in config.parameters().items():
        value = getattr(config, name)
        if not parameter.each:
            _put(config, _key(config, name), value)
            st.session_state.pop(_typed(config, parameter), None)
            st.session_state.pop(_notice(config, name), None)
        elif not parameter.layers:
            _put(config, _key(config, name), show(value).replace(",", ", "))
        else:
            for place, key in enumerate(_layer_keys(config, parameter)):
                _put(config, key, value[place] if place < len(value) else parameter.missing)


def loaded(config: type[Config]) -> bool:
    """Return whether the widgets have their values already, and the visitor was not on another page meanwhile.

    On another page Streamlit drops the state of its own widgets, but not the values beside this project's sliders, so
    the key of a slider that was drawn in the last run is checked.
    """
    witness = st.session_state.get(_drawn_slider_key(config))
    if witness is not None and witness not in st.session_state:
        return False
    return all(_first_key(config, parameter) in st.session_state for parameter in config.parameters().values())


def forget(config: type[Config]) -> None:
    """Drop the values of the widgets, so that they are not `loaded` any more."""
    for parameter in config.parameters().values():
        st.session_state.pop(_first_key(config, parameter), None)


def read(config: type[C], current: C) -> tuple[C, list[str]]:
    """Return the config that the widgets show, also before they are drawn in this run of the page.

    Returns it and sentences on values that cannot be used; in that case it is `current`, the last valid one.
    """
    values = {name: _shown(config, parameter) for name, parameter in config.parameters().items()}
    for name, parameter in config.parameters().items():
        if parameter.each and not parameter.layers:
            values[name], sentence = typed_list(parameter, values[name])
            if sentence:
                return current, [sentence]
    try:
        return config(**values), []
    except ValidationError as error:
        return current, complaints(config, error, page=True)


def _shown(config: type[Config], parameter: Parameter) -> Any:
    """Return what the widgets of one parameter show. A layer without a slider has the default value."""
    if parameter.each and parameter.layers:
        return tuple(st.session_state.get(key, parameter.missing) for key in _layer_keys(config, parameter))
    return st.session_state[_key(config, parameter.name)]


def draw(config: type[Config], decided: Mapping[str, Any] | None = None, only: Collection[str] | None = None) -> None:
    """Draw the widgets of a config: the main ones first and, while it is open, the rest under "More".

    They must be `loaded`.

    Args:
        config: Class of the config.
        decided: Settings fixed elsewhere: with a value they show it and cannot be moved, with None they are hidden.
            Their own values are kept.
        only: Names of the settings to draw, none of them under "More"; all if None.
    """
    decided = decided or {}
    parameters = config.parameters().values()
    if only is not None:
        draw_all(config, but={name for name in config.parameters() if name in decided or name not in only})
        for name in decided.keys() & set(only):
            _decided(config, config.parameters()[name], decided[name])
        return
    st.session_state.pop(_drawn_slider_key(config), None)
    for parameter in parameters:
        if (parameter.main or parameter.quick) and parameter.name not in decided:
            _widget(config, parameter)
    # Skip hidden widgets, which cause a quarter of the server's work at every move of a control.
    more = st.expander("More", key=f"{config.name}.more", on_change="rerun")
    with more:
        for parameter in parameters:
            if parameter.name in decided:
                _stash(config, parameter)
                if more.open:
                    _decided(config, parameter, decided[parameter.name])
            elif not parameter.main and not parameter.quick and len(parameter.choices) != 1:
                _widget(config, parameter) if more.open else _stash(config, parameter)


def draw_all(config: type[Config], but: Collection[str] = ()) -> None:
    """Draw the widgets of a short config in their order, none of them under "More". They must be `loaded`.

    but: settings that are not drawn and keep their values.
    """
    st.session_state.pop(_drawn_slider_key(config), None)
    for parameter in config.parameters().values():
        if parameter.name in but:
            _stash(config, parameter)
        else:
            _widget(config, parameter)


def _put(config: type[Config] | Config, key: str, value: Any) -> None:
    """Set the value of a widget that is not drawn yet, or not in this run."""
    st.session_state[key] = value
    _undrawn(config).add(key)


def _stash(config: type[Config], parameter: Parameter) -> None:
    """Keep the value of a widget that is not drawn in this run: Streamlit would forget it."""
    for key in _keys(config, parameter):
        if key in st.session_state:
            _put(config, key, st.session_state[key])
    st.session_state.pop(_typed(config, parameter), None)
    st.session_state.pop(_notice(config, parameter.name), None)


def _restore(config: type[Config], key: str) -> None:
    """Set a widget again before it is drawn, if it was put away.

    Otherwise the browser would show the lowest value, and send that back.
    """
    if key in _undrawn(config):
        value = st.session_state[key]
        # Also what Streamlit keeps under the key alone, and would show again after it has forgotten the widget.
        del st.session_state[key]
        st.session_state[key] = value


def _undrawn(config: type[Config] | Config) -> set[str]:
    """Return the keys of values that are set and whose widgets were not drawn since."""
    away: set[str] = st.session_state.setdefault(f"{config.name}.away", set())
    return away


def _decided(config: type[Config], parameter: Parameter, value: Any) -> None:
    """Draw a number that cannot be changed, in place of the widget."""
    key = f"{_key(config, parameter.name)}.decided"
    if value is not None:
        st.session_state[key] = show(value)
        st.text_input(parameter.label, key=key, disabled=True, help="As your data have it.")


def _widget(config: type[Config], parameter: Parameter) -> None:
    keys = _keys(config, parameter)
    for key in keys:
        _restore(config, key)
    _draw(config, parameter)
    # only now, so that a run of the page that is interrupted before this is followed by one that sets it again
    _undrawn(config).difference_update(keys)


def _draw(config: type[Config], parameter: Parameter) -> None:
    key = _key(config, parameter.name)
    label = _label(parameter)
    if parameter.each and parameter.layers:
        _layer_sliders(config, parameter, label)
        return
    if parameter.each:
        example = f"{parameter.allowed[:1].upper()}{parameter.allowed[1:]}."
        st.text_input(label, key=key, help=f"{parameter.help} {example}")
    elif parameter.choices:
        written = partial(shown_choice, config, parameter)
        follow = partial(_follow, config)
        st.selectbox(label, parameter.choices, key=key, format_func=written, help=parameter.help, on_change=follow)
    elif parameter.type is str:
        st.text_input(label, key=key, help=parameter.help, autocomplete="off")
    elif parameter.type is bool:
        st.toggle(label, key=key, help=parameter.help)
    elif parameter.quick:
        _quick_and_field(config, parameter, label)
    elif parameter.scale == "log" or parameter.main:
        _slider(config, parameter, label)
    else:
        _field(config, parameter, label, help=parameter.help)
        _sentence(config, parameter)


def _label(parameter: Parameter) -> str:
    return f"{parameter.label} ({parameter.unit})" if parameter.unit else parameter.label


def _follow(config: type[Config]) -> None:
    """Update settings that follow from a choice, such as the range of a parameter that has become an axis."""
    values = {name: _shown(config, parameter) for name, parameter in config.parameters().items()}
    kept = config.after_choice(values)
    if len(kept) < len(values):
        with suppress(ValidationError):  # reported when the page reads it
            load(config(**kept))


def _layer_sliders(config: type[Config], parameter: Parameter, label: str) -> None:
    """Draw a slider for each current layer, two in a row."""
    st.caption(label, help=parameter.help)
    count = min(int(st.session_state[_key(config, parameter.layers)]), parameter.max_entries)
    for place, key in enumerate(_layer_keys(config, parameter)[:count]):
        value = st.session_state.setdefault(key, parameter.missing)
        if place % 2 == 0:
            # separate rows, so that the order on the page is that of the layers
            columns = st.columns(2, gap="small")
        with columns[place % 2]:
            if parameter.scale == "log":
                st.select_slider(f"layer {place + 1}", stops_of(parameter, value), key=key, format_func=show)
            else:
                st.slider(f"layer {place + 1}", parameter.low, parameter.high, step=parameter.step, key=key)


def _slider(config: type[Config], parameter: Parameter, label: str) -> None:
    """Draw a slider with a field in it for a typed number."""
    own = f"{_key(config, parameter.name)}.slider"
    slider(slider_data(config, parameter), own, lambda: take(config, parameter, read_setting(st.session_state[own])))
    st.session_state[_drawn_slider_key(config)] = own
    _sentence(config, parameter)


def slider_data(config: type[Config], parameter: Parameter) -> dict[str, Any]:
    """Return the description of a number's slider for the browser. The widgets must be `loaded`."""
    key = _key(config, parameter.name)
    value, answered = st.session_state[key], st.session_state.get(f"{key}.answered", 0)
    return described(parameter, _label(parameter), value, stops_of(parameter, value), answered)


def take(config: type[Config], parameter: Parameter, found: Setting | None) -> None:
    """Set a number as its slider was set; call it in a callback."""
    if found is None:
        return
    key = _key(config, parameter.name)
    before = st.session_state[key]
    st.session_state[f"{key}.answered"] = found.serial
    if found.text is None:
        st.session_state[key] = nearest_stop(parameter, before, found.value)
    else:
        st.session_state[key], sentence = typed_number(parameter, found.text, before)
        st.session_state[_notice(config, parameter.name)] = (st.session_state[key], sentence)


def _quick_and_field(config: type[Config], parameter: Parameter, label: str) -> None:
    """Draw buttons for common values, and a number field beside them for any other."""
    key = _key(config, parameter.name)
    wide, narrow = st.columns([0.66, 0.34], vertical_alignment="bottom", gap="small")
    options = sorted({*parameter.quick, st.session_state[key]})
    wide.segmented_control(label, options, key=key, required=True, help=parameter.help)
    with narrow:
        _field(config, parameter, f"{label}, typed", label_visibility="collapsed")
    _sentence(config, parameter)


def _field(config: type[Config], parameter: Parameter, label: str, **looks: Any) -> None:
    """Draw a field for a typed number. An unreadable text leaves the number unchanged; `_sentence` reports it."""
    key, typed, notice = _key(config, parameter.name), _typed(config, parameter), _notice(config, parameter.name)
    text = show(st.session_state[key])
    if st.session_state.get(typed) != text:
        st.session_state[typed] = text

    def take() -> None:
        # a browser can send a field that the page has just removed
        if typed in st.session_state:
            number, sentence = typed_number(parameter, st.session_state[typed], st.session_state[key])
            st.session_state[key] = number
            st.session_state[notice] = (number, sentence)

    st.text_input(label, key=typed, on_change=take, autocomplete="off", **looks)


def _sentence(config: type[Config], parameter: Parameter) -> None:
    """Return the sentence on the last typed number, as long as the number has not changed since."""
    number, sentence = st.session_state.get(_notice(config, parameter.name), (None, ""))
    if sentence and number == st.session_state[_key(config, parameter.name)]:
        st.warning(plain(sentence))


def _key(config: type[Config] | Config, name: str) -> str:
    return f"{config.name}.{name}"


def _layer_keys(config: type[Config] | Config, parameter: Parameter) -> list[str]:
    return [f"{_key(config, parameter.name)}.{place}" for place in range(1, parameter.max_entries + 1)]


def _keys(config: type[Config] | Config, parameter: Parameter) -> list[str]:
    """Return the keys of all widgets of one parameter."""
    if parameter.each and parameter.layers:
        return _layer_keys(config, parameter)
    return [_key(config, parameter.name)]


def _first_key(config: type[Config], parameter: Parameter) -> str:
    """Return the key that exists whenever the widgets do."""
    return _keys(config, parameter)[0]


def _typed(config: type[Config] | Config, parameter: Parameter) -> str:
    """Return the key of the text; its end tells the browser which keypad is enough (static/number_fields.js)."""
    kind = "" if parameter.low is None or parameter.low < 0 else ".whole" if parameter.type is int else ".positive"
    return f"{_key(config, parameter.name)}.typed{kind}"


def _notice(config: type[Config] | Config, name: str) -> str:
    return f"{_key(config, name)}.notice"


def _drawn_slider_key(config: type[Config] | Config) -> str:
    """Return the session's key under which the key of a drawn slider is stored."""
    return f"{config.name}.witness"
