"""Checks of the settings of a StudentTeacher that depend on each other, as validators of its fields."""

from __future__ import annotations

from typing import Any

from pydantic_core import PydanticCustomError

from lazyrich.config.schema import Config
from lazyrich.config.twin_size import twin_too_large


def even_width(cls: type[Config], width: int, info: Any) -> int:
    """Check that the width is even when the start is symmetrised, as half of the neurons copy the other half."""
    if width % 2 and info.data.get("symmetrised", True):
        raise odd_width(width)
    return width


def odd_width(width: int) -> PydanticCustomError:
    """Return the error for an odd width of a symmetrised start."""
    return PydanticCustomError(
        "sentence",
        "`width` must be even when the start is symmetrised, got {width}: choose {below} or {above}, or switch "
        "`symmetrised` off.",
        {"width": width, "below": max(2, width - 1), "above": width + 1},
    )


def existing_seeds(cls: type[Config], seeds: int, info: Any) -> int:
    """Check that the last of the seeds is one: they count on from `seed`, which has an upper bound."""
    first, last = info.data.get("seed", 0), cls.parameters()["seed"].high
    assert last is not None
    if first + seeds - 1 > last:
        raise PydanticCustomError(
            "sentence",
            "`seeds` must be {most} or less from seed {first} on, as seeds end at {last}, got {seeds}: choose a "
            "smaller `seed`.",
            {"most": last - first + 1, "first": first, "last": last, "seeds": seeds},
        )
    return seeds


def small_enough_for_a_twin(cls: type[Config], twin: bool, info: Any) -> bool:
    """Check that a lazy twin can be computed for these samples and this width."""
    sizes = [info.data.get(name) for name in ("samples", "width", "dimension")]
    too_large = twin_too_large(*sizes) if twin and None not in sizes else ""
    if too_large:
        sentence = "`twin` {too_large}, or switch `twin` off."
        raise PydanticCustomError("sentence", sentence, {"too_large": too_large})
    return twin
