"""The numbers of a file as they were given, and what is said where they cannot be used."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from lazyrich.own_data.first_line import FirstLine


class BadData(ValueError):
    """Data that cannot be used, with a sentence: what was given, what is allowed, what to do.

    sentence: with the names of settings in backticks, for `schema.named`; the message has the names alone.
    """

    def __init__(self, sentence: str):
        super().__init__(re.sub(r"`(\w+)`", r"\1", sentence))
        self.sentence = sentence


@dataclass(frozen=True, eq=False)
class Given:
    """The numbers of a file, read-only: X (n, d), y (n,), and X_test, y_test if it brings a test set of its own.

    name: of the file. ignored: names of what else was in it and was not read. source: "table" or "archive", empty for
    numbers that come from no file. names: of all columns, the output last; () if they have none. names_line: where they
    stand in the file. first: the first line, where that is or may be a sample; X and y are without it while it is in
    doubt. counting: columns whose numbers go up by one from row to row.
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
        for name in ("X", "y", "X_test", "y_test"):
            array = getattr(self, name)
            object.__setattr__(self, name, None if array is None else fixed(array))

    @property
    def nbytes(self) -> int:
        """Bytes of all numbers."""
        return sum(array.nbytes for array in (self.X, self.y, self.X_test, self.y_test) if array is not None)


def fixed(array: np.ndarray) -> np.ndarray:
    """Return a read-only float64 copy without negative zeros, so that equal numbers are equal bytes."""
    copy = np.array(array, dtype=np.float64, order="C") + 0.0
    copy.setflags(write=False)
    return copy
