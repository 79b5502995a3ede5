"""State of a page's widgets in a browser, which sends all of it with every run of the page.

Streamlit drops widgets that are missing in it one run later.
"""

from __future__ import annotations

import json
from typing import Any, Final

from streamlit.proto.WidgetStates_pb2 import WidgetState

FIELDS: Final = {
    "slider": "double_array_value",
    "select_slider": "string_array_value",
    "number_input": "double_value",
    "checkbox": "bool_value",
    "radio": "string_value",
    "selectbox": "string_value",
    "text_input": "string_value",
    "expandable": "bool_value",
    "button": "trigger_value",
    "button_group": "string_array_value",
    "bidi_component": "json_value",
}
"""Kind of widget -> field of a WidgetState with its value."""


def identify(element: Any) -> tuple[str, str] | None:
    """Return the kind and the id of a widget; None for another element."""
    kind = element.WhichOneof("type")
    id = getattr(getattr(element, kind), "id", "")
    if not id.startswith("$$ID-"):
        return None
    return ("select_slider" if kind == "slider" and element.slider.options else kind), id


def state(kind: str, id: str, value: Any) -> WidgetState:
    """Return a widget's state as a browser sends it."""
    made = WidgetState(id=id)
    if FIELDS[kind].endswith("array_value"):
        # set the field even if the list is empty
        field = getattr(made, FIELDS[kind])
        field.SetInParent()
        field.data.extend(value if isinstance(value, (list, tuple)) else [value])
    else:
        setattr(made, FIELDS[kind], value)
    return made


def triggered(id: str, event: str, value: Any) -> tuple[WidgetState, WidgetState]:
    """Return a one-time event of the project's components as it is sent, and the component's own, empty state."""
    payload = json.dumps([{"event": event, "value": value}])
    return (
        WidgetState(id=id, json_value="{}"),
        WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{id}__events", json_trigger_value=payload),
    )


def is_event(state: WidgetState) -> bool:
    """Return whether a state is a one-time event."""
    return state.HasField("trigger_value") or state.HasField("json_trigger_value")


def shown(element: Any) -> Any:
    """Return the value of a widget when it is drawn: the one from the page, or else its default. It is None for an
    empty widget and for one that only reports clicks. The state of the project's components is empty."""
    kind, _ = identify(element) or ("", "")
    if kind == "bidi_component":
        return "{}"
    one = getattr(element, element.WhichOneof("type"))
    if kind == "expandable":
        return one.expanded
    if kind == "slider":
        return list(one.value if one.set_value else one.default)
    if kind == "select_slider":
        return list(one.raw_value) if one.set_value else [one.options[int(place)] for place in one.default]
    if kind in ("number_input", "checkbox", "text_input"):
        name = "value" if one.set_value else "default"
        # an empty field has no value
        return getattr(one, name) if kind == "checkbox" or one.HasField(name) else None
    if kind == "selectbox":
        if one.set_value:
            return one.raw_value
        return one.options[one.default] if one.HasField("default") else None
    if kind == "button_group":
        return list(one.raw_values) if one.set_value else [one.options[place].content for place in one.default]
    return None
