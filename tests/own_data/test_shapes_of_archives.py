"""NPZ files of many origins: other names, shapes and types, row numbers, masks. Each is read right or refused."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from lazyrich.own_data import BadData, Bounds, Preparation, parse, prepare

BOUNDS = Bounds((1, 400), (1, 30), 200, 200_000)
RANDOM = np.random.default_rng(0)
X, Y = RANDOM.normal(size=(12, 3)).round(2), RANDOM.normal(size=12).round(2)
SQUARE = RANDOM.integers(0, 2, size=(12, 3))


def npz(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


READ = {
    "float64": (npz(X=X, y=Y), X, Y),
    "output as a column": (npz(X=X, y=Y[:, None]), X, Y),
    "float16": (npz(X=X.astype(np.float16), y=Y.astype(np.float16)), X.astype(np.float16), Y.astype(np.float16)),
    "longdouble": (npz(X=X.astype(np.longdouble), y=Y), X, Y),
    "big-endian": (npz(X=X.astype(">f8"), y=Y.astype(">f4")), X, Y.astype(">f4")),
    "whole numbers": (npz(X=SQUARE.astype(np.uint8), y=np.arange(12) % 5), SQUARE, np.arange(12) % 5),
    "truth values": (npz(X=SQUARE.astype(bool), y=Y > 0), SQUARE, Y > 0),
    "columns first": (npz(X=np.asfortranarray(X), y=Y), X, Y),
    "a part of a larger array": (npz(X=np.repeat(X, 2, axis=0)[::2], y=np.repeat(Y, 3)[::3]), X, Y),
    "one input": (npz(X=X[:, :1], y=Y), X[:, :1], Y),
    "outputs in order": (npz(X=X, y=np.arange(12)), X, np.arange(12)),
    "pandas": (npz(X=pd.DataFrame(X), y=pd.Series(Y)), X, Y),
}

ALIASES = [
    ({"x": X, "Y": Y}, "numpy.savez(file, X=x, y=Y)"),
    ({"data": X, "target": Y}, "numpy.savez(file, X=data, y=target)"),
    ({"X_train": X, "y_train": Y}, "numpy.savez(file, X=X_train, y=y_train)"),
    (
        {"x_train": X, "y_train": Y, "x_test": X, "y_test": Y},
        "numpy.savez(file, X=x_train, y=y_train, X_test=x_test, y_test=y_test)",
    ),
    ({"arr_0": X, "arr_1": Y}, "numpy.savez(file, X=arr_0, y=arr_1)"),
    ({"X": X, "Y": Y}, "numpy.savez(file, X=X, y=Y)"),
    ({"X": X, "labels": Y}, "numpy.savez(file, X=X, y=labels)"),
]

REFUSED = {
    **{
        f"names {' '.join(arrays)}": (npz(**arrays), ["arrays X and y", "rename them", command])
        for arrays, command in ALIASES
    },
    "one array only": (npz(X=X), ["holds X;", "arrays X and y are needed"]),
    "unclear names": (npz(a=X, b=Y), ["holds a, b;", "rename them."]),
    "turned": (npz(X=X.T, y=Y), ["y has 12 numbers and X 3 rows", "X.T has as many"]),
    "output in a row": (npz(X=X, y=Y[None, :]), ["y has shape (1, 12)", "y.ravel()"]),
    "several outputs": (npz(X=X, y=X), ["y has shape (12, 3)", "y[:, 0]"]),
    "one dimension": (npz(X=Y, y=Y), ["X has shape (12,)", "X[:, None]"]),
    "pictures": (npz(X=np.ones((12, 4, 4)), y=Y), ["X has shape (12, 4, 4)", "X.reshape(len(X), -1)"]),
    "a single number": (npz(X=np.array(1.0), y=Y), ["X has shape ()"]),
    "a single output": (npz(X=X, y=np.array(1.0)), ["y has shape ()"]),
    "complex": (npz(X=X + 0j, y=Y), ["complex128", "X.real"]),
    "texts": (npz(X=X.astype(str), y=Y), ["X.astype(float)"]),
    "bytes": (npz(X=X.astype("S8"), y=Y), ["X.astype(float)"]),
    "times": (npz(X=X, y=Y.astype("M8[D]")), ["datetime64", "Days since"]),
    "spans of time": (npz(X=X, y=Y.astype("m8[s]")), ["timedelta64", "seconds"]),
    "fields": (npz(X=np.zeros((12, 1), [("a", "f8"), ("b", "f8")]), y=Y), ["structured_to_unstructured(X)"]),
    "objects": (npz(X=X.astype(object), y=Y), ["Python objects", "never read", "X.astype(float)"]),
    "a table of pandas' own types": (npz(X=pd.DataFrame(X).convert_dtypes().astype(object), y=Y), ["Python objects"]),
    "a mask": (npz(X=X, y=Y, X_mask=X > 0), ["X_mask, a mask", "fill them in"]),
    "not a number": (npz(X=X, y=np.where(Y > 0, np.nan, Y)), ["y has nan in row", "finite"]),
    "infinite": (npz(X=np.where(X > 1, np.inf, X), y=Y), ["X has inf in row", "finite"]),
    "no samples": (npz(X=X[:0], y=Y[:0]), ["X is empty"]),
    "no inputs": (npz(X=X[:, :0], y=Y), ["X is empty"]),
    "half a test set": (npz(X=X, y=Y, X_test=X), ["only one of X_test and y_test"]),
    "a test set of other inputs": (npz(X=X, y=Y, X_test=X[:, :2], y_test=Y), ["X_test has 2 columns and X 3"]),
    "row numbers": (npz(X=np.column_stack([np.arange(12), X]), y=Y), ["column 1 of X counts 0, 1, 2", "row_numbers"]),
    "row numbers from 1, last": (npz(X=np.column_stack([X, np.arange(1, 13)]), y=Y), ["column 4 of X counts 1, 2, 3"]),
    "pandas with its index": (npz(X=pd.DataFrame(X).reset_index(), y=Y), ["column 1 of X counts 0, 1, 2"]),
    "a single array": (np.lib.format.MAGIC_PREFIX + b"\x01\x00", ["single array (.npy)", "numpy.savez"]),
}


@pytest.mark.parametrize(("content", "inputs", "outputs"), READ.values(), ids=READ)
def test_numbers_of_every_kind_are_read_as_float64(content, inputs, outputs):
    given = parse("t.npz", content, BOUNDS)
    np.testing.assert_array_equal(given.X, inputs.astype(np.float64))
    np.testing.assert_array_equal(given.y, outputs.astype(np.float64))
    assert prepare(given).words.endswith("; inputs from X; output from y")


@pytest.mark.parametrize(("content", "words"), REFUSED.values(), ids=REFUSED)
def test_unreadable_files_are_refused_with_the_reason_and_the_remedy(content, words):
    with pytest.raises(BadData) as caught:
        parse("t.npz", content, BOUNDS)
    message = str(caught.value)
    assert message.startswith("t.npz") and message.endswith(".") and "\n" not in message
    assert all(word in message for word in words), message


def test_row_numbers_are_left_out_of_both_sets_or_kept_on_request():
    with_rows = np.column_stack([np.arange(12), X])
    given = parse("t.npz", npz(X=with_rows, y=Y, X_test=with_rows[:4], y_test=Y[:4]), BOUNDS, in_doubt=True)
    dropped = prepare(given, Preparation(row_numbers="drop"))
    np.testing.assert_array_equal(dropped.X, X)
    np.testing.assert_array_equal(dropped.X_test, X[:4])
    np.testing.assert_array_equal(dropped.y, Y)
    assert dropped.words.endswith("; inputs from X; output from y; column 1 of X left out as row numbers")
    kept = prepare(given, Preparation(row_numbers="keep"))
    np.testing.assert_array_equal(kept.X, with_rows)
