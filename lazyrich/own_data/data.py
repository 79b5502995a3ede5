"""Prepare given data for training.

given = Given("mine.csv", X, y)
data = prepare(given, Preparation(held_out=20, scaling="unit"))
data.X, data.y, data.X_test, data.y_test, data.words
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Final, Literal

import numpy as np

from lazyrich.config.schema import Config, parameter
from lazyrich.own_data.given import BadData, Given, fixed
from lazyrich.own_data.settled import settled

SMALLEST: Final = 1e-6
"""Smallest mean norm of the inputs: kernels, whose entries scale with its square, lose digits in float32 below it."""

LARGEST: Final = 1e6
"""Largest absolute value: squares of kernels overflow in float32 above it."""


class Preparation(Config):
    """Preparation of data before training. By default it only holds out a test set."""

    name: ClassVar[str] = "own-data"

    held_out: int = parameter(
        20,
        "Held out",
        "Share of the rows kept as a test set, spread evenly through the file: for 20 % every fifth row. A file that "
        "brings its own test set keeps that.",
        unit="%", ge=0, le=90, step=5,
    )  # fmt: skip
    scaling: Literal["none", "unit", "standardised"] = parameter(
        "none",
        "Scaling",
        "none: numbers as they are. unit: all inputs divided by one number, so that their mean norm is 1, and all "
        "outputs by another, so that their root mean square is 1, the sizes that τ and the learning rate are meant "
        "for. standardised: each input and the output minus its mean, over its standard deviation, and all inputs over "
        "√d besides. All of it is measured on the training rows.",
    )
    constant: bool = parameter(
        False,
        "Constant input",
        "Adds an input that is 1 for every sample: its weights are the biases that this network has not. Without it "
        "the output at 0 is always 0.",
    )
    first_line: Literal["ask", "names", "sample"] = parameter(
        "ask",
        "First line",
        "What a first line of numbers is that look like names, such as 0,1,2 or years: names, or a sample. ask: such a "
        "file is refused until you say it.",
    )
    row_numbers: Literal["ask", "drop", "keep"] = parameter(
        "ask",
        "Row numbers",
        "What is done with columns that look like row numbers, by their name or by going up by one in every row. drop: "
        "they are left out. keep: they are columns like the others. ask: such a file is refused until you say it.",
    )


@dataclass(frozen=True)
class Units:
    """Map from the numbers used in training back to those of the file: times the scale, plus the shift.

    x: (scale, shift) of each input. y: the same of the output.
    """

    x: tuple[tuple[float, float], ...]
    y: tuple[float, float] = (1.0, 0.0)


@dataclass(frozen=True, eq=False)
class OwnData:
    """Data that a student is trained and tested on, float64 and read-only.

    Two are equal if their contents and preparations are, whatever the names of their files.

    Attributes:
        X: Training inputs (n, d).
        y: Training outputs (n,).
        X_test: Test inputs (k, d).
        y_test: Test outputs (k,).
        name: Name of the file.
        preparation: Settings of the preparation of its numbers.
        described: The preparation in words, with its numbers.
        ignored: Content of the file that was not read.
        taken: Parts that were taken for names, inputs and output, in words.
        units: Map back to the units of the file; None if X and y have these units.
    """

    name: str
    X: np.ndarray = field(repr=False)
    y: np.ndarray = field(repr=False)
    X_test: np.ndarray = field(repr=False)
    y_test: np.ndarray = field(repr=False)
    preparation: Preparation = field(default_factory=Preparation)
    described: str = ""
    ignored: tuple[str, ...] = ()
    taken: str = ""
    units: Units | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        for name, array in fixed({name: getattr(self, name) for name in ("X", "y", "X_test", "y_test")}).items():
            object.__setattr__(self, name, array)

    def __reduce__(self) -> tuple[Any, ...]:
        # call the constructor: unpickled arrays would be writable
        arrays = (self.X, self.y, self.X_test, self.y_test)
        return OwnData, (self.name, *arrays, self.preparation, self.described, self.ignored, self.taken, self.units)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnData) and (self.key, self.preparation) == (other.key, other.preparation)

    def __hash__(self) -> int:
        return hash((self.key, self.preparation))

    @cached_property
    def key(self) -> str:
        """Return the sha256 of the contents: the numbers and shapes of all four arrays."""
        digest = hashlib.sha256()
        for array in (self.X, self.y, self.X_test, self.y_test):
            digest.update(f"{array.shape}:".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()

    @property
    def nbytes(self) -> int:
        """Return the bytes of all numbers."""
        return self.X.nbytes + self.y.nbytes + self.X_test.nbytes + self.y_test.nbytes

    @property
    def words(self) -> str:
        """Describe the size of the data, and which parts were taken for names, inputs and output.

        `200 samples of 2 inputs, 40 of them held out; names from line 1; inputs x1, x2; output y`.
        """
        n, k = len(self.X), len(self.X_test)
        held = f"{k:,} of them held out" if k else "none held out"
        there = f"{_count(n + k, 'sample')} of {_count(self.X.shape[1], 'input')}, {held}"
        return "; ".join(filter(None, [there, self.taken]))

    @property
    def notes(self) -> str:
        """Describe the preparation, and content of the file that was not read; may be empty."""
        more = " and more" if len(self.ignored) > 5 else ""
        unread = f"Not read: {', '.join(self.ignored[:5])}{more}." if self.ignored else ""
        return " ".join(filter(None, [self.described, unread]))

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays by name, as `train(config, task=...)` takes them; without a test set if there is none."""
        held = {"X_test": self.X_test, "y_test": self.y_test} if len(self.X_test) else {}
        return {"X": self.X, "y": self.y} | held


