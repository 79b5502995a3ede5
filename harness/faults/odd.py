"""Odd inputs that people and scripts may enter in place of a number or a word.

Half of texts(parameter) and values(parameter) are near the parameter's bounds, where errors are likely.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from lazyrich.config.schema import Parameter, show

WORDS = (
    *("nan", "NaN", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e-400", "-0", "-0.0", "0x10", "1_000", "1,5"),
    *("１２", "true", "false", "None", "null", "default", "", " ", "\x00", "\ud800", "%00", "../../etc/passwd", "{}"),
    *("[]", "[1", "<script>alert(1)</script>", "$x^2$", "**bold**", "9" * 400, "1" + "0" * 5000, "a" * 10_000),
    *(",", ",,,", "1,2,nan"),
)

NUMBERS = st.one_of(
    st.floats(),
    st.integers(),
    st.sampled_from([0, -1, 1, 2**31 - 1, 2**31, 2**63, 2**64, 10**400, 5e-324, 1.7e308, float("nan"), float("inf")]),
)


def often(long: bool, short: int, many: int) -> settings:
    """Return settings of hypothesis with the same inputs in every run: few, or many in the long form."""
    return settings(
        max_examples=many if long else short,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def _near(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Return values on, just inside and just outside the bounds, and between them."""
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    if parameter.type is bool:
        return st.booleans()
    low, high = parameter.low, parameter.high
    if low is None or high is None:
        return NUMBERS
    if int in (parameter.type, parameter.each):
        return st.one_of(st.sampled_from([low, high, low - 1, high + 1]), st.integers(low, high))
    edge = [low, high, low - 1e-9, high * (1 + 1e-9), -low, low / 2, high * 2]
    return st.one_of(st.sampled_from(edge), st.floats(low, high))


def values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Return values that a program may pass, valid or not."""
    one = _near(parameter)
    if parameter.each:
        one = st.lists(st.one_of(one, NUMBERS), max_size=parameter.max_entries + 2).map(tuple)
    return st.one_of(one, one, NUMBERS, st.sampled_from(WORDS), st.none(), st.booleans(), st.lists(NUMBERS, max_size=3))


def valid(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Return values that the schema allows for this parameter alone."""
    one = _near(parameter)
    if not parameter.choices and parameter.type is not bool:
        number = parameter.each or parameter.type
        one = one.map(lambda value: number(min(max(value, parameter.low), parameter.high)))
    return (
        st.lists(one, min_size=parameter.min_entries, max_size=parameter.max_entries).map(tuple)
        if parameter.each
        else one
    )


def texts(parameter: Parameter) -> st.SearchStrategy[str]:
    """Return texts that an address may contain."""
    return st.one_of(values(parameter).map(_text), st.sampled_from(WORDS), st.text(max_size=30))


def _text(value: Any) -> str:
    return ",".join(map(show, value)) if isinstance(value, list) else show(value)


def queries(config: Any) -> st.SearchStrategy[dict[str, str]]:
    """Return some of a config's settings as texts, at times with an unknown one."""
    own = {name: texts(parameter) for name, parameter in config.parameters().items()}
    some = st.lists(st.sampled_from(sorted(own)), max_size=5, unique=True)
    known = some.flatmap(lambda names: st.fixed_dictionaries({name: own[name] for name in names}))
    stray = st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=1)
    return st.builds(lambda a, b: {**b, **a}, known, stray)


def configs(config: Any) -> st.SearchStrategy[Any]:
    """Return configs with some settings at or near their bounds; None if the settings do not fit together."""

    def build(given: dict[str, Any]) -> Any:
        try:
            return config(**given)
        except ValueError:
            return None

    allowed = {name: valid(parameter) for name, parameter in config.parameters().items() if name != "device"}
    some = st.lists(st.sampled_from(sorted(allowed)), max_size=len(allowed), unique=True)
    return some.flatmap(lambda names: st.fixed_dictionaries({name: allowed[name] for name in names})).map(build)
