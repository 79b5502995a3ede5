"""Tables of numbers in CSV as pandas, R and numpy write them, and as people type them."""

from __future__ import annotations

import csv
import io

import numpy as np
import pandas as pd
import pytest

from lazyrich.own_data import BadData, Bounds, parse

BOUNDS = Bounds((1, 400), (1, 30), 200, 200_000)
RANDOM = np.random.default_rng(0)
REAL = RANDOM.normal(size=(12, 3)).round(3)
WHOLE = RANDOM.integers(0, 100, size=(12, 3)).astype(float)
NAMED = ["x1", "x2", "y"]


def pandas(table: np.ndarray, columns=None, rows=None, sep=",", index=True, **options) -> bytes:
    """Return what pandas writes. rows: row names."""
    frame = pd.DataFrame(table, columns=columns, index=rows)
    return frame.to_csv(sep=sep, index=index, **options).encode()


def r(table: np.ndarray, names=("V1", "V2", "V3"), rows: bool = True, sep: str = ",", corner: bool = True) -> bytes:
    """Return what R's write.csv writes, or its write.table with `corner=False`."""
    head = [f'"{name}"' for name in names]
    lines = [sep.join((['""'] if rows and corner else []) + head)]
    for k, row in enumerate(table.tolist(), 1):
        lines.append(sep.join(([f'"{k}"'] if rows else []) + [f"{cell:.15g}" for cell in row]))
    return "\n".join([*lines, ""]).encode()


def savetxt(table: np.ndarray, **options) -> bytes:
    file = io.BytesIO()
    np.savetxt(file, table, **options)
    return file.getvalue()


def rows(*lines: str) -> bytes:
    """Return a table of three named columns: two valid lines, then these."""
    return "\n".join(["x1,x2,y", "0.5,1.5,2.5", "3.5,1.25,0.5", *lines, ""]).encode()


def cell(text: str, sep: str = ",") -> bytes:
    """Return a table with this text in one cell."""
    file = io.StringIO()
    csv.writer(file, delimiter=sep).writerows([NAMED, [0.5, 1.5, 2.5], [3.5, text, 0.5]])
    return file.getvalue().encode()


def refusal(content: bytes) -> str:
    with pytest.raises(BadData) as caught:
        parse("t.csv", content, BOUNDS)
    message = str(caught.value)
    assert message.startswith("t.csv") and message.endswith(".") and "\n" not in message and len(message) < 400
    return message
