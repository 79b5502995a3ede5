"""Summarise the numbers of several seeds: medians, bands, counts and sentences.

It does without torch.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from lazyrich.moment import significant

__all__ = ["band", "failures", "median", "medians", "quantile", "remark", "spread", "verdict"]

LOW, HIGH = 0.1, 0.9
"""Quantiles of the seeds at the ends of a band."""

NAMED = 3
"""Number of seeds whose failure is described; further ones are counted."""

LOG_COLUMNS = frozenset({"train_loss", "test_loss", "twin_train_loss", "twin_test_loss"})
"""Columns that vary by factors; values between two seeds are interpolated in the logarithm."""


def median(name: str, values: np.ndarray) -> float:
    """Return the median over seeds of a column, values (S,) with S > 0.

    nan if one is nan; for a time, nan if half of the seeds have not reached it.
    """
    if name == "time_to_tenth":
        values = np.where(np.isnan(values), np.inf, values)
    ordered = np.sort(values)
    # nan is sorted last
    middle = float(
        ordered[-1] if np.isnan(ordered[-1]) else (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    )
    return middle if np.isfinite(middle) else float("nan")


def medians(columns: Mapping[str, np.ndarray]) -> dict[str, float]:
    """Return the median over seeds of each column, values (S,), see median."""
    return {name: median(name, values) for name, values in columns.items()}


def band(name: str, values: np.ndarray) -> tuple[float, float]:
    """Return the two ends of the range of 80 % of the seeds in a column, values (S,)."""
    return quantile(name, values, LOW), quantile(name, values, HIGH)


def spread(name: str, values: np.ndarray) -> np.ndarray:
    """Return the median and the ends of the band of a column, values (S,), for a chart: float32 (3,)."""
    return np.array([median(name, values), *band(name, values)], dtype=np.float32)


def quantile(name: str, values: np.ndarray, share: float) -> float:
    """Return a quantile of values (S,), S > 0, interpolated between two neighbours; nan if one is nan."""
    if np.isnan(values).any():
        return float("nan")
    ordered = np.sort(values)
    place = share * (len(ordered) - 1)
    below, above = ordered[int(np.floor(place))], ordered[int(np.ceil(place))]
    part = place - np.floor(place)
    if below == above or not part:
        return float(below)
    if name in LOG_COLUMNS and below > 0:
        return float(below ** (1 - part) * above**part)
    return float((1 - part) * below + part * above)


def verdict(parts: Sequence[tuple[str, str]], first: int | None, seeds: int, failed: int) -> str:
    """Return a verdict with the number of seeds for each statement.

    Args:
        parts: Regime and fit of each seed that has not failed; none at the start.
        first: Number of them whose kernel moved first; None if not known yet.
        seeds: Number of all seeds.
        failed: Number of failed seeds.

    Returns:
        Such as "Rich in 7 of 8 seeds; kernel moved first in 8 of 8; fits unseen inputs in 6 of 8".
    """
    lost = f"; {failed} of {seeds} failed" if failed else ""
    if not parts:
        return f"At the start of {seeds} seeds{lost}"
    (regime, alike), (fit, fitting) = (Counter(part).most_common(1)[0] for part in zip(*parts, strict=True))
    moved = "" if first is None else f"; kernel moved first in {first} of {seeds}"
    return f"{regime} in {alike} of {seeds} seeds{moved}; {fit} in {fitting} of {seeds}{lost}"


def failures(reasons: Mapping[int, str]) -> str:
    """Return a short sentence on the failed seeds and the reasons, for the first NAMED of them.

    Args:
        reasons: Seed -> sentence with the reason, whose first clause ends in a colon.
    """
    named = [f"seed {seed}: {why.split(':')[0]}" for seed, why in sorted(reasons.items())]
    more = f"; {len(named) - NAMED} more" if len(named) > NAMED else ""
    return f"Failed: {'; '.join(named[:NAMED])}{more}." if named else ""


def remark(numbers: Mapping[str, np.ndarray], seeds: int) -> str:
    """Return a sentence that compares the seeds with their lazy twins.

    Args:
        numbers: test_loss, twin_test_loss and twin_gap of each seed that has not failed.
        seeds: Number of all seeds.
    """
    below = int((numbers["test_loss"] < numbers["twin_test_loss"]).sum())
    apart = significant(100 * median("twin_gap", numbers["twin_gap"]), 2)
    return f"Lazy twins: outputs {apart} % apart in the median; test loss below its twin’s in {below} of {seeds} seeds."
