"""CSV files of many origins: from pandas, R, numpy, polars and Excel with their options, and typed by hand.

Every file is either read as the intended numbers, or refused in one sentence that names the reason.
"""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from lazyrich.own_data import BadData, Given, parse, prepare
from tests.own_data.tables import BOUNDS, NAMED, REAL, WHOLE, cell, pandas, r, refusal, rows, savetxt

READ = {
    "pandas, names": (pandas(REAL, NAMED, index=False), REAL),
    "pandas, names, whole numbers": (pandas(WHOLE, NAMED, index=False), WHOLE),
    "pandas, no names": (pandas(REAL, header=False, index=False), REAL),
    "pandas, tab": (pandas(REAL, NAMED, index=False, sep="\t"), REAL),
    "pandas, everything in quotes": (pandas(REAL, NAMED, index=False, quoting=csv.QUOTE_ALL), REAL),
    "pandas, words in quotes": (pandas(REAL, NAMED, index=False, quoting=csv.QUOTE_NONNUMERIC), REAL),
    "pandas, 0,1,2 in quotes": (pandas(REAL, ["0", "1", "2"], index=False, quoting=csv.QUOTE_NONNUMERIC), REAL),
    "pandas, years in quotes": (pandas(WHOLE, ["1990", "1991", "1992"], index=False, quoting=2), WHOLE),
    "pandas, float format": (pandas(REAL, NAMED, index=False, float_format="%.3e"), REAL),
    "pandas, Windows": (pandas(REAL, NAMED, index=False, lineterminator="\r\n"), REAL),
    "pandas, old Mac": (pandas(REAL, NAMED, index=False, lineterminator="\r"), REAL),
    "byte order mark": (b"\xef\xbb\xbf" + pandas(REAL, NAMED, index=False), REAL),
    "names of many scripts": (pandas(REAL, ["größe", "温度", "η₁"], index=False), REAL),
    "names with commas": (pandas(REAL, ["a, b", 'c "d"', "y"], index=False), REAL),
    "R without row names": (r(REAL, rows=False), REAL),
    "R, numbers for names in quotes": (r(WHOLE, names=("0", "1", "2"), rows=False), WHOLE),
    "R, write.csv2 of whole numbers": (r(WHOLE, rows=False, sep=";"), WHOLE),
    "numpy, comma": (savetxt(REAL, delimiter=","), REAL),
    "numpy, semicolon and format": (savetxt(REAL, delimiter=";", fmt="%.3f"), REAL),
    "numpy, header": (savetxt(REAL, delimiter=",", header="x1,x2,y"), REAL),
    "numpy, header of words": (savetxt(REAL, delimiter=",", header="made on a Monday\nin Bern"), REAL),
    "numpy, header and footer": (savetxt(REAL, delimiter="\t", header="x1\tx2\ty", footer="the end"), REAL),
    "numpy, header without #": (savetxt(REAL, delimiter=",", header="x1,x2,y", comments=""), REAL),
    "polars": (b"column_0,column_1,column_2\n" + pandas(REAL, header=False, index=False), REAL),
    "Excel's sep": (b"sep=;\r\n" + pandas(REAL, NAMED, index=False, sep=";"), REAL),
    "Excel's sep, in quotes, with a mark": (b'\xef\xbb\xbf"sep=,"\n' + pandas(REAL, NAMED, index=False), REAL),
    "Excel's sep, tab": (b"sep=\t\n" + pandas(REAL, header=False, index=False, sep="\t"), REAL),
    "comments between": (b"# a\nx1,x2,y\n# b\n1,2.5,3\n#4,5,6\n7,8,9.5\n", [[1, 2.5, 3], [7, 8, 9.5]]),
    "blank lines": (b"\n \n\nx1,x2,y\n\n1,2,3.5\n\n4,5,6\n\n\n", [[1, 2, 3.5], [4, 5, 6]]),
    "a sample far from the others in one column": (
        pandas(np.vstack([[50, 900, 70], WHOLE]).astype(int), header=False, index=False),
        np.vstack([[50, 900, 70], WHOLE]),
    ),
    "no last line end": (b"x1,x2,y\n1,2,3.5\n4,5,6", [[1, 2, 3.5], [4, 5, 6]]),
    "spaces around": (b" x1 , x2 , y\n 1 , 2 ,3.5 \n4,\t5,  6\n", [[1, 2, 3.5], [4, 5, 6]]),
    "signs and powers": (b"x1,x2,y\n+1,-.5,1e3\n5.,-1E-3,007\n", [[1, -0.5, 1000], [5, -0.001, 7]]),
    "one sample": (b"x1,x2,y\n1,2,3\n", [[1, 2, 3]]),
    "one sample, no names": (b"0,1,2\n", [[0, 1, 2]]),
    "one input": (b"x,y\n0.5,1\n0.25,2\n0.125,5\n", [[0.5, 1], [0.25, 2], [0.125, 5]]),
    "whole numbers, no names": (b"5,3,1\n0,1,2\n1,2,9\n", [[5, 3, 1], [0, 1, 2], [1, 2, 9]]),
    "exclusive or": (b"0,0,0\n0,1,1\n1,0,1\n1,1,0\n", [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]),
    "a cell that is a line break in quotes": (b'"x\n1",y\n1,2\n3,4.5\n', [[1, 2], [3, 4.5]]),
    "minus zero": (b"x,y\n-0.0,1\n2,0\n", [[0, 1], [2, 0]]),
    "names that are dates": (b"2024-01-01,2024-02-01,y\n1,2,3\n5,5,6\n", [[1, 2, 3], [5, 5, 6]]),
}
"""Files, and the tables that they hold."""

