"""The charts of "Implicit bias": everything over the balance delta, training beside prediction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazyrich.charts import Abscissa, CaptionNumber, ChartSpec, Curves, CurvesAxis, Path, PathKey, Reading, Series

if TYPE_CHECKING:
    from lazyrich.experiments.implicit_bias.config import ImplicitBias

BALANCE = Abscissa(column="delta", title="balance δ  (< 0 downstream, > 0 upstream)")

CHARTS = (
    Path(
        id="solutions",
        title="Where training ends",
        place="main",
        columns=("beta_1", "beta_2"),
        axes=("β along the shortest solution", "β beside it"),
        keys=(
            PathKey(mark="ring", label="start β₀"),
            PathKey(mark="cross", label="shortest solution"),
            PathKey(mark="line", label="all solutions"),
        ),
    ),
    Curves(
        id="direction",
        title="Direction kept: cos(β, β₀)",
        x=BALANCE,
        y=CurvesAxis(title="cosine"),
        series=(Series(column="cosine", label="cosine", exact=True),),
    ),
    Curves(
        id="moved",
        title="Way from the start: ‖β − β₀‖",
        x=BALANCE,
        y=CurvesAxis(title="distance"),
        series=(Series(column="moved", label="distance", exact=True),),
    ),
    Curves(
        id="length",
        title="Length ‖β‖",
        x=BALANCE,
        y=CurvesAxis(title="length", span=0.2),
        series=(Series(column="length", label="length", exact=True),),
        caption=(CaptionNumber(column="largest_difference", label="training from prediction, at most"),),
    ),
)

READINGS = (
    Reading(
        column="delta",
        label="δ",
        digits=3,
        help="How the start is shared between readout and first layer: positive is upstream.",
        formula="a² − ‖w‖².",
    ),
    Reading(
        column="difference",
        label="from the prediction",
        help="How far the solution that training found is from the one that theory named.",
        formula="Length of the difference of both β.",
    ),
    Reading(
        column="cosine",
        label="direction kept",
        digits=3,
        help="How closely the solution points where the start did: 1 exactly.",
        formula="Cosine of the angle between β and β₀.",
    ),
    Reading(
        column="length",
        label="length",
        digits=3,
        help="How long the solution is; the shortest one has 1.",
        formula="‖β‖.",
    ),
    Reading(column="gradient_steps", label="steps", digits=3, help="Gradient steps that this training took."),
)


def charts(config: ImplicitBias) -> tuple[ChartSpec, ...]:
    """Return the charts of the page."""
    return CHARTS


def readings(config: ImplicitBias) -> tuple[Reading, ...]:
    """Return the numbers of one balance."""
    return READINGS
