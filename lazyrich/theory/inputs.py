"""Conversion of arrays to numpy and back: the web process computes exact curves and has no torch.

(w0, beta), back = numpy_arrays(w0=w0, beta=beta)
return back(w0 @ beta)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from lazyrich.arrays import is_tensor, number, plain_numbers

__all__ = [
    "check_positive",
    "check_times",
    "check_vectors",
    "checked_count",
    "checked_rates",
    "checked_tolerance",
    "numpy_arrays",
    "numpy_list",
]


def numpy_arrays(**given: Any) -> tuple[list[np.ndarray], Callable[[Any], Any]]:
    """Read arrays as float64 numpy arrays, without gradients.

    torch is never imported here: a caller who gives a tensor has imported it.

    Args:
        given: Arrays by the names of the caller's arguments, for error messages.

    Returns:
        The arrays, and a function that converts results: to float64 tensors on the device of the first tensor if any
        argument is a torch tensor; otherwise it returns results unchanged.

    Raises:
        ValueError: For what `lazyrich.arrays.plain_numbers` cannot read, and if a number is not finite.
    """
    tensors = [value for value in given.values() if is_tensor(value)]
    arrays = [plain_numbers(name, value).astype(np.float64, copy=False) for name, value in given.items()]
    for name, array in zip(given, arrays, strict=True):
        if not np.isfinite(array).all():
            raise ValueError(f"{name}: all numbers must be finite, got nan or infinity among them: leave those out.")
    if not tensors:
        return arrays, _as_it_is
    torch, device = sys.modules["torch"], tensors[0].device
    return arrays, lambda result: torch.as_tensor(result, dtype=torch.float64, device=device)


def numpy_list(name: str, given: Any) -> dict[str, Any]:
    """Name the arrays of a list as a caller would, for numpy_arrays. Raise ValueError for what is no list."""
    if is_tensor(given) or isinstance(given, np.ndarray):
        given = list(given) if given.ndim else given
    if not isinstance(given, (list, tuple)):
        raise ValueError(f"{name} must be a list of arrays, got a {type(given).__name__}.")
    return {f"{name}[{number}]": part for number, part in enumerate(given)}


def checked_rates(**rates: Any) -> list[float]:
    """Return learning rates as floats. Raise ValueError unless each is a finite number above 0."""
    read = [number(name, rate) for name, rate in rates.items()]
    for name, rate in zip(rates, read, strict=True):
        check_positive(name, rate)
    return read


def check_positive(name: str, rates: Any) -> None:
    """Raise ValueError unless all learning rates are finite and above 0."""
    if not (np.isfinite(rates) & (np.asarray(rates) > 0)).all():
        raise ValueError(f"{name} must be above 0, got {np.min(rates):g}: choose a positive, finite learning rate.")


def checked_tolerance(tolerance: Any) -> float:
    """Return the tolerance of an integration as a float. Raise ValueError unless it lies between 0 and 1."""
    read = number("tolerance", tolerance)
    if not 0 < read < 1:
        raise ValueError(f"tolerance must be above 0 and below 1, got {read:g}: 1e-11 is what is usual.")
    return read


def checked_count(name: str, count: Any) -> int:
    """Return a whole number of at least 1. Raise ValueError for any other."""
    read = number(name, count)
    if not (read.is_integer() and read >= 1):
        raise ValueError(f"{name} must be a whole number, at least 1, got {read:g}.")
    return int(read)


def check_times(t: np.ndarray, increasing: bool = False) -> None:
    """Raise ValueError unless times are at or above 0 and, if `increasing`, a list that never falls."""
    if t.ndim > 1:
        raise ValueError(f"t: times must be one number or one list, got an array of shape {t.shape}.")
    if (t < 0).any():
        raise ValueError(
            f"t: times must be at or above 0, got {t.min():g}: the flow is computed forward from the start."
        )
    if increasing and (t.ndim != 1 or (np.diff(t) < 0).any()):
        raise ValueError(f"t: times must be one increasing list, got an array of shape {t.shape}: sort them first.")


def check_vectors(a0: np.ndarray, w0: np.ndarray, beta: np.ndarray) -> None:
    """Raise ValueError unless a0 is one number and w0 and beta are vectors of one length."""
    if a0.shape != () or w0.ndim != 1 or w0.shape != beta.shape:
        raise ValueError(
            "a0 must be one number and w0 and beta vectors of one length, "
            f"got shapes {a0.shape}, {w0.shape} and {beta.shape}."
        )


def _as_it_is(result: Any) -> Any:
    return result
