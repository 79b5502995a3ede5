"""Read arrays of any container and type as plain numpy numbers, or refuse them in one sentence.

Nothing that an array carries beside its numbers is dropped silently: masked and missing values, imaginary parts, text
and dates are refused with what was given and what to do. Nothing here imports torch or pandas: a caller who passes
their objects has imported them.

    plain_numbers("X", pandas.DataFrame({"a": [1, 2], "b": [0.5, 1.5]}))
"""

from __future__ import annotations

import sys
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from numbers import Complex, Real
from typing import Any, NoReturn

import numpy as np

from lazyrich.arrays.plain_tensor import checked_tensor
from lazyrich.arrays.wording import REAL

__all__ = ["is_tensor", "number", "plain_numbers"]

DEEPEST = 32
"""Largest depth of nested lists: more than any array here has axes. A list that contains itself has no end."""

NO_TEXT = "give numbers, and leave columns of text out"
NO_DATES = "give numbers, such as days since a first one"
"""Kind of a numpy type that cannot be read -> what to do about it."""

_PLAIN = "?bBhHiIlLqQefd"
"""numpy's letters for booleans, whole numbers and floating numbers of up to 64 bits."""

_NUMBERS = (bool, int, float, np.bool_, np.integer, np.floating, Decimal, Fraction, Real)


def plain_numbers(name: str, given: Any) -> np.ndarray:
    """Read numbers of any container as a numpy array of booleans, whole numbers or floating numbers of up to 64 bits.

    Args:
        name: Name of the caller's argument; the sentence of a refusal begins with it.
        given: A number, a nested list or tuple, an array of numpy, torch, pandas or another package that numpy can
            read. Arrays of Python objects are read when all of them are real numbers (Decimal and Fraction too),
            numbers of more than 64 bits are rounded to float64, and autograd history is dropped.

    Returns:
        An array in the machine's byte order, which shares memory with what was given where nothing had to change.

    Raises:
        ValueError: For masked or missing values, complex numbers, text, dates, sparse or quantised arrays, arrays
            without numbers (device meta), rows of several lengths, and whatever is no array.
    """
    if type(given) is np.ndarray and given.dtype.isnative and given.dtype.char in _PLAIN:
        return given
    return _checked(name, _opened(name, given, 0))


def number(name: str, given: Any) -> float:
    """Read one number, of any type that `plain_numbers` reads, as a float.

    Raises:
        ValueError: For what is no number or more than one, and for whole numbers beyond all floats.
    """
    if type(given) is float:
        return given
    array = plain_numbers(name, given)
    if array.shape != ():
        raise ValueError(f"{name} must be one number, got an array of shape {array.shape}.")
    return float(array)


def is_tensor(value: Any) -> bool:
    """Tell whether a value is a torch tensor, without importing torch: a caller with a tensor has imported it."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _opened(name: str, given: Any, depth: int) -> Any:
    """Convert containers that numpy would misread into arrays; return those that numpy reads well unchanged."""
    if isinstance(given, (list, tuple)):
        if depth >= DEEPEST:
            raise ValueError(f"{name} must be an array, got lists nested more than {DEEPEST} deep.")
        return [_opened(name, part, depth + 1) for part in given]
    if isinstance(given, (float, int, str, np.generic)) and not isinstance(given, np.void):
        return given
    if isinstance(given, np.ma.MaskedArray):
        if masked := int(np.ma.count_masked(given)):
            _refuse_missing(name, f"{masked} masked {_plural('value', masked)}", "filled")
        return given.data
    if is_tensor(given):
        return _of_tensor(name, given)
    package = type(given).__module__.partition(".")[0]
    if package == "pandas":
        return _of_pandas(name, given)
    if package == "pyarrow":
        columns = given.columns if hasattr(given, "columns") else [given]
        if missing := sum(getattr(column, "null_count", 0) for column in columns):
            _refuse_missing(name, f"{missing} missing {_plural('value', missing)}", "fill_null")
    if package == "scipy" and hasattr(given, "toarray"):
        raise ValueError(f"{name} must be a dense array, got a sparse {type(given).__name__}: give {name}.toarray().")
    unit = None if type(given) is np.ndarray else getattr(given, "units", getattr(given, "unit", None))
    if unit is not None and not isinstance(unit, str):
        raise ValueError(f"{name} must be plain numbers, got numbers with the unit {unit}: give their values alone.")
    return given


def _of_tensor(name: str, given: Any) -> np.ndarray:
    torch = sys.modules["torch"]
    tensor = checked_tensor(name, given).detach()
    if tensor.dtype.is_floating_point and tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.to(torch.float64)
    return tensor.cpu().resolve_neg().numpy()


def _of_pandas(name: str, given: Any) -> Any:
    """Read a DataFrame column by column, since columns of several types would be joined as objects."""
    if not isinstance(given, sys.modules["pandas"].DataFrame):
        return _of_column(name, given)
    if not len(given.columns):
        return np.empty(given.shape)
    columns = [_of_column(f"column {label!r} of {name}", given.iloc[:, i]) for i, label in enumerate(given.columns)]
    return np.column_stack(columns)


def _of_column(name: str, given: Any) -> np.ndarray:
    """Read a Series, an Index or one of pandas' own arrays."""
    dtype = getattr(given, "dtype", None)
    if not isinstance(dtype, np.dtype):
        if type(dtype).__name__ == "SparseDtype":
            raise ValueError(f"{name} must be dense, got a sparse column: make it dense with .sparse.to_dense().")
        missing = int(np.sum(given.isna())) if hasattr(given, "isna") and getattr(given, "ndim", 0) == 1 else 0
        if missing:
            _refuse_missing(name, f"{missing} missing {_plural('value', missing)}", "fillna")
    return _checked(name, given)