REFUSED = {
    "R, write.table": (r(REAL, corner=False), ["line 2", "row.names=FALSE"]),
    "pandas, two lines of names": (
        pd.DataFrame(REAL, columns=pd.MultiIndex.from_tuples([("a", 0), ("a", 1), ("b", 0)]))
        .to_csv(index=False)
        .encode(),
        ["two columns of the name a", "two lines"],
    ),
    "names and units": (b"x,v,y\nm,m/s,kg\n1,2,3\n", ["line 2", "one line of names"]),
    "names again": (rows("x1,x2,y", "1,2,3"), ["line 4", "stands here again"]),
    "a title": (b"My data\nx1,x2,y\n1,2,3\n", ["has one column", "'My data'", "title"]),
    "a title in cells": (b"My data,,\nx1,x2,y\n1,2,3\n", ["line 2", "one line of names"]),
    "a line of sums": (rows("sum,4,3"), ["line 4", "'sum'", "text"]),
    "a comment behind": (rows("1,2,3 # checked"), ["line 4", "comment"]),
    "a comment of Matlab": (rows("% checked,,"), ["line 4", "comment"]),
    "ragged": (rows("1,2"), ["line 4", "2 columns"]),
    "trailing commas": (b"x1,x2,y,\n1,2,3,\n4,5,6,\n", ["ends in a comma", "delete it"]),
    "trailing semicolons, no names": (b"1;2;3;\n4;5;6;\n", ["ends in a semicolon"]),
    "trailing commas below": (rows("1,2,3,"), ["line 4", "ends in a separator"]),
    "decimal commas between commas": (b"x,y\n1,5,2,5\n", ["line 2", "decimal commas"]),
    "spaces": (savetxt(REAL), ["has one column", "spaces", "delimiter"]),
    "spaces under words": (savetxt(REAL, header="x1 x2 y", comments=""), ["has one column", "spaces"]),
    "pipes": (b"x1|x2|y\n1|2|3\n", ["has one column", "'|'", "commas"]),
    "colons": (b"1:2:3\n4:5:6\n", ["has one column", "colons"]),
    "one column": (b"y\n1\n2\n", ["has one column", "at least two"]),
    "sep=|": (b"sep=|\nx|y\n1|2\n", ["'|'", "comma, semicolon and tab"]),
    "UTF-16": (pandas(REAL, NAMED, index=False).decode().encode("utf-16"), ["UTF-16", "UTF-8"]),
    "UTF-16 without a mark": (pandas(REAL, NAMED, index=False).decode().encode("utf-16-le"), ["UTF-16", "UTF-8"]),
    "UTF-32": ("1,2\n3,4\n".encode("utf-32"), ["UTF-32", "UTF-8"]),
    "Latin-1": ("größe,y\n1,2\n".encode("latin-1"), ["UTF-8"]),
    "a web page": (b"<!DOCTYPE html>\n<html><body>1,2</body></html>", ["web page", "download"]),
    "JSON": (b'[{"x": 1, "y": 2}]', ["JSON"]),
    "gzip": (b"\x1f\x8b\x08\x00", ["gzip", "unpack"]),
    "a pickle": (b"\x80\x05\x95", ["pickle", "never read"]),
    "Parquet": (b"PAR1\x15", ["Parquet", "to_csv"]),
    "output by name, not last": (pandas(REAL, ["y", "x1", "x2"], index=False), ["column 1 (y)", "x2", "move"]),
    "target by name, not last": (pandas(REAL, ["x1", "Target", "x2"], index=False), ["column 2 (Target)", "rename"]),
    "output counts": (b"a,b,c\n5,3,1\n2,2,2\n7,1,3\n", ["column 3 (c)", "1, 2, 3", "row_numbers"]),
    "missing in the first line": (b"NA,2.5,3\n4,5,6\n", ["line 1", "'NA'", "missing"]),
    "nothing in the first line": (b",2.5,3\n4,5,6\n", ["line 1", "nothing in column 1"]),
    "only missing in the first line": (b"NA,?,NA\n4,5,6\n", ["line 1", "missing"]),
    "decimal commas in the first line": (b"1,5;2,5\n3;4\n", ["line 1", "write 1.5"]),
    "minus signs in the first line": ("\u22121,\u22122\n3,4\n".encode(), ["line 1", "write -1"]),
    "a word in the first line": (b"5.1,3.5,setosa\n4.9,3.0,setosa\n", ["line 1", "'setosa'", "text"]),
    **{
        f"cell {text}": (cell(text, sep), ["line 3", repr(text)[1:-1], "column 2", *words])
        for sep, text, words in [
            (",", "NA", ["missing", "leave the row out"]),
            (",", "?", ["missing"]),
            (",", "null", ["missing"]),
            (",", "None", ["missing"]),
            (",", "<NA>", ["missing"]),
            (",", "#N/A", ["missing"]),
            (",", "-", ["missing"]),
            (",", "n/a", ["missing"]),
            (",", "#DIV/0!", ["spreadsheet", "formula"]),
            (",", "#REF!", ["spreadsheet"]),
            (",", "=A1+B2", ["formula"]),
            (",", "5,25", ["decimal point", "write 5.25"]),
            (";", "-0,5", ["decimal point", "write -0.5"]),
            (";", "1,5e3", ["decimal point", "write 1.5e3"]),
            (";", "1,234", ["thousands or of decimals", "1234 or 1.234"]),
            (",", "1,234", ["1234 or 1.234"]),
            (",", "1,234,567", ["thousands", "write 1234567"]),
            (",", "1,234.5", ["thousands", "write 1234.5"]),
            (";", "1.234,5", ["write 1234.5"]),
            (";", "1.234.567", ["write 1234567"]),
            (",", "1 234", ["thousands", "write 1234"]),
            (",", "1\u00a0234,5", ["thousands", "write 1234.5"]),
            (",", "1\u202f234", ["thousands", "write 1234"]),
            (",", "1'234", ["thousands", "write 1234"]),
            (",", "1_000", ["write 1000"]),
            (",", "3 kg", ["unit", "write 3"]),
            (",", "-3.5mm", ["unit", "write -3.5"]),
            (",", "12°C", ["unit", "write 12"]),
            (",", "5%", ["percentage", "write 5"]),
            (",", "$1,000", ["money", "write 1000"]),
            (",", "3.50 €", ["money", "write 3.50"]),
            (",", "-$5", ["money", "write -5"]),
            (",", "(1,000)", ["accountants", "write -1000"]),
            (",", "2024-01-31", ["date"]),
            (",", "31/01/2024", ["date"]),
            (",", "31.01.2024", ["date"]),
            (",", "2024-01-31T12:00:00Z", ["date"]),
            (",", "12:30", ["time"]),
            (",", "Jan 5", ["date"]),
            (",", "5-Jan-24", ["date"]),
            (",", "0 days 00:01:00", ["time"]),
            (",", "true", ["truth value", "write 1"]),
            (",", "FALSE", ["truth value", "0"]),
            (",", "yes", ["truth value"]),
            (",", "\u22121.5", ["minus sign", "write -1.5"]),
            (",", "\u20131", ["minus sign", "write -1"]),
            (",", "\uff11\uff12", ["write 12"]),
            (",", "\u0661", ["write 1"]),
            (",", "1\u00a0", ["write 1"]),
            (",", "0x1F", ["base", "write 31"]),
            (",", "∞", ["infinite", "finite"]),
            (",", "1.0D+00", ["Fortran", "write 1.0E+00"]),
            (",", "-2.5d-3", ["Fortran", "write -2.5E-3"]),
            (",", "0.1234-100", ["Fortran", "write 0.1234E-100"]),
            (",", "1/2", ["fraction"]),
            (",", "1+2j", ["complex"]),
            (",", "(1+2j)", ["complex"]),
            (",", "<0.5", ["bound"]),
            (",", "5-10", ["range"]),
            (",", "[1, 2]", ["several numbers"]),
            (",", "1 2", ["several numbers"]),
            (",", "1.5*10^3", ["power of ten"]),
            (",", "1.5×10³", ["power of ten"]),
            (",", "'5", ["quotation", "write 5"]),
            (",", "1.0f", ["write 1.0"]),
            (",", "red", ["text"]),
            (",", "1.2.3", ["not a number"]),
        ]
    },
    **{
        f"cell {text}": (cell(text), ["line 3", "column 2", "finite"])
        for text in ("nan", "NaN", "inf", "-Infinity", "1e999")
    },
    "cell empty": (cell(""), ["line 3", "nothing in column 2"]),
    "cell of spaces": (cell("  "), ["line 3", "nothing in column 2"]),
}
"""Files, and words of the sentence that refuses them."""


