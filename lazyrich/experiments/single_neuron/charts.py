"""The charts of "Exact solutions"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazyrich.charts import CaptionNumber, ChartSpec, Curves, CurvesAxis, Path, PathKey, Reading, Series, Space
from lazyrich.experiments.student_teacher.charts import KERNEL_READING, TENTH_READING

if TYPE_CHECKING:
    from lazyrich.experiments.single_neuron.config import SingleNeuron


def _difference(column: str) -> tuple[CaptionNumber, ...]:
    return (CaptionNumber(column=column, label="theory − training, at most"),)


CHARTS = (
    Space(
        id="space",
        title="Parameter space",
        columns=("w_along", "w_across", "a"),
        axes=("w along β*", "w across β*", "a"),
    ),
    Path(
        id="function",
        title="Function space β = a w",
        columns=("beta_along", "beta_across"),
        axes=("β along β*", "β across"),
        keys=(
            PathKey(mark="ring", label="start"),
            PathKey(mark="cross", label="target"),
            PathKey(mark="line", label="loss"),
        ),
    ),
    Curves(
        id="modulation",
        title="Pull M(β)",
        place="middle",
        y=CurvesAxis(title="eigenvalues", floor=0.0),
        series=(
            Series(column="eigen_along", label="along", exact=True),
            Series(column="eigen_across", label="across", dash="dot", exact=True),
        ),
    ),
    Curves(
        id="mu",
        title="Size μ = a‖w‖",
        y=CurvesAxis(title="μ"),
        series=(Series(column="mu", label="μ", exact=True),),
        caption=_difference("mu_difference"),
    ),
    Curves(
        id="phi",
        title="Angle φ = cos(w, β*)",
        y=CurvesAxis(title="φ", span=0.1),
        series=(Series(column="phi", label="φ", exact=True),),
        caption=_difference("phi_difference"),
    ),
    Curves(
        id="kernel",
        title="Kernel distance S(0, t)",
        y=CurvesAxis(title="0 lazy, 1 rich", short="S", floor=0.0, least=0.02),
        series=(Series(column="kernel_distance", label="S", exact=True),),
        caption=_difference("kernel_distance_difference"),
    ),
)

READINGS = (
    KERNEL_READING,
    Reading(
        column="loss",
        label="loss",
        help="How wrong the neuron is on its training inputs.",
        formula="Half the sum of squares over them.",
    ),
    TENTH_READING,
    Reading(
        column="mu",
        label="μ",
        digits=3,
        help="How strong the learned function is, with the sign of the readout.",
        formula="μ = a‖w‖, the length of β = a w.",
    ),
    Reading(
        column="phi",
        label="φ",
        digits=3,
        help="How closely the neuron points along the target: 1 exactly.",
        formula="Cosine of the angle between w and β*.",
    ),
    Reading(
        column="effective_delta",
        label="δ effective",
        digits=3,
        resolution=1e-4,
        help="How readout and first layer share the work, learning rates counted in, which training keeps: positive is "
        "upstream.",
        formula="(η_w a² − η_a‖w‖²) / √(η_a η_w).",
    ),
)


def charts(config: SingleNeuron) -> tuple[ChartSpec, ...]:
    """Return the charts of the page."""
    return CHARTS


def readings(config: SingleNeuron) -> tuple[Reading, ...]:
    """Return the numbers above the charts."""
    return READINGS
