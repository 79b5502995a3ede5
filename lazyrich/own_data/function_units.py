"""Convert the function over one input to the units of a user's file, if training uses scaled numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Unit = tuple[float, float]
"""(scale, shift): the number in the file is the number used in training times the scale plus the shift."""


def in_units(function: Mapping[str, Any], x: Unit, y: Unit) -> dict[str, Any]:
    """Return the header data of a function on a line, in the units of the file.

    Args:
        function: Data of `LearnedFunction.header` whose "over" is "line".
        x: Unit of the input that varies.
        y: Unit of the output.

    Returns:
        The same data with range, span and points in these units, and the units as "x_unit" and "y_unit".
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
