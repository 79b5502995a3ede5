"""Detect whether the first line of a table is names or a sample.

Words are names. Numbers may be either: pandas writes 0,1,2 over an array without names, and tables of years or of
wavelengths have numbers as names. Read as a sample, such a line adds a wrong sample; read as names, a sample that
happens to be 0,1,2 is lost. So the user decides about a first line of numbers that look like names, and the names that
were read are always reported.

    doubt(["0", "1", "2"], below)    "pandas writes such names over an array"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lazyrich.own_data.wrong_cell import is_meant_as_number, is_missing, is_number

LOOK_BELOW = 20
"""Number of lines below the first line that are compared with it."""


FEW_BELOW = 5
"""Smallest number of lines below the first for which a first line far from all of them is unlikely to be a sample."""


@dataclass(frozen=True)
class FirstLine:
    """A first line that may be a sample: all cells are numbers, or some are words.

    Attributes:
        line: Number of the line in the file, from 1.
        cells: Its cells as text.
        numbers: The numbers (columns,), None if some cells are words.
        doubt: Reason to take it for names; empty if there is none and it was read as a sample.
    """

    line: int
    cells: tuple[str, ...]
    numbers: np.ndarray | None
    doubt: str


def is_names(cells: Sequence[str], quoted: bool, below: Sequence[Sequence[str]]) -> bool:
    """Return whether a first line certainly holds names.

    Args:
        cells: Cells of the first line.
        quoted: Whether all of them are in quotation marks and those of the next line are not.
        below: Cells of a few lines below.

    Returns:
        True for words; for quoted numbers above unquoted ones; for numbers that look like names beside empty cells, as
        pandas writes them over an array and its row numbers.
    """
    there = [cell for cell in cells if not is_missing(cell)]
    numbers = [cell for cell in there if is_number(cell)]
    if not there or any(map(is_meant_as_number, there)):
        return False
    if not numbers:
        return True
    if len(numbers) < len(there):
        return False
    empty = [cell for cell in cells if not cell.strip()]
    if empty:
        kept = [[cell for cell, name in zip(row, cells, strict=False) if name.strip()] for row in below]
        return len(there) + len(empty) == len(cells) and bool(doubt(there, kept))
    return quoted and len(there) == len(cells)


def doubt(cells: Sequence[str], below: Sequence[Sequence[str]]) -> str:
    """Return a reason to take a first line with numbers for names; empty if it is certainly or probably a sample.

    Args:
        cells: Cells of the first line, at least one of them a number.
        below: Cells of a few lines below.

    Returns:
        A few words, or "".
    """
    if not all(map(is_number, cells)):
        words = [k for k, cell in enumerate(cells) if not is_number(cell)]
        named = below and all(k < len(below[0]) and is_number(below[0][k]) for k in words)
        plain = not any(is_missing(cells[k]) or is_meant_as_number(cells[k]) for k in words)
        return "words beside numbers" if named and plain else ""
    values = np.array(list(map(float, cells)))
    if not below or len(cells) < 2 or not np.isfinite(values).all():
        return ""
    whole = bool((values == np.floor(values)).all())
    steps = np.diff(values)
    # in a table of two columns and a few rows any two numbers may be a sample, except the 0,1 that pandas writes
    if whole and (steps == 1).all() and (len(cells) > 2 or len(below) > 2 or values[0] == 0):
        return "pandas writes such names over an array"
    if len(cells) > 2 and steps[0] > 0 and np.allclose(steps, steps[0], rtol=1e-6, atol=0):
        return "evenly spaced, as years and wavelengths are"
    if whole and ((steps > 0).all() or (steps < 0).all()) and values.min() >= 1500 and values.max() <= 2200:
        return "years, it seems"
    texts = [cell.strip() for cell in cells]
    if any(_is_numbered(text, texts[:k]) for k, text in enumerate(texts)):
        return "pandas writes 1, 1.1, 1.2 for a name that comes again"
    if not all(re.fullmatch(r"-?\d+", text) for text in texts) or len(set(texts)) < len(texts):
        return ""
    decimal = [_are_decimals([row[k] for row in below if k < len(row)]) for k in range(len(texts))]
    if all(decimal) or (any(decimal) and len(below) > 2):
        return "whole numbers above decimals"
    if len(cells) > 3 and (steps > 0).all():
        return "whole numbers in order, as of columns that were picked out"
    if _is_far_from(values, below):
        return "far from all numbers below"
    return ""


def _is_far_from(values: np.ndarray, below: Sequence[Sequence[str]]) -> bool:
    """Return whether each value is farther from the values below it than these are from each other."""
    if len(below) < FEW_BELOW or not all(len(row) == len(values) and all(map(is_number, row)) for row in below):
        return False
    table = np.array([list(map(float, row)) for row in below])
    low, high = table.min(axis=0), table.max(axis=0)
    return bool((np.maximum(low - values, values - high) > high - low).all())


def _is_numbered(text: str, before: Sequence[str]) -> bool:
    """Return whether pandas would write a repeated name in this way: 5, 5.1, 5.2 for 5, 5, 5."""
    found = re.fullmatch(r"(\d+)\.([1-9]\d*)", text)
    if not found:
        return False
    sooner = found[1] if found[2] == "1" else f"{found[1]}.{int(found[2]) - 1}"
    return found[1] in before and sooner in before


def _are_decimals(column: Sequence[str]) -> bool:
    return all(re.search("[.eE]", cell) for cell in column)
