"""A config with both kinds of lists: entries that belong to layers, and free ones. It describes no run."""

from __future__ import annotations

from typing import ClassVar

from lazyrich.config.schema import Config, parameter


class Lists(Config):
    """Lists of numbers."""

    name: ClassVar[str] = "lists"

    depth: int = parameter(2, "Depth", "How many layers there are.", ge=2, le=6, step=1, main=True)
    rates: tuple[float, ...] = parameter(
        (),
        "Rates",
        "A rate for each layer.",
        ge=0.01, le=100, scale="log", entries=(0, 6), layers="depth", missing=1.0, main=True,
    )  # fmt: skip
    shifts: tuple[int, ...] = parameter(
        (), "Shifts", "A shift for each layer.", ge=-3, le=3, step=1, entries=(0, 6), layers="depth", missing=0
    )
    alphas: tuple[float, ...] = parameter(
        (0.5, 1.0, 2.0), "Alphas", "Which balances to try.", gt=0, le=100, entries=(1, 8)
    )
    sizes: tuple[int, ...] = parameter((64, 128), "Sizes", "How many samples to try.", ge=1, le=1000, entries=(0, 4))
