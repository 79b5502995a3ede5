"""Stops of a parameter's slider."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

from lazyrich.config.schema import Parameter

_SERIES = (1, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2, 2.2, 2.4, 2.7, 3, 3.3, 3.6, 4, 4.3, 4.7, 5, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1)
"""Steps of a slider per decade: near the E24 series of resistors, with the whole numbers that people expect."""


def stops_of(parameter: Parameter, value: Any) -> tuple[Any, ...]:
    """Return the stops of a logarithmic slider, including `value`; empty for a slider with equal steps."""
    return _decades(parameter, value) if parameter.scale == "log" else ()


def nearest_stop(parameter: Parameter, before: Any, value: float) -> Any:
    """Return the stop nearest to a number from the browser, which can be any; `before` is the slider's old value."""
    if stops := stops_of(parameter, before):
        return min(stops, key=lambda stop: abs(stop - value))
    count = round((min(max(value, parameter.low), parameter.high) - parameter.low) / parameter.step)
    return parameter.type(float(f"{parameter.low + count * parameter.step:.12g}") + 0.0)  # 0 for -0


@lru_cache(maxsize=1024)  # called by every slider at every run of a page
def _decades(parameter: Parameter, value: Any) -> tuple[Any, ...]:
    """Return the stops of a logarithmic slider: round numbers in the allowed range, and `value`."""
    whole = int in (parameter.type, parameter.each)
    lowest, highest = math.floor(math.log10(parameter.low)), math.ceil(math.log10(parameter.high))
    series = (1, 2, 5) if whole or highest - lowest > 6 else _SERIES
    stops = {float(f"{digit * 10.0**decade:.2g}") for decade in range(lowest, highest + 1) for digit in series}
    inside = {stop for stop in stops if parameter.low <= stop <= parameter.high} | {
        value,
        parameter.low,
        parameter.high,
    }
    return tuple(sorted({int(stop) for stop in inside} if whole else inside))
