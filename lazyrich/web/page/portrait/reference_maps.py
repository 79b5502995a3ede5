"""Read the shipped phase portrait as maps, once for all visitors."""

from __future__ import annotations

from functools import cache
from typing import Any

from lazyrich import sweeps
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.phase_portrait.maps import Maps


@cache
def reference_maps() -> tuple[PhasePortrait, Maps, dict[str, Any]]:
    """Return the reference, read once for all visitors: its settings, its maps and the record of its computation."""
    table = sweeps.reference()
    config = PhasePortrait()
    of = Maps(config)
    of.add(table)
    return config, of, dict(table.attrs["lazyrich"])
