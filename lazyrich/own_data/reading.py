"""Read data files of all supported kinds, within limits of size.

own_data.read("mine.csv", held_out=10, scaling="unit")           OwnData, ready to train on
parse("mine.csv", content, Bounds.of(StudentTeacher, megabytes=20))   Given, the numbers as they are
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from pydantic import ValidationError

from lazyrich.config.limits import MB
from lazyrich.config.schema import Config, complaints
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.own_data.archive import read_archive
from lazyrich.own_data.data import OwnData, Preparation, prepare
from lazyrich.own_data.given import BadData, Given
from lazyrich.own_data.settled import settled
from lazyrich.own_data.table import read_table

ANYTHING_MB: Final = 2000
"""Largest size of a file that users read on their own machine; a larger one is more likely a mistake."""


@dataclass(frozen=True)
class Bounds:
    """Limits of a file's content.

    They are the smallest and largest numbers of samples and inputs, the largest number of test samples, and bytes, both
    of the file and of its numbers at 8 bytes each.
    """

    samples: tuple[int, int]
    dimension: tuple[int, int]
    test_samples: int
    nbytes: float

    @classmethod
    def of(cls, config: type[Config] = StudentTeacher, megabytes: float = ANYTHING_MB) -> Self:
        """Return the bounds of an experiment's settings."""
        n, d, k = (config.parameters()[name] for name in ("samples", "dimension", "test_samples"))
        return cls((n.low, n.high), (d.low, d.high), k.high, megabytes * MB)

    def check_file(self, name: str, size: int) -> None:
        """Raise BadData if a file of this many bytes is too large."""
        if size > self.nbytes:
            raise BadData(f"{name} has {size / MB:.3g} MB; {self.nbytes / MB:g} MB are allowed: give fewer rows.")

    def check_columns(self, name: str, inputs: int) -> None:
        """Raise BadData if there are too many inputs to continue reading. `check` tests for too few."""
        if inputs > self.dimension[1]:
            raise BadData(f"{name} has {inputs:,} inputs; {self._inputs} are allowed: leave columns out.")

    def check_rows(self, name: str, rows: int, columns: int) -> None:
        """Raise BadData if there are too many rows to continue reading."""
        most = self.samples[1] + self.test_samples
        if rows > most:
            raise BadData(f"{name} has more than {most:,} rows; {self._samples} are allowed: give fewer rows.")
        if rows * columns * 8 > self.nbytes:
            raise BadData(
                f"{name} has more than {self.nbytes / 8:,.0f} numbers, which is all that {self.nbytes / MB:g} MB hold: "
                "give fewer rows."
            )

    def check(self, data: OwnData) -> None:
        """Raise BadData if prepared data have too many or too few samples or inputs."""
        (n, d), k = data.X.shape, len(data.X_test)
        if d < self.dimension[0]:
            mend = "switch the constant input on, or add a column."
            raise BadData(f"{data.name} has {d} input; {self._inputs} are allowed: {mend}")
        if d > self.dimension[1]:
            raise BadData(f"{data.name} has {d:,} inputs; {self._inputs} are allowed: leave columns out.")
        if n > self.samples[1]:
            mend = "give fewer rows, or hold more of them out."
            raise BadData(f"{data.name} has {n:,} samples to train on; {self._samples} are allowed: {mend}")
        if k > self.test_samples:
            raise BadData(f"{data.name} has {k:,} test samples; up to {self.test_samples:,} are allowed: give fewer.")

    @property
    def _samples(self) -> str:
        return f"{self.samples[0]:,} to {self.samples[1]:,} to train on and up to {self.test_samples:,} held out"

    @property
    def _inputs(self) -> str:
        return f"{self.dimension[0]:,} to {self.dimension[1]:,}"


_Reader = Callable[[str, bytes, Bounds], Given]
_READERS: Final[dict[str, _Reader]] = {
    ".csv": read_table,
    ".npz": read_archive,
    ".tsv": read_table,
    ".txt": read_table,
}

SUFFIXES: Final = tuple(_READERS)
"""Suffixes of the files that can be read."""


def parse(name: str, content: bytes, bounds: Bounds, *, in_doubt: bool = False) -> Given:
    """Read the numbers of a file of the kind that its name says.

    Args:
        name: Name of the file.
        content: Bytes of the file.
        bounds: Limits of its content.
        in_doubt: Whether doubts about a first line of numbers and about row numbers are left to `prepare`, whose
            settings decide them. Otherwise a doubtful file is rejected.

    Raises:
        BadData: If the file is invalid, with one sentence.
    """
    reader = _reader(name)
    bounds.check_file(name, len(content))
    given = reader(name, content, bounds)
    if not in_doubt:
        settled(given, "ask", "ask")
    return given


def read(path: str | os.PathLike[str], **preparation: Any) -> OwnData:
    """Read the data of a file, ready for `train(StudentTeacher(...), task=data)`.

    Args:
        path: A file whose name ends in one of SUFFIXES.
        preparation: held_out, scaling, constant, first_line and row_numbers, see Preparation.

    Returns:
        The data; `.words` says which parts were taken for names, inputs and output.

    Raises:
        BadData: A ValueError with a sentence, for an invalid file or preparation, or a doubtful file.
        OSError: If the file cannot be opened.
    """
    try:
        wanted = Preparation(**preparation)
    except ValidationError as error:
        raise BadData(" ".join(complaints(Preparation, error))) from None
    bounds, path = Bounds.of(), Path(path)
    _reader(path.name)  # checked before reading: /dev/zero has no end
    bounds.check_file(path.name, path.stat().st_size)
    data = prepare(parse(path.name, path.read_bytes(), bounds, in_doubt=True), wanted)
    bounds.check(data)
    return data


def _reader(name: str) -> _Reader:
    suffix = Path(name).suffix.lower()
    if suffix not in _READERS:
        raise BadData(f"{name} must end in {', '.join(SUFFIXES)}: save it as one of these.")
    return _READERS[suffix]
