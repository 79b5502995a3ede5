"""Read numbers from CSV: a row for each sample, its output in the last column, with or without a line of names."""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from lazyrich.own_data.first_line import LOOK_BELOW, FirstLine, doubt, is_names
from lazyrich.own_data.given import BadData, Given
from lazyrich.own_data.lines import Lines, decoded
from lazyrich.own_data.row_numbers import counting
from lazyrich.own_data.settled import shown_name
from lazyrich.own_data.wrong_cell import explain, is_missing, is_number

if TYPE_CHECKING:
    from lazyrich.own_data.reading import Bounds

_SEPARATORS = ("\t", ";", ",")
"""Separators by priority: a comma in a line with one of the others is a decimal comma."""

_MARKS = {"\t": "tabs", ";": "semicolons", ",": "commas", " ": "spaces"}

_ROW = "x1, x2, ..., y"

_Row = tuple[int, list[str]]
"""A line of the file, from 1, and its cells."""


def read_table(name: str, content: bytes, bounds: Bounds) -> Given:
    """Read the numbers of a CSV.

    Args:
        name: Name of the file, for messages.
        content: Bytes of the file.
        bounds: Limits of its content.

    Returns:
        The numbers, the names of the columns, and doubtful parts.

    Raises:
        BadData: If a line is invalid, with its number, a description and advice.
    """
    strict = _strict(decoded(name, content))
    lines = Lines(content)
    separator = _separator(name, lines)
    rows = _rows(name, lines, separator)
    first = next(rows, None)
    if first is None:
        raise BadData(f"{name} is empty: give a row {_ROW} for each sample.")
    quoted = lines.quoted()
    below = list(islice(rows, LOOK_BELOW))
    quoted = quoted and not lines.quoted()
    cells_below = [cells for _, cells in below]
    bounds.check_columns(name, len(first[1]) - 1)
    _check_ends(name, separator, [first[1], *cells_below])

    names: tuple[str, ...] = ()
    names_line, start = 0, None
    if is_names(first[1], quoted, cells_below):
        names, names_line = tuple(map(shown_name, first[1])), first[0]
        _check_names(name, names, below)
    elif all(map(is_number, first[1])) or doubt(first[1], cells_below):
        whole = all(map(is_number, first[1]))
        numbers = np.array(list(map(float, first[1]))) if whole else None
        start = FirstLine(first[0], tuple(first[1]), numbers, doubt(first[1], cells_below))
    commented = _names_in_comment(lines, separator, len(first[1]))
    if commented and not names:
        names, names_line, start = tuple(map(shown_name, commented[1])), commented[0], None
    beside = first[0] == names_line or bool(start and start.doubt)
    rows = chain([] if beside else [first], below, rows)

    numbers_read, places = array("d"), array("L")
    columns = len(first[1])
    for line, cells in rows:
        if len(cells) != columns:
            others = "the line of names has" if names and not places else "those above have"
            many = f"{len(cells)} column{'' if len(cells) == 1 else 's'}"
            raise BadData(
                f"{name}, line {line}: {many}, and {others} {columns}: "
                + _other_length(cells, columns, separator, bool(names) and not places)
            )
        try:
            if strict and not all(map(is_number, cells)):
                raise ValueError
            numbers_read.extend(map(float, cells))
        except ValueError:
            raise BadData(f"{name}, line {line}: {_wrong(cells, names or first[1], line == first[0])}") from None
        places.append(line)
        bounds.check_rows(name, len(places) + bool(start and start.doubt), columns)
    if not places:
        raise BadData(f"{name} has a line of names and no rows: give a row {_ROW} for each sample.")
    table = np.frombuffer(numbers_read, dtype=np.float64).reshape(len(places), columns)
    if not np.isfinite(table).all():
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise BadData(
            f"{name}, line {places[row]}: {table[row, column]:g} in column {column + 1}; only finite numbers can be "
            "trained on: fill it in or leave the row out."
        )
    ignored = (f"{lines.comments} line{'s' if lines.comments > 1 else ''} of comments",) if lines.comments else ()
    return Given(
        name, table[:, :-1], table[:, -1],
        ignored=ignored, source="table", names=names, names_line=names_line, first=start,
        counting=tuple(counting(table)),
    )  # fmt: skip


def _strict(text: str) -> bool:
    """Return whether each cell must be checked separately.

    float() accepts texts that are no numbers of a table, such as 1_000 and the digits of other scripts.
    """
    return "_" in text or not text.isascii()


