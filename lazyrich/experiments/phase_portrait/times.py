"""Training times of a phase portrait in both units, and the relation of its steps to those of the playground.

The portrait counts steps of the authors' base rate: step k is flow time t = 0.005 k / tau^2, so with tau along an axis
the same step is a different flow time in each column.
"""

from __future__ import annotations

from lazyrich.experiments.phase_portrait.config import AUTHORS_RATE, PhasePortrait
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.moment import significant

__all__ = ["flow_time", "of_cell", "of_map", "portrait_step", "student_step"]


def flow_time(config: PhasePortrait, at: int) -> str:
    """Return the flow time of a whole map at a step count, `t = 500/τ²`, or a number where all cells share τ."""
    time = at * AUTHORS_RATE
    if "tau" in (config.x, config.y):
        # a round number of steps gives a round time: 0.5, not 0.500
        number = significant(time)
        return f"t = {number.rstrip('0').rstrip('.') if '.' in number else number}/τ²"
    return f"t = {significant(time / config.tau[0] ** 2)}"


def of_map(config: PhasePortrait, at: int) -> str:
    """Return a time of a whole map in both units: `t = 500/τ² (100,000 steps)`."""
    return f"{flow_time(config, at)} ({at:,} steps)"


def of_cell(config: PhasePortrait, cell: tuple[int, int], at: int) -> str:
    """Return a time of one cell (index across, index up) in both units: `t = 5,560 (step 100,000)`."""
    tau = config.settings_at(config.x_values[cell[0]], config.y_values[cell[1]])["tau"]
    return f"t = {significant(at * AUTHORS_RATE / tau**2)} (step {at:,})"


def portrait_step() -> str:
    """Return the sentence of the portrait's page on its step and the playground's."""
    base = StudentTeacher().learning_rate
    ratio = AUTHORS_RATE / base
    return (
        f"Time t is learning rate × steps. A step here is one of the authors' base rate {AUTHORS_RATE:g} and covers "
        f"t = {AUTHORS_RATE:g}/τ²; a step of the playground covers its own base rate over τ², by default "
        f"{significant(base, 1)}/τ², so that 1,000 steps here are {1000 * ratio:,.0f} there."
    )


def student_step(config: StudentTeacher) -> str:
    """Return the sentence of the playground's page on its step and the portrait's."""
    here = f"One step is t = {significant(config.step_size)}, base/τ²"
    ratio = AUTHORS_RATE / config.learning_rate
    if abs(ratio - 1) < 1e-9:
        return f"{here}, which is a step of the phase portrait too."
    many, few = ("steps here are 1 there", ratio) if ratio > 1 else ("steps there are 1 here", 1 / ratio)
    return f"{here}; a step of the phase portrait (base {AUTHORS_RATE:g}) is another: {significant(few)} {many}."
