"""Summary of a phase portrait so far, in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lazyrich.experiments.common.verdict import LAZY
from lazyrich.experiments.phase_portrait.axes import AXES
from lazyrich.experiments.phase_portrait.config import PhasePortrait


def verdict(config: PhasePortrait, students: int, mean: Mapping[str, np.ndarray]) -> str:
    """Count the finished students, find where the kernel moved most, and how much of the map is lazy, at the last time.

    mean: maps (T, ny, nx) by measure, nan where there is nothing yet.
    """
    S = mean["kernel_distance"][-1]
    known = np.isfinite(S)
    done = f"{students:,} of {config.students:,} students"
    if not known.any():
        return done
    j, i = np.unravel_index(int(np.nanargmax(S)), S.shape)
    where = cell_name(config, (int(i), int(j)))
    lazy = float((S[known] < LAZY).mean())
    found = f"the kernel moves most, {S[j, i]:.2g}, at {where}; lazy on {100 * lazy:.0f} % of the map"
    return found[0].upper() + found[1:] if students == config.students else f"{done}: so far {found}"


def cell_name(config: PhasePortrait, cell: tuple[int, int]) -> str:
    """τ = 0.1, δ = −1 of a cell (index across, index up)."""
    x, y = config.x_values[cell[0]], config.y_values[cell[1]]
    return f"{AXES[config.x].symbol} = {x:.3g}, {AXES[config.y].symbol} = {y:.3g}".replace("-", "−")
