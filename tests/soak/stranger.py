"""A visitor who sends messages that no browser sends, and the odd values that they put into widgets."""

from __future__ import annotations

import json
import math
import random
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState

from harness.faults.odd import WORDS
from harness.server import Server
from harness.visitor import Visitor, on_its_own_thread
from harness.widgets import FIELDS

NO_NUMBER = re.compile(r"\b(nan|inf|NaN|Infinity)\b")
KINDS = (
    *("trigger_value", "bool_value", "double_value", "int_value", "string_value", "json_value", "bytes_value"),
    *("double_array_value", "int_array_value", "string_array_value", "string_trigger_value", "json_trigger_value"),
)
"""Fields of a WidgetState that can hold a value, of any kind of widget."""


def odd_state(drawn: random.Random, id: str) -> WidgetState:
    """Return any value in any field, of the field's own type, so that Streamlit's code cannot refuse it."""
    state = WidgetState(id=id)
    field = drawn.choice(KINDS)
    number = drawn.choice([0.0, -1.0, 1e308, float("nan"), float("inf"), -5e-324, 3.0, 0.1, 1e6])
    whole = drawn.choice([0, -1, 2**31, 2**63 - 1, 7])
    text = drawn.choice([*(word for word in WORDS if word != "\ud800"), "Upstream", "Lazy", "descent", "x" * 100_000])
    if field == "double_array_value":
        state.double_array_value.data.extend([number] * drawn.randint(0, 3))
    elif field == "int_array_value":
        state.int_array_value.data.extend([whole] * drawn.randint(0, 3))
    elif field == "string_array_value":
        state.string_array_value.data.extend([text] * drawn.randint(0, 3))
    elif field == "string_trigger_value":
        state.string_trigger_value.data = text
    elif field in ("trigger_value", "bool_value"):
        setattr(state, field, drawn.random() < 0.5)
    elif field == "double_value":
        state.double_value = number
    elif field == "int_value":
        state.int_value = whole
    elif field == "bytes_value":
        state.bytes_value = text.encode()[:1000]
    else:
        odd = [text, "null", "[]", '{"remedy": 1}', '{"pick": [NaN, 1]}', '{"value": {"remedy": {"steps": 1e400}}}']
        setattr(state, field, drawn.choice(odd))
    return state


class Stranger(Visitor):
    """A visitor who sends messages that no browser sends."""

    async def put(self, state: WidgetState) -> None:
        """Run the page with this state of a widget in addition to the others."""
        before = dict(self._states)
        self._states[state.id] = state
        await self.run()
        self._states = before

    async def throw(self, data: bytes | str) -> None:
        """Send these data unchanged."""
        await self._socket.send(data)


def field_of(element: Any) -> str:
    """Return the field in which a browser sends the value of this widget."""
    kind = element.WhichOneof("type")
    words = kind == "slider" and element.slider.type == Slider.Type.SELECT_SLIDER
    return "string_array_value" if words else FIELDS.get(kind, "")


def right_state(drawn: random.Random, kind: str, id: str) -> WidgetState:
    """Return a value of the widget's type that the widget itself never has. kind: the field that holds it."""
    while True:
        state = odd_state(drawn, id)
        if not state.HasField(kind) or not math.isfinite(state.double_value):
            continue  # Streamlit itself converts the values of number fields to whole numbers
        with suppress(ValueError):
            json.loads(state.json_value or "0")
            return state


def put_many(
    server: Server,
    place: str,
    count: int,
    odd: Callable[[random.Random, str, str], WidgetState],
    wrong: Callable[[list[Any]], list[Any]],
) -> int:
    """Set widgets of a page, one after the other. wrong: filters the exceptions that fail the test."""
    drawn = random.Random(place)
    page, _, query = place.partition("?")

    async def visit(left: int) -> int:
        """Open a page and send values until it shows an error. Returns how many are left.

        Streamlit keeps a value that it cannot read, so the page would show the same error from then on.
        """
        async with Stranger(server.url, query, page) as visitor:
            await visitor.run()
            await visitor.open()
            fields = {getattr(getattr(e, e.WhichOneof("type")), "id", ""): field_of(e) for e in visitor.elements}
            widgets = [(fields[id], id) for _, id in visitor.widgets.values() if fields.get(id)]
            while left:
                kind, id = drawn.choice(widgets)
                state = odd(drawn, kind, id)
                await visitor.put(state)
                left -= 1
                found = [e.exception for e in visitor.elements if e.WhichOneof("type") == "exception"]
                assert not wrong(found), (kind, state)
                for kind in ("markdown", "alert"):
                    for text in visitor.texts(kind):
                        assert "Traceback" not in text
                        assert not NO_NUMBER.search(text.partition(", got ")[0]), (state, text)
                if found:
                    break
        return left

    left = count
    while left:
        left = on_its_own_thread(visit(left))
    return count
