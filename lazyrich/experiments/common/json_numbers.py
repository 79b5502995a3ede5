"""Round numbers for the page: to few digits in a message, towards zero in a suggested setting."""

from __future__ import annotations

from typing import Any

import numpy as np

DIGITS = 5
"""Significant digits of drawn numbers; the error is far below a pixel, and messages are a third as long."""


def plain(values: Any, digits: int = DIGITS) -> Any:
    """Return an array (...) as nested lists, rounded to `digits` significant digits; None if a number is not finite."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim:
        return [plain(part, digits) for part in array]
    number = float(array)
    return float(f"{number:.{digits}g}") if np.isfinite(number) else None


def two_digits_down(x: float) -> float:
    """Round x towards zero to two significant digits."""
    if not 0 < x < float("inf"):
        return 0.0
    unit = 10.0 ** (np.floor(np.log10(x)) - 1)
    return float(f"{np.floor(x / unit + 1e-9) * unit:.2g}")
