"""The charts of "Wide and deep", with a line for each mode and layer of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lazyrich.charts import CaptionNumber, ChartSpec, Curves, CurvesAxis, Dash, Reading, Series
from lazyrich.experiments.student_teacher.charts import KERNEL_READING, TENTH_READING

if TYPE_CHECKING:
    from lazyrich.experiments.linear_network.config import LinearNetwork

DASHES: Final[tuple[Dash, ...]] = ("solid", "dash", "dashdot", "dot", "longdash", "longdashdot")
"""Dashes of the first mode or layer, the second, ...; colours identify runs."""


def charts(config: LinearNetwork) -> tuple[ChartSpec, ...]:
    """Return the charts of a network of this depth and number of outputs."""
    modes = range(1, min(config.outputs, config.dimension, config.width) + 1)
    layers = range(1, config.depth + 1)
    return (
        Curves(
            id="modes",
            title="Modes: singular values of β",
            place="middle",
            y=CurvesAxis(title="singular value", short="value", floor=0.0),
            series=[_line(f"singular_{k}", f"{k}", k, exact=True) for k in modes],
            caption=_difference("singular_difference"),
        ),
        Curves(
            id="kernel",
            title="Kernel distance S(0, t)",
            place="middle",
            y=CurvesAxis(title="0 lazy, 1 rich", short="S", floor=0.0, least=0.02),
            series=(_line("kernel_distance", "S", exact=True),),
            caption=_difference("kernel_distance_difference"),
        ),
        Curves(
            id="loss",
            title="Loss",
            place="middle",
            y=CurvesAxis(log=True, title="half the sum of squares", short="½ Σ r²"),
            series=(_line("loss", "loss", exact=True),),
            caption=_difference("loss_difference"),
        ),
        Curves(
            id="layers",
            title="Largest singular value of layer",
            y=CurvesAxis(title="‖W‖", floor=0.0),
            series=[_line(f"layer_{k}", f"{k}", k, exact=True) for k in layers],
        ),
        Curves(
            id="speeds",
            title="Share in the speed of layer",
            y=CurvesAxis(title="share of η‖∇L‖²", floor=0.0, least=1.0, ceiling=1.0),
            series=[_line(f"speed_{k}", f"{k}", k) for k in layers],
        ),
        Curves(
            id="conserved",
            title="Conserved matrices",
            y=CurvesAxis(title="norm", span=0.01),
            series=(_line("conserved_norm", "norm"),),
            caption=(CaptionNumber(column="conserved_drift", label="drift, relative"),),
        ),
    )


def _line(column: str, label: str, number: int = 1, exact: bool = False) -> Series:
    return Series(column=column, label=label, dash=DASHES[number - 1], exact=exact)


def _difference(column: str) -> tuple[CaptionNumber, ...]:
    # not every network has an exact flow
    return (CaptionNumber(column=column, label="theory − training, at most", optional=True),)


READINGS = (
    KERNEL_READING,
    Reading(
        column="loss",
        label="loss",
        help="How wrong the network is on its training inputs.",
        formula="Half the sum of squares over the whitened inputs.",
    ),
    TENTH_READING,
    Reading(
        column="singular_1",
        label="strongest mode",
        digits=3,
        help="How strong the strongest part of the map is by now.",
        formula="Largest singular value of the linear map that the network computes.",
    ),
    Reading(
        column="conserved_norm",
        label="imbalance",
        digits=3,
        help="How unevenly neighbouring layers share the work; 0 is balanced.",
        formula="Norm of the conserved matrices η_l W_{l+1}ᵀW_{l+1} − η_{l+1} W_l W_lᵀ between layers.",
    ),
)


def readings(config: LinearNetwork) -> tuple[Reading, ...]:
    """Return the numbers above the charts."""
    return READINGS
