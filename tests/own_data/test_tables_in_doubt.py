"""CSV files that can be read in two ways: the user decides, and the page states the decision."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from lazyrich.own_data import BadData, Preparation, parse, prepare
from tests.own_data.tables import BOUNDS, NAMED, RANDOM, REAL, WHOLE, pandas, r, refusal, savetxt

INTS = [3, 7, 12]
COUNTS = np.hstack([WHOLE, WHOLE[:, ::-1]])[:, :4].astype(int)
NAMES_OR_SAMPLE = {
    "pandas' names of an array": (pandas(REAL, index=False), REAL),
    "of whole numbers": (pandas(WHOLE, index=False), WHOLE),
    "of two columns": (pandas(REAL[:, 1:], index=False), REAL[:, 1:]),
    "of many": (pandas(RANDOM.normal(size=(5, 20)), index=False), None),
    "with everything in quotes": (pandas(REAL, index=False, quoting=csv.QUOTE_ALL), REAL),
    "from 1": (pandas(WHOLE, [1, 2, 3], index=False), WHOLE),
    "as decimals": (pandas(REAL, [0.0, 1.0, 2.0], index=False), REAL),
    "years": (pandas(WHOLE, [1990, 1991, 1992], index=False), WHOLE),
    "every fifth year": (pandas(WHOLE, [1990, 1995, 2000], index=False), WHOLE),
    "some years": (pandas(WHOLE, [1990, 1994, 2003], index=False), WHOLE),
    "wavelengths": (pandas(WHOLE, [400.0, 402.5, 405.0], index=False), WHOLE),
    "a grid": (pandas(WHOLE, [0.1, 0.2, 0.3], index=False), WHOLE),
    "picked columns": (pandas(REAL, INTS, index=False), REAL),
    "picked columns of whole numbers": (pandas(np.hstack([WHOLE, WHOLE]), [3, 7, 12, 20, 21, 40], index=False), None),
    "picked columns above whole numbers": (pandas(COUNTS, [3, 7, 12, 20], index=False), COUNTS),
    "far from all numbers below": (pandas(COUNTS[:, :3], [900, -500, 700], index=False), COUNTS[:, :3]),
    "counted twice by pandas": (b"1,1.1,1.2\n5,6,3\n7,8,4\n", [[5, 6, 3], [7, 8, 4]]),
    "counted twice, others beside": (b"5,0,0.1\n5,6,3\n7,8,4\n", [[5, 6, 3], [7, 8, 4]]),
    "numbers and a word": (pandas(REAL, [0, 1, "y"], index=False), REAL),
    "a word and years": (pandas(WHOLE, ["a", 1990, 1991], index=False), WHOLE),
    "1,2 of two columns": (pandas(WHOLE[:, 1:], [1, 2], index=False), WHOLE[:, 1:]),
    "above zeros and ones": (pandas(WHOLE % 2, [20, 40, 31], index=False), WHOLE % 2),
    "years downwards": (pandas(WHOLE, [2003, 1994, 1990], index=False), WHOLE),
}
"""Files whose first line may be names or a sample, and the table below it."""

ROW_NUMBERS = {
    "pandas": pandas(REAL, NAMED),
    "pandas, from a part of a table": pandas(REAL, NAMED, rows=RANDOM.permutation(99)[:12]),
    "pandas, read and written again": pandas(REAL, NAMED).replace(b",x1", b"Unnamed: 0,x1", 1),
    "pandas, index label": pandas(REAL, NAMED, index_label="index"),
    "pandas, names of an array": pandas(REAL),
    "pandas, whole numbers": pandas(WHOLE),
    "pandas, no names": pandas(REAL, header=False),
    "pandas, from 100": pandas(REAL, header=False, rows=range(100, 112)),
    "pandas, as decimals": pandas(REAL, NAMED, rows=np.arange(12.0), index_label="n"),
    "pandas, everything in quotes": pandas(REAL, NAMED, quoting=csv.QUOTE_ALL),
    "R": r(REAL),
    "R, read and written again": r(REAL).replace(b'""', b'"X"', 1),
    "id": pandas(REAL, NAMED, rows=RANDOM.permutation(12), index_label="ID"),
    "row_nr": pandas(REAL, NAMED, index_label="row_nr"),
    "rownames": pandas(REAL, NAMED, index_label="rownames"),
    "a name of its own": pandas(REAL, NAMED, rows=range(1, 13), index_label="No."),
    "readr": pandas(REAL, NAMED, rows=RANDOM.permutation(12), index_label="...1"),
    "tab": pandas(REAL, NAMED, sep="\t"),
    "semicolon and sep": b"sep=;\n" + pandas(REAL, NAMED, sep=";"),
}
"""Files whose first column is row numbers, of the table REAL or WHOLE."""


def settled(content: bytes, **decided: str) -> np.ndarray:
    """Return the whole table, inputs and output, as read with these decisions."""
    data = prepare(parse("t.csv", content, BOUNDS, in_doubt=True), Preparation(held_out=0, **decided))
    return np.column_stack([data.X, data.y])


@pytest.mark.parametrize(("content", "table"), NAMES_OR_SAMPLE.values(), ids=NAMES_OR_SAMPLE)
def test_an_ambiguous_first_line_of_numbers_needs_a_decision(content, table):
    message = refusal(content)
    assert "line 1" in message and "first_line to names" in message
    first = next(csv.reader([content.decode().splitlines()[0]]))
    read = settled(content, first_line="names")
    if table is not None:
        np.testing.assert_array_equal(read, table)
    if "is not a number" not in message:
        both = settled(content, first_line="sample")
        np.testing.assert_array_equal(both, np.vstack([list(map(float, first)), read]))
    else:
        with pytest.raises(BadData, match=r"line 1: '\w' in column \d is"):
            settled(content, first_line="sample")


@pytest.mark.parametrize("content", ROW_NUMBERS.values(), ids=ROW_NUMBERS)
def test_row_numbers_are_no_input_without_a_decision(content):
    message = refusal(content)
    assert "row_numbers to drop" in message and ("column 1" in message or "first column" in message)
    table = WHOLE if content == pandas(WHOLE) else REAL
    np.testing.assert_array_equal(settled(content, row_numbers="drop"), table)
    kept = settled(content, row_numbers="keep")
    np.testing.assert_array_equal(kept[:, 1:], table)
    assert kept.shape == (12, 4)


@pytest.mark.parametrize(
    ("content", "decided", "words"),
    [
        (pandas(REAL, NAMED, index=False), {}, "names from line 1; inputs x1, x2; output y"),
        (pandas(REAL, header=False, index=False), {}, "no line of names; inputs columns 1, 2; output column 3"),
        (pandas(REAL[:, 1:], header=False, index=False), {}, "no line of names; input column 1; output column 2"),
        (savetxt(REAL, delimiter=",", header="from Bern\na,b,c"), {}, "names from line 2; inputs a, b; output c"),
        (b"\n\n" + pandas(REAL, NAMED, index=False), {}, "names from line 3; inputs x1, x2; output y"),
        (pandas(REAL, index=False), {"first_line": "names"}, "names from line 1; inputs 0, 1; output 2"),
        (
            pandas(REAL, index=False),
            {"first_line": "sample"},
            "no line of names; inputs columns 1, 2; output column 3",
        ),
        (pandas(REAL, NAMED), {"row_numbers": "drop"}, "inputs x1, x2; output y; column 1 left out as row numbers"),
        (
            pandas(REAL, header=False),
            {"row_numbers": "drop"},
            "no line of names; inputs columns 2, 3; output column 4; column 1 left out as row numbers",
        ),
        (
            pandas(REAL, NAMED, index_label="id"),
            {"row_numbers": "keep"},
            "names from line 1; inputs id, x1, x2; output y",
        ),
        (
            pandas(np.hstack([REAL] * 3), [*"abcdefgh", "y"], index=False),
            {},
            "names from line 1; inputs a, b, c, … h; output y",
        ),
        (b"5,3,1\n0,1,2\n1,2,9\n", {"first_line": "names"}, "names from line 1; inputs 5, 3; output 1"),
        (b"a\x07,b\x1b[31m,<y>\n1,2,3\n", {}, "names from line 1; inputs a, b[31m; output <y>"),
    ],
)
def test_the_page_names_the_lines_and_columns_read_as_names_inputs_and_output(content, decided, words):
    data = prepare(parse("t.csv", content, BOUNDS, in_doubt=True), Preparation(**decided))
    assert data.words.endswith(f"; {words}") or data.words.endswith(words)


def test_skipped_comments_are_reported_and_invalid_decisions_refused():
    data = prepare(parse("t.csv", b"# a\nx,y\n1,2\n# b\n4,3\n", BOUNDS))
    assert data.notes == "Not read: 2 lines of comments."
    with pytest.raises(BadData, match=r"line 1: words are names"):
        settled(pandas(REAL, NAMED, index=False), first_line="sample")
    with pytest.raises(BadData, match="no rows"):
        settled(b"5,3\n", first_line="names")
    with pytest.raises(BadData, match="no input beside its row numbers"):
        settled(b"index,y\n1,2\n2,2\n3,2\n", row_numbers="drop")
