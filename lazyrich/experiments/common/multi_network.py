"""Shared parts of experiments that train many networks at once: one for each alpha and seed.

alpha divides the first layer's initial weights and multiplies the last layer's, so all networks of a seed start as
the same function. Arrays of networks are (alphas, seeds, ...), alphas in the order of the config.

    alphas: multi_network.Alphas = multi_network.alphas((0.1, 1.0, 3.0, 10.0))
    multi_network.spread(test_accuracy)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from lazyrich.config.schema import parameter, show

MAX_ALPHAS, MAX_SEEDS = 6, 16


def _once_each(alphas: tuple[float, ...]) -> tuple[float, ...]:
    if twice := [alpha for alpha in alphas if alphas.count(alpha) > 1]:
        raise PydanticCustomError(
            "sentence", "`alphas` must name each α once, got {twice} more than once.", {"twice": show(twice[0])}
        )
    return alphas


Alphas = Annotated[tuple[float, ...], AfterValidator(_once_each)]


def alphas(default: tuple[float, ...]) -> Any:
    """Return the config field `alphas`."""
    return parameter(
        default,
        "α  balance of the layers",
        "The first layer's initial weights are divided by α and the last layer's multiplied by it: the same function "
        "at the start, but the larger α (the further upstream), the faster the first layer learns against the last. "
        "It counts from the usual start, α = 1, which need not be δ = 0. A network for each.",
        ge=0.05, le=20, scale="log", entries=(1, MAX_ALPHAS), main=True, symbol="α",
    )  # fmt: skip


def seeds(default: int = 1) -> Any:
    """Return the config field `seeds`."""
    return parameter(
        default,
        "Number of seeds",
        "How often everything is repeated with other data and other initial weights. Lines are medians, bands reach "
        "from the lowest seed to the highest.",
        ge=1, le=MAX_SEEDS, step=1, main=True, symbol="seeds",
    )  # fmt: skip


def seed() -> Any:
    """Return the config field `seed`."""
    return parameter(
        0,
        "First seed",
        "Draws the data and the initial weights; further seeds count on from it. The same settings and seed give "
        "exactly the same run.",
        ge=0, le=2**31 - 1, step=1, symbol="seed",
    )  # fmt: skip


def spread(values: Any) -> np.ndarray:
    """Return median, lowest and highest over the seeds: (alphas, seeds, ...) -> float32 (alphas, ..., 3).

    nan if the value of a seed is nan.
    """
    values = np.asarray(values, dtype=np.float64)
    # nan propagates through all three, without the warnings of nanmedian and the like
    found = [np.median(values, axis=1), values.min(axis=1), values.max(axis=1)]
    return np.stack(found, axis=-1).astype(np.float32)


def table(
    alphas: Sequence[float], first_seed: int, seeds: int, step: int, columns: Mapping[str, Any]
) -> dict[str, np.ndarray]:
    """Return rows of `Result.curves`, one for each network: alpha, seed, step and the `columns`, (alphas, seeds)."""
    rows = {
        "alpha": np.repeat(np.array(alphas, dtype=np.float64), seeds),
        "seed": np.tile(np.arange(first_seed, first_seed + seeds, dtype=np.int64), len(alphas)),
        "step": np.full(len(alphas) * seeds, step, dtype=np.int64),
    }
    return rows | {name: np.asarray(values).reshape(-1) for name, values in columns.items()}


def numbered(name: str, values: Any) -> dict[str, float]:
    """Return the median over seeds for each alpha, from (alphas, seeds), as `name_1`, `name_2`, ...

    The numbers follow the order of the alphas.
    """
    return {f"{name}_{index}": float(median) for index, median in enumerate(np.median(values, axis=1), 1)}


def with_seed_count(words: str, seeds: int) -> str:
    """Return a verdict with the number of seeds behind it, `... (one seed)`, unless it states that already.

    A verdict at the start rests on no seed.
    """
    if f"of {seeds} seeds" in words or words.startswith("At the start"):
        return words
    return f"{words} ({seeds} seeds)" if seeds > 1 else f"{words} (one seed)"


def in_seeds(count: int, seeds: int) -> str:
    """Return `in 3 of 5 seeds `, with a space after it; empty for one seed, as there is nothing to count."""
    return f"in {count} of {seeds} seeds " if seeds > 1 else ""
