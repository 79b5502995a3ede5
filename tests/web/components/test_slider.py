"""The slider reads the number or the text that any browser sends."""

import math
from types import SimpleNamespace

import pytest

from lazyrich.web.components.slider import MAX_TEXT, Setting, read_setting


def test_a_message_with_a_value_or_a_text_is_read():
    assert read_setting(SimpleNamespace(set={"value": 0.3, "serial": 7.5})) == Setting(0.3, None, 7.5)
    assert read_setting({"set": {"value": 2, "serial": 1}}) == Setting(2.0, None, 1.0)
    typed = read_setting({"set": {"text": "0,3" + "0" * 1000, "serial": 8}})
    assert typed is not None and math.isnan(typed.value) and typed.serial == 8.0
    assert typed.text == ("0,3" + "0" * 1000)[:MAX_TEXT]


@pytest.mark.parametrize(
    "sent", [None, 3, "0.3", [], {}, {"value": "0.3"}, {"value": True}, {"value": math.nan}, {"value": 10**400}]
)
def test_messages_without_a_number_are_ignored(sent):
    assert read_setting({"set": sent}) is None
    assert read_setting(None) is None