def _separator(name: str, lines: Lines) -> str:
    """Return the separator of the columns. Raise BadData if there is none or an unknown one."""
    first, later = lines.first()
    if not first:
        raise BadData(f"{name} is empty: give a row {_ROW} for each sample.")
    if lines.separator:
        if lines.separator not in _SEPARATORS:
            raise BadData(
                f"{name} says that {lines.separator!r} separates its columns; comma, semicolon and tab can be read: "
                "write it with one of these."
            )
        return lines.separator
    found = next((one for one in _SEPARATORS if one in _bare(first)), None)
    if found:
        return found
    one = f"{name} has one column, as there is no comma, semicolon or tab in its first line"
    shown = repr(first.strip()[:40])
    if any(one_of in _bare(line) for line in later for one_of in _SEPARATORS) and not is_number(first.strip()):
        raise BadData(f"{one}, {shown}, which may be a title: delete what stands above the table.")
    for mark, word in (("|", "'|'"), (":", "colons")):
        if mark in first and all(mark in line for line in later):
            raise BadData(f"{one}, but {word}: separate the columns by commas.")
    if len(first.split()) > 1:
        raise BadData(
            f"{one}, but spaces: separate the columns by commas, such as with numpy.savetxt(file, table, "
            'delimiter=",").'
        )
    raise BadData(f"{one}; at least two are needed: give a row {_ROW} for each sample.")


def _bare(line: str) -> str:
    """Return a line without quoted text and without tabs that only pad cells between other separators."""
    return re.sub(r"([,;])\s*\t", r"\1", re.sub(r'"[^"]*"', "", line))


def _rows(name: str, lines: Lines, separator: str) -> Iterator[_Row]:
    """Yield the rows that are not empty."""
    # quoted text may follow a space: "x1", "x2"
    reader = csv.reader(lines, delimiter=separator, strict=True, skipinitialspace=True)
    try:
        for cells in reader:
            if cells and (len(cells) > 1 or cells[0].strip()):
                yield reader.line_num, cells
    except csv.Error as error:
        raise BadData(
            f"{name}, line {reader.line_num}: it cannot be read as CSV ({error}): check its quotation marks."
        ) from None


def _names_in_comment(lines: Lines, separator: str, columns: int) -> tuple[int, list[str]] | None:
    """Return line and cells of the last comment above the table if it holds names, as numpy.savetxt writes them."""
    line, text = lines.last_comment
    cells = next(csv.reader([text.lstrip("#").strip()], delimiter=separator), [])
    if len(cells) == columns and not any(map(is_number, cells)):
        return line, cells
    return None


def _check_names(name: str, names: Sequence[str], below: Sequence[_Row]) -> None:
    """Raise BadData for names on several lines, or for a repeated name."""
    if below:
        line, cells = below[0]
        if len(cells) == len(names) and not any(map(is_number, cells)) and not all(map(is_missing, cells)):
            kept = [cell for cell in cells if not is_missing(cell)]
            if kept and explain(kept[0]).endswith("or write them as numbers."):
                raise BadData(
                    f"{name}, line {line}: {kept[0].strip()[:40]!r} is a word below a line of words: "
                    "leave one line of names above the numbers."
                )
    twice = next((given for k, given in enumerate(names) if given and given in names[:k]), None)
    if twice is not None:
        raise BadData(
            f"{name} has two columns of the name {twice}, as tables have whose names stand on two lines: give each "
            "column a name of its own, in one line."
        )


def _check_ends(name: str, separator: str, rows: Sequence[Sequence[str]]) -> None:
    """Raise BadData if every line ends in a separator."""
    if len(rows) > 1 and all(len(cells) > 2 and not cells[-1].strip() for cells in rows):
        mark = {"\t": "a tab", ";": "a semicolon", ",": "a comma"}[separator]
        raise BadData(f"{name}: every line ends in {mark}, which makes a last column with nothing in it: delete it.")


def _other_length(cells: Sequence[str], columns: int, separator: str, under_names: bool) -> str:
    """Describe a row with more or fewer cells than the first, with advice."""
    if len(cells) == 1 and (other := _other_separator(cells[0], separator)):
        return f"{other} separate its columns, and {_MARKS[separator]} those of the first line: take one of them."
    if len(cells) == 1:
        return f"{cells[0].strip()[:40]!r} is no row of the table: delete what stands below or between its rows."
    if len(cells) == columns + 1 and not cells[-1].strip():
        return "it ends in a separator: delete that, or give every line the same number of columns."
    if under_names and len(cells) == columns + 1:
        return "R writes row names so: write it with row.names=FALSE, or leave the column of row names out."
    if separator == "," and len(cells) == 2 * columns:
        return "decimal commas make two columns of one: write decimal points, or separate the columns by semicolons."
    return f"every row is {_ROW}, with as many columns as the first."


def _other_separator(line: str, separator: str) -> str:
    """Name the character that separates the numbers of a line without a known separator; empty if there is none."""
    for mark, word in _MARKS.items():
        if mark != separator and len(parts := line.split(mark)) > 1 and all(map(is_number, parts)):
            return word
    return ""


def _wrong(cells: Sequence[str], names: Sequence[str], is_first: bool) -> str:
    column = next(place for place, cell in enumerate(cells) if not is_number(cell))
    stripped = [cell.strip() for cell in cells]
    if not is_first and any(stripped) and stripped == [cell.strip() for cell in names]:
        return "the line of names stands here again: delete it."
    return explain(cells[column]).format(column=column + 1)