@pytest.mark.parametrize(("content", "table"), READ.values(), ids=READ)
def test_unambiguous_tables_are_read_as_intended(content, table):
    given = parse("t.csv", content, BOUNDS)
    np.testing.assert_array_equal(np.column_stack([given.X, given.y]), table)


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_unreadable_files_are_refused_with_the_reason_and_the_remedy(content, words):
    message = refusal(content)
    assert all(word in message for word in words), message


def test_numbers_that_come_from_no_file_are_in_no_doubt():
    counted = np.arange(12.0)[:, None]
    assert prepare(Given("mine", counted, np.arange(12.0))).words == "12 samples of 1 input, 2 of them held out"


@pytest.mark.parametrize(
    ("text", "names", "table"),
    [
        ('"x1", "x2", "y"\n"0.5", "0.25", "1"\n', ("x1", "x2", "y"), [[0.5, 0.25, 1.0]]),
        ("0.5,\t0.25,\t1\n2,\t3,\t5.5\n", (), [[0.5, 0.25, 1.0], [2.0, 3.0, 5.5]]),
    ],
)
def test_cells_may_be_padded_on_the_left(text, names, table):
    found = parse("mine.csv", text.encode(), BOUNDS)
    assert found.names == names
    np.testing.assert_array_equal(np.column_stack([found.X, found.y]), table)


