"""Arrays in and out of the theory: numpy at heart, since the web process computes exact curves and has no torch.

(w0, beta), back = numpy_arrays(w0, beta)
return back(w0 @ beta)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["check_rates", "check_times", "check_vectors", "numpy_arrays"]


def numpy_arrays(*given: Any) -> tuple[list[np.ndarray], Callable[[Any], Any]]:
    """The given numbers, lists, numpy arrays or torch tensors as float64 numpy arrays, and the way back for results.

    The way back makes float64 tensors, on the device of the first one, when a torch tensor was given; otherwise it
    returns results as they are. torch is never loaded for that: who gives a tensor has it.
    Raises ValueError when a number is not finite.
    """
    tensors = [value for value in given if _is_torch(value)]
    try:
        arrays = [np.asarray(value.detach().cpu() if _is_torch(value) else value, dtype=np.float64) for value in given]
    except OverflowError:
        raise ValueError("all numbers must be below 1.8e308, got a whole number that is not: leave it out.") from None
    for array in arrays:
        if not np.isfinite(array).all():
            raise ValueError("all numbers must be finite, got nan or infinity among them: leave those out.")
    if not tensors:
        return arrays, _as_it_is
    torch, device = sys.modules["torch"], tensors[0].device
    return arrays, lambda result: torch.as_tensor(result, dtype=torch.float64, device=device)


def check_rates(**rates: Any) -> None:
    """Raises ValueError unless every learning rate is above 0."""
    for name, rate in rates.items():
        if not np.all(np.asarray(rate) > 0):
            raise ValueError(f"{name} must be above 0, got {rate}: choose a positive learning rate.")


def check_times(t: np.ndarray, increasing: bool = False) -> None:
    """Raises ValueError unless times are at or above 0 and, where asked, a list that never falls."""
    if (t < 0).any():
        raise ValueError(f"times must be at or above 0, got {t.min():g}: the flow is computed forward from the start.")
    if increasing and (t.ndim != 1 or (np.diff(t) < 0).any()):
        raise ValueError(f"times must be one increasing list, got an array of shape {t.shape}: sort them first.")


def check_vectors(a0: np.ndarray, w0: np.ndarray, beta: np.ndarray) -> None:
    """Raises ValueError unless a0 is one number and w0 and beta are vectors of one length."""
    if a0.shape != () or w0.ndim != 1 or w0.shape != beta.shape:
        raise ValueError(
            "a0 must be one number and w0 and beta vectors of one length, "
            f"got shapes {a0.shape}, {w0.shape} and {beta.shape}."
        )


def _is_torch(value: Any) -> bool:
    # by name, so that numbers and numpy arrays never load torch
    return type(value).__module__.partition(".")[0] == "torch"


def _as_it_is(result: Any) -> Any:
    return result
