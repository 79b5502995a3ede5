"""Estimate the cost of a phase portrait from its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from lazyrich.config.schema import Work
from lazyrich.experiments.common.cost import GIGAFLOPS
from lazyrich.geometry import conserved_delta

if TYPE_CHECKING:
    from lazyrich.experiments.phase_portrait.config import PhasePortrait

GRADIENTS: Final = 120
"""Gradients of a student of the paper's Fig. 1(b) to 100,000 steps per unit of its hardness (measured: 350 on
average)."""

SAMPLED: Final = 5
"""Largest number of points of each axis from which the cost is estimated."""


def hardness(tau: float, delta: float) -> float:
    """Return a rough number of gradients of flow: the root of the initial kernel times the time, 1 / tau^2."""
    return float(np.sqrt(np.hypot(delta, 2 * tau**2) / tau**2))


def work(config: PhasePortrait, measures: int) -> Work:
    """Return the cost on one core: a few hundred gradients a student, and a kernel at each of the times.

    Args:
        config: Settings of the portrait.
        measures: Number of measures of a student.
    """
    number = 8 if config.dtype == "float64" else 4
    speed = GIGAFLOPS[config.dtype] * 1e9
    across, up = (
        values[np.unique(np.linspace(0, len(values) - 1, SAMPLED).astype(int))]
        for values in (config.x_values, config.y_values)
    )
    students = [config.settings_at(x, y) for x in across for y in up]
    flops = seconds = scratch = 0.0
    for student in students:
        n, d, m = student["samples"], student["dimension"], student["width"]
        balance = conserved_delta(*(student[name] for name in ("tau", "delta", "eta_a", "eta_w")))
        balance /= (student["eta_a"] * student["eta_w"]) ** 0.5
        gradients = GRADIENTS * hardness(student["tau"], balance) * (config.at[-1] / 1e5) ** 0.3
        gradients = min(config.at[-1], gradients)
        gradient = 4.0 * n * d * m
        # half of each kernel, as it is symmetric
        kernels = (1 + len(config.at)) * 2.0 * n * n * (d + m)
        flops += gradients * gradient + kernels
        seconds += gradients * (4e-5 + gradient / speed) + kernels / speed
        scratch = max(scratch, number * (1.5 * n * n + 20.0 * m * (n + 12 * d) + 2.0 * config.test_samples * (d + m)))
    share = config.students / len(students)
    cells = len(config.x_values) * len(config.y_values)
    arrays = measures * (3 if config.seeds > 1 else 1)
    held = config.expected_frames * 4.0 * arrays * len(config.at) * cells + config.students * len(config.at) * 72.0
    return Work(flops=share * flops, bytes=held, scratch=scratch, seconds=share * seconds)
