"""The names of a run's data that a specification reads, found by the types of its fields."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from lazyrich.charts.parts import Chart, Part, Source


def reads(part: Part) -> Iterator[tuple[Source, str]]:
    """Yield each name that a specification reads, with its place in a run.

    Args:
        part: A chart, a reading, or a part of one.

    Example:
        >>> from lazyrich.charts import Reading
        >>> [name for _, name in reads(Reading(column="test_loss", label="test", help=""))]
        ['test_loss']
    """
    if isinstance(part, Chart):
        yield from ((Source.DATA, name) for name in part.needs)
    for name, hint in _hints(type(part)).items():
        yield from _named(getattr(part, name), hint)


@cache
def _hints(part: type[Part]) -> dict[str, Any]:
    hints = get_type_hints(part, include_extras=True)
    return {name: hints[name] for name in part.model_fields}


def _named(value: Any, hint: Any) -> Iterator[tuple[Source, str]]:
    if isinstance(value, Part):
        yield from reads(value)
        return
    for one in get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,):
        if isinstance(value, tuple) and get_origin(one) is tuple:
            for item in value:
                yield from _named(item, get_args(one)[0])
        elif isinstance(value, str):
            yield from ((mark, value) for mark in getattr(one, "__metadata__", ()) if isinstance(mark, Source))
