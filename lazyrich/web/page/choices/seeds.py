"""Next seed for the current run and those kept beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from lazyrich.config.schema import Config

MAX_SEED: Final = 2**31 - 1


def next_seed(config: Config, kept: Sequence[Config]) -> int | None:
    """Return the seed that "New seed" sets; None for an experiment in which nothing is drawn at random.

    It is larger than all seeds that the run trains side by side, so that none repeats, and skips seeds with which the
    run would equal a kept one.
    """
    if "seed" not in config.parameters():
        return None
    seed = int(getattr(config, "seed", 0))
    step, room = seeds_of(config), max(map(seeds_of, (config, *kept)))
    while True:
        seed = seed + step if seed + step + room - 1 <= MAX_SEED else 0
        if config.changed(seed=seed) not in kept:
            return seed


def seeds_of(config: Config) -> int:
    """Return the number of seeds that a run trains side by side."""
    return int(getattr(config, "seeds", 1))
