"""A moment of a run in words, flow time first: `t = 55.6 (step 100,000)`.

Flow time = learning rate × steps is comparable between runs; steps are not, since their length depends on the rate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from lazyrich.frame import Frame

__all__ = ["TIME_PER_STEP", "moment", "moment_of", "rounded", "significant"]

TIME_PER_STEP: Final = "time_per_step"
"""Entry of a header's chart_data: the flow time that one step covers, where all networks of the run share it."""

_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def moment(step: int, time: float | None) -> str:
    """Return a step and its flow time in words; the step alone if its networks have different flow times."""
    return f"step {step:,}" if time is None else f"t = {significant(time)} (step {step:,})"


def moment_of(frames: Iterable[Frame], index: int = -1) -> str:
    """Return the moment of one frame of a run.

    Args:
        frames: The frames of the run from its first one on, at least one.
        index: Index of the frame; the last one if not given.
    """
    every = list(frames)
    header = every[0].header
    timed = header is not None and bool(header.chart_data.get(TIME_PER_STEP))
    return moment(every[index].step, every[index].time if timed else None)


def significant(value: float, digits: int = 3) -> str:
    """Return a number with the given significant digits, as the charts write it: 0.0017, 5,560, 1.2 × 10⁻⁷."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    if abs(value) < 1e-4 or abs(value) >= 1e7:
        return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}".replace("-", "−")
    places = max(0, digits - 1 - int(exponent))
    return f"{float(f'{value:.{digits - 1}e}'):,.{places}f}".replace("-", "−")


def rounded(value: float, digits: int = 2) -> str:
    """Return a number for a sentence: like `significant`, without zeros at its end: 0.5, 100, 2 × 10⁻⁹."""
    number, times, power = significant(value, digits).partition(" × ")
    return (number.rstrip("0").rstrip(".") if "." in number else number) + times + power