def prepare(given: Given, preparation: Preparation | None = None) -> OwnData:
    """Return the data to train on.

    Args:
        given: Content of a file.
        preparation: Settings of the preparation; if None, only a test set is held out.

    Raises:
        BadData: If values are too large or too small to train on, or if names, samples or row numbers are in doubt; the
            sentence names the setting that decides it.
    """
    preparation = preparation or Preparation()
    given, taken = settled(given, preparation.first_line, preparation.row_numbers)
    sentences, units = [], None
    if given.X_test is not None and given.y_test is not None:
        X, y, X_test, y_test = given.X, given.y, given.X_test, given.y_test
        sentences.append("The test set is the file's own.")
    else:
        held = held_out_rows(len(given.X), preparation.held_out)
        X, y, X_test, y_test = given.X[~held], given.y[~held], given.X[held], given.y[held]
    if preparation.scaling != "none":
        X, X_test, y, y_test, units, words = _scaled(X, X_test, y, y_test, preparation.scaling)
        sentences.append(words)
    if preparation.constant:
        X, X_test = (np.column_stack([inputs, np.ones(len(inputs))]) for inputs in (X, X_test))
        units = units and replace(units, x=(*units.x, (1.0, 0.0)))
        sentences.append("The last input is the constant 1.")
    _check_sizes(given.name, X, y, X_test, y_test)
    return OwnData(given.name, X, y, X_test, y_test, preparation, " ".join(sentences), given.ignored, taken, units)


def held_out_rows(n: int, percent: int) -> np.ndarray:
    """Choose the held-out rows, (n,) bool: floor(n percent / 100) of n, evenly spread, never the first."""
    rows = np.arange(n)
    return np.asarray((rows + 1) * percent // 100 > rows * percent // 100)


def _scaled(
    X: np.ndarray, X_test: np.ndarray, y: np.ndarray, y_test: np.ndarray, scaling: str
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, Units, str]:
    """Return X, X_test, y and y_test scaled by the training rows, the map back, and a description.

    Columns without spread are divided by 1.
    """
    by_column = scaling == "standardised"
    # squares of the unscaled numbers may overflow or underflow
    X, X_test, power = _near_one(X, X_test, axis=0 if by_column else None)
    y, y_test, y_power = _near_one(y, y_test)
    with np.errstate(over="ignore"):
        one, y_one = np.ldexp(1.0, -power), float(np.ldexp(1.0, -y_power))
        shift, y_shift = (X.mean(axis=0), float(y.mean())) if by_column else (0.0, 0.0)
        if by_column:
            scale = _or(one, X.std(axis=0), np.abs(X).max(axis=0)) * np.sqrt(X.shape[1])
            y_scale = float(_or(y_one, y.std(), np.abs(y).max()))
            mean, size = float(np.ldexp(y_shift, y_power)), float(np.ldexp(y_scale, y_power))
            words = (
                "Each input is given mean 0 and standard deviation 1/√d. "
                f"Outputs are less {mean:.6g}, their mean, and divided by {size:.6g}, their standard deviation."
            )
        else:
            scale, y_scale = _or(one, np.linalg.norm(X, axis=1).mean()), float(_or(y_one, np.sqrt(np.mean(y**2))))
            norm, size = float(np.ldexp(scale, power)), float(np.ldexp(y_scale, y_power))
            words = f"Inputs are divided by {norm:.6g}, their mean norm, outputs by {size:.6g}, their root mean square."
        back = (
            np.broadcast_to(np.ldexp(scale, power), X.shape[1:]),
            np.broadcast_to(np.ldexp(shift, power), X.shape[1:]),
        )
        x_units = tuple((float(size), float(mean)) for size, mean in zip(*back, strict=True))
        units = Units(x_units, (float(np.ldexp(y_scale, y_power)), float(np.ldexp(y_shift, y_power))))
        X, X_test = (X - shift) / scale, (X_test - shift) / scale
        return X, X_test, (y - y_shift) / y_scale, (y_test - y_shift) / y_scale, units, words


def _near_one(A: np.ndarray, held_out: np.ndarray, axis: int | None = None) -> tuple[np.ndarray, np.ndarray, Any]:
    """Return both arrays times the power of two, of all or of each column, that brings the largest entry of A near 1.

    Powers of two change no digit.
    """
    power = np.frexp(np.abs(A).max(axis=axis))[1]
    with np.errstate(over="ignore"):
        return np.ldexp(A, -power), np.ldexp(held_out, -power), power


def _or(one: Any, scale: Any, size: Any = 0.0) -> Any:
    """Return the divisor: the scale, or `one` if it is 0 or rounding. size: of the numbers before scaling."""
    # a constant column minus its mean is rounding: do not amplify it to size 1
    return np.where(np.asarray(scale) > np.maximum(1e-300, 1e-12 * np.asarray(size)), scale, one)


def _check_sizes(name: str, X: np.ndarray, y: np.ndarray, X_test: np.ndarray, y_test: np.ndarray) -> None:
    largest = max(float(np.abs(array).max(initial=0.0)) for array in (X, y, X_test, y_test))
    mend = "choose the scaling unit or standardised."
    if not largest <= LARGEST:
        raise BadData(f"{name} has a number of size {largest:.3g}; up to {LARGEST:g} can be trained on: {mend}")
    size = float(np.abs(X).max())
    norm = size * float(np.linalg.norm(X / (size or 1.0), axis=1).mean())
    if size == 0:
        raise BadData(f"{name} has inputs that are all 0; at least one must not be: check which columns they are.")
    if norm < SMALLEST:
        raise BadData(f"{name} has inputs of mean norm {norm:.3g}; at least {SMALLEST:g} can be trained on: {mend}")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
