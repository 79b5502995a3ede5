"""Compare a student with its lazy twin in one sentence."""

from __future__ import annotations

import math
from collections.abc import Mapping

from lazyrich.moment import significant

INDISTINGUISHABLE, CLOSE = 0.01, 0.05
"""Gaps relative to the outputs below which both are called indistinguishable, and up to which close, by convention."""

ALIKE = 1.05
"""Ratio of two test losses below which they are called about the same."""


def twin_remark(step: int, numbers: Mapping[str, float]) -> str:
    """Return a sentence on the distance of the twin's outputs from the student's, and on which test loss is lower.

    For example "Lazy twin: outputs 8.1 % apart; its test loss is 47 × this one's."

    Args:
        step: Training step.
        numbers: A frame's metrics, with test_loss, twin_test_loss and twin_gap.

    Returns:
        The sentence.
    """
    if step == 0:
        return "Lazy twin: the same network at the start."
    gap, own, twin = (numbers[name] for name in ("twin_gap", "test_loss", "twin_test_loss"))
    if math.isnan(gap):
        return "Lazy twin: there are no test inputs on which to compare it."
    if math.isinf(gap):
        return "Lazy twin: it diverges with steps of this size."
    return f"Lazy twin: {_outputs(gap)}; {_losses(own, twin)}."


def _outputs(gap: float) -> str:
    apart = f"{significant(100 * gap, 2)} % apart"
    if gap < INDISTINGUISHABLE:
        return f"indistinguishable, outputs {apart}"
    return f"close, outputs {apart}" if gap <= CLOSE else f"outputs {apart}"


def _losses(own: float, twin: float) -> str:
    if max(own, twin) <= ALIKE * min(own, twin):
        return "test losses are about the same"
    if own < twin:
        return f"its test loss is {_times(twin, own)} this one's"
    return f"its test loss is lower, and this one's is {_times(own, twin)} as large"


def _times(larger: float, smaller: float) -> str:
    ratio = larger / smaller if smaller > 0 else math.inf
    return f"{significant(ratio, 2)} ×" if ratio < 1e6 else "over a million times"
