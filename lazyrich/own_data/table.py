"""Numbers from CSV: a row a sample, the last column is its output, names on top or not."""

from __future__ import annotations

import csv
import io
import re
from array import array
from typing import TYPE_CHECKING

import numpy as np

from lazyrich.own_data.data import BadData, Given

if TYPE_CHECKING:
    from lazyrich.own_data.reading import Bounds

_SEPARATORS = ("\t", ";", ",")
"""The first of these in the first line separates the columns: a comma beside one of the others is a decimal comma."""

_ROW = "x1, x2, ..., y"


def read_table(name: str, content: bytes, bounds: Bounds) -> Given:
    """The numbers of a CSV. Raises BadData with the line that cannot be used."""
    strict = _strict(_text(name, content))
    first = next((line for line in _lines(content, newline=None) if line.strip()), "")
    if not first:
        raise BadData(f"{name} is empty: give a row {_ROW} for each sample.")
    bare = re.sub(r'"[^"]*"', "", first)
    separator = next((one for one in _SEPARATORS if one in bare), None)
    if separator is None:
        raise BadData(
            f"{name} has one column, as there is no comma, semicolon or tab in its first line; at least two are "
            f"needed: give a row {_ROW} for each sample."
        )
    numbers, lines, columns, names = array("d"), array("L"), 0, False
    reader = csv.reader(_lines(content, newline=""), delimiter=separator, strict=True)
    try:
        for cells in reader:
            if not cells or (len(cells) == 1 and not cells[0].strip()):
                continue
            line = reader.line_num
            if not columns:
                columns = len(cells)
                bounds.check_columns(name, columns - 1)
                if not any(map(_is_number, cells)):
                    _check_names(name, cells)
                    names = True
                    continue
            if len(cells) != columns:
                others = "the line of names has" if names and not lines else "those above have"
                raise BadData(
                    f"{name}, line {line}: {len(cells)} columns, and {others} {columns}: every row is {_ROW}, with as "
                    "many columns as the first."
                )
            try:
                if strict and not all(map(_is_number, cells)):
                    raise ValueError
                numbers.extend(map(float, cells))
            except ValueError:
                raise BadData(f"{name}, line {line}: {_wrong_cell(cells, separator)}") from None
            lines.append(line)
            bounds.check_rows(name, len(lines), columns)
    except csv.Error as error:
        raise BadData(
            f"{name}, line {reader.line_num}: it cannot be read as CSV ({error}): check its quotation marks."
        ) from None
    if not lines:
        raise BadData(f"{name} has a line of names and no rows: give a row {_ROW} for each sample.")
    table = np.frombuffer(numbers, dtype=np.float64).reshape(len(lines), columns)
    if not np.isfinite(table).all():
        row, column = np.argwhere(~np.isfinite(table))[0]
        raise BadData(
            f"{name}, line {lines[row]}: {table[row, column]:g} in column {column + 1}; only finite numbers can be "
            "trained on: fill it in or leave the row out."
        )
    return Given(name, table[:, :-1], table[:, -1])


def _lines(content: bytes, newline: str | None) -> io.TextIOWrapper:
    """The lines, decoded one by one: a large file as one text would take several times its bytes."""
    return io.TextIOWrapper(io.BytesIO(content), "utf-8-sig", newline=newline)


def _strict(text: str) -> bool:
    """Whether each cell has to be looked at: float() reads what a table does not mean, 1_000 and other scripts'
    digits."""
    return "_" in text or not text.isascii()


def _text(name: str, content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise BadData(f"{name} is text in UTF-16; UTF-8 can be read: save it as UTF-8.")
    if content[:4] == b"PK\x03\x04":
        raise BadData(f"{name} is a zip archive, such as a spreadsheet; CSV is plain text: export it as CSV.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadData(f"{name}, line {line}: this is not text in UTF-8: save the file as UTF-8.") from None
    if "\0" in text:
        raise BadData(f"{name} holds binary data; CSV is plain text: export it as CSV.")
    return text


def _is_number(cell: str) -> bool:
    if "_" in cell or not cell.isascii():
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _check_names(name: str, cells: list[str]) -> None:
    if not cells[0].strip():
        raise BadData(
            f"{name}: the first column has no name, so it holds row numbers, which are no input: leave that column "
            "out, or name it if it is one."
        )


def _wrong_cell(cells: list[str], separator: str) -> str:
    column = next(place for place, cell in enumerate(cells) if not _is_number(cell))
    cell = cells[column].strip()
    where = f"in column {column + 1}"
    if not cell:
        return f"nothing {where}; every row has a number in each column: fill it in or leave the row out."
    given = repr(cell if len(cell) <= 40 else cell[:40] + "…")
    if separator != "," and re.fullmatch(r"[+-]?\d*,\d+", cell):
        return f"{given} {where}; numbers have a decimal point: write {cell.replace(',', '.')}."
    return f"{given} {where} is not a number: leave columns of text out, or write them as numbers."
