"""CSV: what was written is what is read, with pandas as the oracle, and every kind of bad file gets one sentence."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lazyrich.own_data import BadData, Bounds, parse

BOUNDS = Bounds((1, 40), (2, 6), 20, 4000)

tables = arrays(
    np.float64,
    st.tuples(st.integers(1, 8), st.integers(2, 6)),
    elements=st.floats(allow_nan=False, allow_infinity=False, width=64),
)


@given(tables, st.sampled_from([",", ";", "\t"]), st.booleans(), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans())
def test_tables_written_by_pandas_are_read_to_the_last_bit(table, separator, names, ends, bom):
    frame = pd.DataFrame(table, columns=[f"naïve_{k}" for k in range(table.shape[1])])
    text = frame.to_csv(index=False, header=names, sep=separator, lineterminator=ends)
    read = parse("t.csv", text.encode("utf-8-sig" if bom else "utf-8"), BOUNDS)
    np.testing.assert_array_equal(np.column_stack([read.X, read.y]), table)
    assert not read.X.flags.writeable


@given(st.binary(max_size=60) | st.text("0123456789.,;\t\n\r\"'e-+ naif_\0é", max_size=60).map(str.encode))
def test_any_bytes_are_read_as_pandas_reads_them_or_refused_in_one_sentence(content):
    try:
        read = parse("t.csv", content, BOUNDS)
    except BadData as refusal:
        assert str(refusal).startswith("t.csv") and str(refusal).endswith(".") and "\n" not in str(refusal)
        return
    text = content.decode("utf-8-sig")
    first = next(line for line in text.splitlines() if line.strip())
    separator = next(one for one in "\t;," if one in first)
    frame = pd.read_csv(io.StringIO(text, newline=""), sep=separator, header=None, dtype=str, skip_blank_lines=True)
    numbers = frame.iloc[len(frame) - len(read.X) :].astype(float)
    np.testing.assert_array_equal(np.column_stack([read.X, read.y]), numbers)


@pytest.mark.parametrize(
    ("content", "beginning"),
    [
        (b"", "t.csv is empty: give a row x1, x2, ..., y for each sample."),
        (b" \n\n", "t.csv is empty: give a row"),
        (b'sep=,\n""\n', "t.csv is empty: give a row"),
        (b"a;b;y\n1,5;2,5;3,5\n", "t.csv, line 2: '1,5' in column 1; numbers have a decimal point: write 1.5."),
        (b"x1,x2,y\n", "t.csv has a line of names and no rows: give a row"),
        (b"1\n2\n", "t.csv has one column, as there is no comma, semicolon or tab in its first line; at least two"),
        (b"1 2 3\n4 5 6\n", "t.csv has one column"),
        (b"a,b,y\n1,2,3\n4,5,six\n", "t.csv, line 3: 'six' in column 3 is not a number: leave columns of text out"),
        (b"a,b,y\n\n1,2,3\n4,,6\n", "t.csv, line 4: nothing in column 2; every row has a number in each column"),
        (b"1,2,3\n4,5\n", "t.csv, line 2: 2 columns, and those above have 3: every row is x1, x2, ..., y"),
        (b"a,b\n1,2,3\n", "t.csv, line 2: 3 columns, and the line of names has 2"),
        (b"1,b,3\n4,5,6\n", "t.csv, line 1: 'b' in column 2 is not a number"),
        (b",a,y\n0,2,3\n", "t.csv: the first column has no name, so it holds row numbers"),
        (b"1;2;3\n4;5,25;6\n", "t.csv, line 2: '5,25' in column 2; numbers have a decimal point: write 5.25."),
        (b"a,y\n1_000,2\n", "t.csv, line 2: '1_000' in column 1 is not a number"),
        ("a,y\n−1,2\n".encode(), "t.csv, line 2: '−1' in column 1 is not a number"),
        (b"1,2\nnan,3\n", "t.csv, line 2: nan in column 1; only finite numbers can be trained on"),
        (b"1,2\n3,1e999\n", "t.csv, line 2: inf in column 2; only finite"),
        (b'1,2\n3,"4\n', "t.csv, line 2: it cannot be read as CSV (unexpected end of data): check its"),
        ("ä;y\n1;2\n".encode("latin-1"), "t.csv, line 1: this is not text in UTF-8: save the file as UTF-8."),
        ("1,2\n".encode("utf-16"), "t.csv is text in UTF-16; UTF-8 can be read: save it as UTF-8."),
        (b"PK\x03\x04....", "t.csv is a zip archive, such as a spreadsheet; CSV is plain text: export it as CSV."),
        (b"1,2\n\0,3", "t.csv holds binary data; CSV is plain text"),
        (b"1,2,3,4,5,6,7,8\n", "t.csv has 7 inputs; 2 to 6 are allowed: leave columns out."),
        (b"1,2\n" * 61, "t.csv has more than 60 rows; 1 to 40 to train on and up to 20 held out are allowed"),
        (b"0" * 4001, "t.csv has 0.004 MB; 0.004 MB are allowed: give fewer rows."),
    ],
)  # fmt: skip
def test_an_invalid_table_is_refused_with_the_place_and_the_remedy(content, beginning):
    with pytest.raises(BadData) as caught:
        parse("t.csv", content, BOUNDS)
    assert str(caught.value).startswith(beginning)


def test_numbers_may_take_no_more_memory_than_the_file_may():
    with pytest.raises(BadData, match=r"t.csv has more than 12 numbers, which is all that 0.0001 MB hold"):
        parse("t.csv", b"1,2,3\n" * 5, Bounds((1, 40), (2, 6), 20, 100))


def test_a_file_of_another_kind_is_refused_with_the_readable_kinds():
    with pytest.raises(BadData, match=r"t.xlsx must end in .csv, .npz, .tsv, .txt"):
        parse("t.xlsx", b"", BOUNDS)