def _checked(name: str, given: Any) -> np.ndarray:
    """Make a numpy array and check its type."""
    try:
        array = np.asarray(given)
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(given, list):
            raise ValueError(
                f"{name} must be one array with rows of one length, got lists that differ in length or depth."
            ) from error
        _refuse(name, f"{_article(given)} that cannot be read as one", "make a plain array of its numbers", error)
    if array.dtype.kind == "O":
        return _of_objects(name, array)
    if array.dtype.kind not in "biuf":
        _refuse_type(name, array)
    if array.dtype.itemsize > 8:
        return _rounded(name, array)
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _of_objects(name: str, array: np.ndarray) -> np.ndarray:
    """Read Python objects one by one, since numpy makes nan of None and a number of text."""
    values = np.empty(array.shape)
    for where, value in np.ndenumerate(array):
        if not isinstance(value, _NUMBERS):
            _refuse_object(name, value)
        try:
            values[where] = float(value)
        except OverflowError:
            _refuse_size(name)
        except Exception as error:
            _refuse(name, f"{value!r:.60} in it", "give plain numbers", error)
    return values


def _rounded(name: str, array: np.ndarray) -> np.ndarray:
    """Round numbers of more than 64 bits to float64, whose range is smaller."""
    with np.errstate(over="ignore"):
        rounded = array.astype(np.float64)
    if (np.isinf(rounded) & np.isfinite(array)).any():
        _refuse_size(name)
    return rounded


def _refuse_type(name: str, array: np.ndarray) -> NoReturn:
    """Raise ValueError that names a type that is not one of real numbers, and what to do about it."""
    kind = array.dtype.kind
    if kind == "c":
        _refuse(name, f"complex numbers ({array.dtype})", REAL)
    if kind in "SUT":
        _refuse(name, f"the text {array.ravel()[0]!s:.40}" if array.size else "text", NO_TEXT)
    if kind in "mM":
        _refuse(name, "dates or times", NO_DATES)
    if array.dtype.names:
        _refuse(name, f"records with the fields {', '.join(array.dtype.names)}", "give one plain array of numbers")
    _refuse(name, f"the type {array.dtype}", "give numbers, such as float64")


def _refuse_object(name: str, value: Any) -> NoReturn:
    """Raise ValueError that names the object in an array that is no real number."""
    kind = type(value).__name__
    if value is None or kind in ("NAType", "NaTType", "MaskedConstant"):
        _refuse_missing(name, str(value), "a number of your choice")
    if isinstance(value, Complex):
        _refuse(name, f"the complex number {value}", REAL)
    if isinstance(value, (date, time, timedelta)) or kind in ("Period", "Interval"):
        _refuse(name, "dates or times", NO_DATES)
    if isinstance(value, (str, bytes)):
        _refuse(name, f"the text {value!r:.40}", NO_TEXT)
    _refuse(name, _article(value), "give a number, a list, or an array of numpy, torch or pandas")


def _refuse(name: str, what: str, todo: str, cause: Exception | None = None) -> NoReturn:
    raise ValueError(f"{name} must be an array of real numbers, got {what}: {todo}.") from cause


def _refuse_missing(name: str, what: str, how: str) -> NoReturn:
    raise ValueError(f"{name} must have a number in every place, got {what}: fill those in ({how}) or leave them out.")


def _refuse_size(name: str) -> NoReturn:
    raise ValueError(f"{name} must hold numbers below {sys.float_info.max:.1e}, got one that is not: leave it out.")


def _article(value: Any) -> str:
    kind = type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"
