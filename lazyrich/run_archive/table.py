"""Read a table of curves that came from outside: check its shape before its numbers are read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BadTable", "read_table"]

MAX_COLUMNS: Final = 200
MAX_ROWS: Final = 500_000

NO_NUMBER: Final = "nan"
"""How a number that is none is written: nothing at all is an empty text."""


WHOLE: Final = re.compile(r"-?\d{1,18}")
"""A whole number that fits into 64 bits."""


class BadTable(ValueError):
    """A table that cannot be used, with what is wrong, to follow its name."""


def read_table(content: bytes) -> pd.DataFrame:
    """Return the table in CSV, every number to its last digit. Raises BadTable."""
    import pandas as pd

    try:
        rows = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
        names = next(rows, [])
        if len(names) > MAX_COLUMNS or len(set(names)) < len(names) or not all(name.strip() for name in names):
            raise BadTable("has names of columns that are missing, too many or there twice")
        found: list[list[str]] = []
        for row in rows:
            if len(row) != len(names):
                raise BadTable(f"has {len(row)} columns in line {rows.line_num} and {len(names)} above")
            if len(found) == MAX_ROWS:
                raise BadTable(f"has more than {MAX_ROWS:,} rows")
            found.append(row)
    except (UnicodeDecodeError, csv.Error):
        raise BadTable("is no table of comma-separated values") from None
    if not found:
        raise BadTable("has no row")
    columns = zip(*found, strict=True)
    return pd.DataFrame({name: _column(texts) for name, texts in zip(names, columns, strict=True)})


def _column(texts: Sequence[str]) -> list[int] | list[float] | list[bool] | list[str]:
    """Return a column's entries in the type that all of them have."""
    if set(texts) <= {"True", "False"}:
        return [text == "True" for text in texts]
    with suppress(ValueError):
        if all(map(WHOLE.fullmatch, texts)):
            return list(map(int, texts))
        return list(map(float, texts))
    return list(texts)
