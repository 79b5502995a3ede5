"""Read a table of curves that came from outside, in memory proportional to its numbers.

The text is read twice: first the shape and the type of each column are determined, then the columns are filled. So no
more than a few thousand cells are held as texts at a time, whatever the table holds.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MAX_ROWS", "BadTable", "read_table"]

MAX_COLUMNS: Final = 200
MAX_ROWS: Final = 500_000
MAX_CELLS: Final = 25_000_000

MAX_TEXTS: Final = 10_000
"""Different texts in a column: labels of networks and states, not prose."""

MAX_CELL: Final = 200
"""Characters of a text, and of a column's name."""

AT_ONCE: Final = 10_000
"""Cells that are held as texts at a time."""

NO_NUMBER: Final = "nan"
"""How a number that is none is written: nothing at all is an empty text."""

WHOLE: Final = re.compile(r"-?\d{1,18}")
"""A whole number that fits into 64 bits."""

Kind = Literal["truth", "whole", "number", "text"]


class BadTable(ValueError):
    """A table that cannot be used, with what is wrong, to follow its name."""


def read_table(content: bytes, most: int = MAX_CELLS) -> pd.DataFrame:
    """Return the table in CSV, every number to its last digit.

    Args:
        content: UTF-8, a line of names first.
        most: Cells that it may have.

    Raises:
        BadTable: If it is no such table, or a larger one.
    """
    import pandas as pd

    try:
        names = next(_rows(content), [])
        if (
            len(names) > MAX_COLUMNS
            or len(set(names)) < len(names)
            or not all(name.strip() and len(name) <= MAX_CELL for name in names)
        ):
            raise BadTable("has names of columns that are missing, too long, too many or there twice")
        kinds, count = _shape(content, names, most)
    except (UnicodeDecodeError, csv.Error):
        raise BadTable("is no table of comma-separated values") from None
    if not count:
        raise BadTable("has no row")
    return pd.DataFrame(dict(zip(names, _filled(content, kinds, count), strict=True)), copy=False)


def _rows(content: bytes) -> Iterator[list[str]]:
    """Give the rows. A blank line is a row without cells."""
    return csv.reader(io.TextIOWrapper(io.BytesIO(content), "utf-8", newline=""), strict=True)


def _shape(content: bytes, names: Sequence[str], most: int) -> tuple[list[Kind], int]:
    """Return the types of the columns and the number of rows."""
    rows = _rows(content)
    next(rows)
    kinds: list[Kind] = []
    count = 0
    at_once = _rows_at_once(names)
    while part := list(islice(rows, at_once)):
        for number, row in enumerate(part, count + 1):
            if len(row) != len(names):
                raise BadTable(f"has {len(row)} columns in row {number} and {len(names)} above")
        count += len(part)
        if count > MAX_ROWS:
            raise BadTable(f"has more than {MAX_ROWS:,} rows")
        if count * len(names) > most:
            raise BadTable(f"has more than {most:,} numbers, which is the most that is read here")
        found = [_kind(texts) for texts in zip(*part, strict=True)]
        kinds = [_both(one, two) for one, two in zip(kinds, found, strict=True)] if kinds else found
    return kinds, count


def _filled(content: bytes, kinds: Sequence[Kind], count: int) -> list[np.ndarray | list[str]]:
    """Return the columns. Equal texts are one object."""
    types = {"truth": np.bool_, "whole": np.int64, "number": np.float64}
    columns: list[np.ndarray | list[str]] = [[] if kind == "text" else np.empty(count, types[kind]) for kind in kinds]
    known: list[dict[str, str]] = [{} for _ in kinds]
    rows = _rows(content)
    next(rows)
    start = 0
    while part := list(islice(rows, _rows_at_once(kinds))):
        for kind, column, same, texts in zip(kinds, columns, known, zip(*part, strict=True), strict=True):
            if isinstance(column, list):
                column.extend([same.setdefault(text, text) for text in texts])
                if len(same) > MAX_TEXTS or max(map(len, texts)) > MAX_CELL:
                    raise BadTable(f"has texts of more than {MAX_CELL} characters, or over {MAX_TEXTS:,} of them")
            elif kind == "truth":
                column[start : start + len(part)] = [text == "True" for text in texts]
            else:
                column[start : start + len(part)] = list(map(int if kind == "whole" else float, texts))
        start += len(part)
    return columns


def _rows_at_once(columns: Sequence[object]) -> int:
    return min(1000, max(1, AT_ONCE // max(1, len(columns))))


def _kind(texts: Sequence[str]) -> Kind:
    """Return the type that all of these entries have."""
    if set(texts) <= {"True", "False"}:
        return "truth"
    if all(map(WHOLE.fullmatch, texts)):
        return "whole"
    with suppress(ValueError):
        for text in texts:
            float(text)
        return "number"
    return "text"


def _both(one: Kind, two: Kind) -> Kind:
    """Return the type of a column whose parts have these."""
    if one == two:
        return one
    return "number" if {one, two} == {"whole", "number"} else "text"
