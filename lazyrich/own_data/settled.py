"""Decide which parts of a file are names, samples and row numbers, and describe the decisions.

    given, taken = settled(given, first_line="ask", row_numbers="drop")

A doubtful case is rejected with the setting that decides it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lazyrich.own_data.given import BadData, Given
from lazyrich.own_data.row_numbers import named_so
from lazyrich.own_data.wrong_cell import explain, is_number

OUTPUTS = frozenset({"y", "target", "targets", "output", "outputs", "response", "label", "labels"})
"""Usual names of the output column, in lower case."""

MAX_NAMED = 6
"""Largest number of inputs that are all named; of more, the first and the last ones are."""


def settled(given: Given, first_line: str, row_numbers: str) -> tuple[Given, str]:
    """Decide which parts of a file are names, samples and row numbers.

    Args:
        given: Content of the file.
        first_line: "names" or "sample" for a first line of numbers, "ask" to decide only if there is no doubt.
        row_numbers: "drop" or "keep" for columns that look like row numbers, "ask" to reject them.

    Returns:
        The content with samples and inputs only, and the decisions in words.

    Raises:
        BadData: For a doubtful case, with the setting that decides it.
    """
    given = _with_first_line(given, first_line)
    doubtful = sorted({*named_so(given.names), *given.counting})
    if doubtful and row_numbers == "ask":
        raise BadData(_in_doubt(given, doubtful[0]))
    dropped = doubtful if row_numbers == "drop" else []
    columns = [k for k in range(given.X.shape[1] + 1) if k not in dropped]
    if len(columns) < 2:
        raise BadData(f"{given.name} has no input beside its row numbers: add one, or set `row_numbers` to keep.")
    _check_output(given, columns)
    return _with_columns(given, columns), _taken(given, columns, dropped)


def may_be_row_numbers(given: Given) -> bool:
    """Return whether a column may hold row numbers, for either reading of the first line."""
    names = given.names or (given.first.cells if given.first else ())
    return bool(given.counting or named_so(names))


def _with_first_line(given: Given, first_line: str) -> Given:
    first = given.first
    if first is None:
        if first_line == "sample" and given.names:
            raise BadData(
                f"{given.name}, line {given.names_line}: words are names, no sample: set `first_line` to ask or names."
            )
        return given
    if first.doubt and first_line == "ask" and first.numbers is None:
        column = next(k for k, cell in enumerate(first.cells) if not is_number(cell))
        raise BadData(
            f"{given.name}, line {first.line}: {shown_name(first.cells[column])!r} in column {column + 1} is not a "
            "number, but other columns have one: set `first_line` to names if the line is names, or write a number."
        )
    if first.doubt and first_line == "ask":
        few = ",".join(cell.strip()[:20] for cell in first.cells[:4]) + (",…" if len(first.cells) > 4 else "")
        raise BadData(
            f"{given.name}, line {first.line}: {few} may be names or a sample ({first.doubt}): set `first_line` to "
            "names or to sample."
        )
    if first_line == "names":
        rest: dict[str, Any] = {} if first.doubt else {"X": given.X[1:], "y": given.y[1:]}
        if not len(rest.get("X", given.X)):
            raise BadData(f"{given.name} has a line of names and no rows: give a row x1, x2, ..., y for each sample.")
        return replace(given, **rest, names=tuple(map(shown_name, first.cells)), names_line=first.line, first=None)
    if not first.doubt:
        return given
    if first.numbers is None:
        column = next(k for k, cell in enumerate(first.cells) if not is_number(cell))
        reason = explain(first.cells[column]).format(column=column + 1)
        raise BadData(f"{given.name}, line {first.line}: {reason}")
    return replace(given, X=np.vstack([first.numbers[:-1], given.X]), y=np.append(first.numbers[-1], given.y))


def _in_doubt(given: Given, column: int) -> str:
    if column in given.counting:
        numbers = given.X[:3, column] if column < given.X.shape[1] else given.y[:3]
        looks = f"counts {', '.join(f'{number:g}' for number in numbers)}, … as row numbers do"
    elif not given.names[column]:
        looks = "has no name, so it holds row numbers"
    else:
        looks = "holds row numbers by its name"
    where = "the first column" if not column and given.names and not given.names[0] else _label(given, column)
    return (
        f"{given.name}: {where} {looks}, which are no input: leave that column out, or set `row_numbers` to drop, or "
        "to keep if it is an input."
    )


def _check_output(given: Given, columns: Sequence[int]) -> None:
    lower = [name.lower() for name in given.names]
    meant = [k for k in columns if given.names and lower[k] in OUTPUTS]
    if meant and columns[-1] not in meant:
        raise BadData(
            f"{given.name}: {_label(given, meant[0])} is the output by its name, and the last column, "
            f"{given.names[columns[-1]] or columns[-1] + 1}, is read as the output: move one to the end, or rename it."
        )


def _with_columns(given: Given, columns: Sequence[int]) -> Given:
    if len(columns) > given.X.shape[1]:
        return given
    kept: dict[str, Any] = {}
    for inputs, output in (("X", "y"), ("X_test", "y_test")):
        if getattr(given, inputs) is not None:
            table = np.column_stack([getattr(given, inputs), getattr(given, output)])[:, columns]
            kept |= {inputs: table[:, :-1], output: table[:, -1]}
    return replace(given, **kept)


def _taken(given: Given, columns: Sequence[int], dropped: Sequence[int]) -> str:
    """Describe which parts were taken for names, inputs and output; empty for numbers without a file."""
    if not given.source:
        return ""
    left = [f"{_label(given, column)} left out as row numbers" for column in dropped]
    if given.source == "archive":
        return "; ".join(["inputs from X", "output from y", *left])
    if given.names:
        names = [given.names[k] or f"column {k + 1}" for k in columns]
        parts = [f"names from line {given.names_line}", f"inputs {_few(names[:-1])}", f"output {names[-1]}"]
    else:
        numbers = [str(k + 1) for k in columns]
        first, last = columns[0] + 1, columns[-2] + 1
        run = last - first == len(columns) - 2 and last > first + 1
        inputs = f"{first} to {last}" if run else _few(numbers[:-1])
        many = "s" if len(columns) > 2 else ""
        parts = ["no line of names", f"input{many} column{many} {inputs}", f"output column {numbers[-1]}"]
    return "; ".join([*parts, *left])


def _label(given: Given, column: int) -> str:
    name = given.names[column] if given.names else ""
    where = f"column {column + 1}" + (" of X" if given.source == "archive" else "")
    return f"{where} ({name})" if name else where


def _few(names: Sequence[str]) -> str:
    if len(names) <= MAX_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[: MAX_NAMED // 2])}, … {names[-1]}"


def shown_name(cell: str) -> str:
    """Return the name in a cell as printable text in one line of at most 40 characters."""
    return "".join(filter(str.isprintable, " ".join(cell.split())))[:40]
