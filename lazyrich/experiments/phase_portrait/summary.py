"""Verdict of a phase portrait so far."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lazyrich.experiments.common.verdict import LAZY
from lazyrich.experiments.phase_portrait.axes import AXES
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.moment import rounded


def verdict(config: PhasePortrait, students: int, mean: Mapping[str, np.ndarray]) -> str:
    """Return a sentence with the finished students, the largest kernel movement and the lazy share of the map.

    Args:
        config: The portrait.
        students: Number of finished students.
        mean: Maps (T, ny, nx) by measure, of which the last time is used; nan for missing values.
    """
    S = mean["kernel_distance"][-1]
    known = np.isfinite(S)
    done = f"{students:,} of {config.students:,} students"
    if not known.any():
        return done
    j, i = np.unravel_index(int(np.nanargmax(S)), S.shape)
    where = cell_name(config, (int(i), int(j)))
    lazy = float((S[known] < LAZY).mean())
    found = f"the kernel moves most, {rounded(S[j, i])}, at {where}; lazy on {100 * lazy:.0f} % of the map"
    return found[0].upper() + found[1:] if students == config.students else f"{done}: so far {found}"


def cell_name(config: PhasePortrait, cell: tuple[int, int]) -> str:
    """Return the name of a cell (index across, index up): τ = 0.1, δ = −1."""
    x, y = config.x_values[cell[0]], config.y_values[cell[1]]
    return f"{AXES[config.x].symbol} = {rounded(x, 3)}, {AXES[config.y].symbol} = {rounded(y, 3)}"
