"""The function over one input in the units of a user's file, where the numbers that are trained on are others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Unit = tuple[float, float]
"""(scale, shift): a number that is trained on, times the scale, plus the shift, is the number in the file."""


def in_units(function: Mapping[str, Any], x: Unit, y: Unit) -> dict[str, Any]:
    """Return what a header says of a function on a line, in the units of the file.

    Args:
        function: Of `LearnedFunction.header`, with "over" being "line".
        x: Unit of the input that varies.
        y: Unit of the output.

    Returns:
        The same with range, span and points in these units, which are told beside them: "x_unit" and "y_unit".
    """

    def back(value: float, unit: Unit) -> float:
        return value * unit[0] + unit[1]

    return {
        **function,
        "span": [back(value, x) for value in function["span"]],
        "range": [back(value, x) for value in function["range"]],
        "points": [[back(point[0], x), back(point[1], y)] for point in function["points"]],
        "x_unit": list(x),
        "y_unit": list(y),
    }
