"""Recognise columns of row numbers, which pandas and R write by default.

They are not inputs: they grow with the length of the file, and a network that learns from them learns the order of the
rows. They are recognised by their name, or by whole numbers that increase by one from row to row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np

_NAMES: Final = re.compile(
    r"unnamed: ?\d+(\.\d+)?|level_\d+|\.\.\.\d+|#"
    r"|(row|obs|observation|sample|record|line|case)?[ ._-]?(index|idx|id|ids|names?|nr|no|number|numbers|num)\.?",
)
"""Names that pandas, polars, R and people give to row numbers, in lower case; some of them are left out below."""

_NOT_ALONE: Final = frozenset({"name", "names", "no", "no.", "nr", "nr.", "num", "number", "numbers"})
"""Names that mean row numbers only after a word such as row: no may be nitric oxide."""

MIN_ROWS: Final = 3
"""Smallest number of rows in which numbers that increase by one are unlikely to be a coincidence."""


def named_so(names: Sequence[str]) -> list[int]:
    """Return the columns whose names mean row numbers.

    Args:
        names: Names of all columns. A first column without a name holds row numbers, as pandas and R write it.

    Returns:
        Their indices, from 0.
    """
    lower = [name.strip().lower() for name in names]
    return [
        k
        for k, name in enumerate(lower)
        if (not name and k == 0) or (_NAMES.fullmatch(name) and name not in _NOT_ALONE)
    ]


def counting(table: np.ndarray) -> list[int]:
    """Return the columns whose whole numbers increase by one from row to row.

    Args:
        table: Numbers (rows, columns).

    Returns:
        Their indices, from 0; none for fewer than MIN_ROWS rows.
    """
    if len(table) < MIN_ROWS:
        return []
    with np.errstate(over="ignore", invalid="ignore"):
        found = (table[0] == np.floor(table[0])) & (np.diff(table, axis=0) == 1).all(axis=0)
    return [int(k) for k in np.flatnonzero(found)]