@pytest.mark.parametrize(
    ("content", "pattern"),
    [
        (b"x,y\n1,2\n#N/A,3\n4,5.5\n", "line 3: '#N/A' in column 1 marks a missing value"),
        (b"x,y\n1,2\n#DIV/0!,3\n4,5.5\n", "line 3: '#DIV/0!' in column 1 is an error of a spreadsheet"),
        ("x,y\n1,2\n\ufeff3,4.5\n".encode(), "has characters that cannot be seen: write 3."),
        (b"x;y\n1,2\n", "line 2: 1 column, .*: commas separate its columns, and semicolons those of the first line"),
        (b"x,y\n1\t2\n", "tabs separate its columns, and commas those of the first line"),
        (
            b"x,y\n1,2\n3,4.5\n(2 rows affected)\n",
            r"line 4: 1 column, .*: '\(2 rows affected\)' is no row of the table",
        ),
        (b"BZh91AY&SY\xff\xfe", r"is packed \(bzip2\)"),
        (b"\x28\xb5\x2f\xfd\xff", r"is packed \(Zstandard\)"),
        (b"\x89PNG\r\n\x1a\n", "is a picture"),
        (b"1,2\n\xff\x00\x01", "holds binary data"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "is a pointer of Git LFS .*git lfs pull"),
    ],
)
def test_files_that_are_no_table_of_numbers_are_refused_with_the_reason(content, pattern):
    with pytest.raises(BadData, match=pattern):
        parse("mine.csv", content, BOUNDS)
