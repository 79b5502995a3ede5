"""The charts of "Linear or ReLU": two students side by side on equal axes, everything over the balance delta."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from lazyrich.charts import Band, ChartSpec, Curves, CurvesAxis, Reading, Series
from lazyrich.experiments.implicit_bias.charts import BALANCE

if TYPE_CHECKING:
    from lazyrich.experiments.linear_or_relu.config import LinearOrRelu

STUDENTS = {"linear": "Linear student", "relu": "ReLU student"}
PLACES: Final[dict[str, Literal["middle", "right"]]] = {"linear": "middle", "relu": "right"}


def _curves(student: str, quantity: str, id: str, title: str, y: CurvesAxis) -> Curves:
    column = f"{quantity}_{student}"
    return Curves(
        id=f"{id}-{student}",
        title=f"{STUDENTS[student]}: {title}",
        place=PLACES[student],
        x=BALANCE,
        y=y,
        series=(Series(column=column, label="median"),),
        bands=(Band(low=f"{column}_low", high=f"{column}_high", label="all seeds"),),
    )


def _kernel(student: str) -> Curves:
    also = [f"kernel_distance_{other}_high" for other in STUDENTS]
    y = CurvesAxis(title="S, 0 lazy, 1 rich", floor=0.0, least=0.05, also=also)
    return _curves(student, "kernel_distance", "kernel", "how far the kernel moved", y)


def _time(student: str) -> Curves:
    also = [f"time_{other}_{end}" for other in STUDENTS for end in ("low", "high")]
    y = CurvesAxis(log=True, title="flow time to a tenth of the loss", short="flow time", also=also)
    return _curves(student, "time", "time", "how long it took", y)


CHARTS = tuple(chart(student) for student in STUDENTS for chart in (_kernel, _time))

MOVED = {
    "help": "How far the kernel has moved when nine tenths of the loss are gone, median over the seeds.",
    "formula": "S = 1 − ⟨K₀, Kₜ⟩/(‖K₀‖‖Kₜ‖).",
}
TOOK = {
    "help": "How long it took until nine tenths of the loss were gone, median over the seeds.",
    "formula": "Flow time t.",
}

READINGS = (
    Reading(
        column="delta",
        label="δ",
        digits=3,
        resolution=1e-9,
        help="How every neuron's start is shared between readout and first layer: positive is upstream.",
        formula="a² − ‖w‖².",
    ),
    Reading(column="kernel_distance_linear", label="linear: moved", **MOVED),
    Reading(column="time_linear", label="took", **TOOK),
    Reading(column="kernel_distance_relu", label="ReLU: moved", **MOVED),
    Reading(column="time_relu", label="took", **TOOK),
)


def charts(config: LinearOrRelu) -> tuple[ChartSpec, ...]:
    """Return the charts of the page."""
    return CHARTS


def readings(config: LinearOrRelu) -> tuple[Reading, ...]:
    """Return the numbers of one balance."""
    return READINGS
