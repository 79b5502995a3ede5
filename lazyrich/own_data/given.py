"""The numbers of a file as given, and the error for invalid data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from lazyrich.arrays import plain_numbers
from lazyrich.own_data.first_line import FirstLine


class BadData(ValueError):
    """Raised for invalid data, with a sentence: what was given, what is allowed, what to do.

    sentence: has the names of settings in backticks, for `schema.named`; the message has them without backticks.
    """

    def __init__(self, sentence: str):
        super().__init__(re.sub(r"`(\w+)`", r"\1", sentence))
        self.sentence = sentence


@dataclass(frozen=True, eq=False)
class Given:
    """The numbers of a file, read-only.

    Attributes:
        name: Name of the file.
        X: Inputs (n, d).
        y: Outputs (n,).
        X_test: Test inputs (k, d) if the file has its own test set, else None.
        y_test: Test outputs (k,), else None.
        ignored: Names of other content that was not read.
        source: "table" or "archive"; empty for numbers without a file.
        names: Names of all columns, the output last; () if they have none.
        names_line: Number of the line with the names.
        first: The first line if it is or may be a sample; a doubtful one is not in X and y.
        counting: Columns whose numbers increase by one from row to row.
    """

    name: str
    X: np.ndarray
    y: np.ndarray
    X_test: np.ndarray | None = None
    y_test: np.ndarray | None = None
    ignored: tuple[str, ...] = ()
    source: str = ""
    names: tuple[str, ...] = ()
    names_line: int = 0
    first: FirstLine | None = None
    counting: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for name, array in fixed({name: getattr(self, name) for name in ("X", "y", "X_test", "y_test")}).items():
            object.__setattr__(self, name, array)

    @property
    def nbytes(self) -> int:
        """Return the bytes of all numbers."""
        return sum(array.nbytes for array in (self.X, self.y, self.X_test, self.y_test) if array is not None)


def fixed(given: dict[str, Any]) -> dict[str, np.ndarray | None]:
    """Return read-only float64 copies of X (n, d), y (n,), X_test (k, d) and y_test (k,).

    They have no negative zeros, so that equal numbers are equal bytes.

    Raises ValueError for entries that are not numbers (lazyrich.arrays), BadData for shapes that do not match.
    """
    kept = {name: None if part is None else _fixed(name, part) for name, part in given.items()}
    X, y, X_test, y_test = (kept[name] for name in ("X", "y", "X_test", "y_test"))
    for (inputs, first), (outputs, second) in (((X, "X"), (y, "y")), ((X_test, "X_test"), (y_test, "y_test"))):
        if inputs is None or outputs is None:
            if inputs is not outputs or first == "X":
                raise BadData(f"{first} and {second} must both be given, got one without the other.")
            continue
        if inputs.ndim != 2 or outputs.shape != inputs.shape[:1]:
            raise BadData(
                f"{first} must be (n, d) and {second} (n,), a number for each row of {first}, "
                f"got shapes {inputs.shape} and {outputs.shape}."
            )
        if X is not None and inputs.shape[1] != X.shape[1]:
            raise BadData(f"X_test must have {X.shape[1]} columns like X, got {inputs.shape[1]}.")
    return kept


def _fixed(name: str, given: Any) -> np.ndarray:
    copy = np.array(plain_numbers(name, given), dtype=np.float64, order="C") + 0.0
    # the sum of an array without axes is a scalar
    copy = np.asarray(copy)
    copy.setflags(write=False)
    return copy
