"""The charts of the playground."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from lazyrich.charts import (
    Band,
    CaptionNumber,
    CaptionSetting,
    ChartSpec,
    Curves,
    CurvesAxis,
    Function,
    Plane,
    Reading,
    Series,
)
from lazyrich.experiments.common import kernel_first, time_to_tenth
from lazyrich.experiments.common.verdict import MARKS
from lazyrich.experiments.student_teacher.kernel_charts import KERNEL_CHARTS, KERNEL_READINGS

if TYPE_CHECKING:
    from lazyrich.experiments.student_teacher.config import StudentTeacher

PLANE = Plane(id="plane", title="Neurons |aᵢ|wᵢ", array="plane", sign="sign")

FUNCTION = Function(id="function", title="Learned function f(x)", array="plane", sign="sign")

LOSS = Curves(
    id="loss",
    title="Loss",
    y=CurvesAxis(log=True, title="mean squared error", short="MSE"),
    series=(Series(column="train_loss", label="train"), Series(column="test_loss", label="test", dash="dot")),
)

TWIN_LOSSES = (
    Series(column="twin_train_loss", label="twin, train", dash="dash"),
    Series(column="twin_test_loss", label="twin, test", dash="dashdot"),
)
"""Losses of the lazy twin, drawn beside the others if it is computed."""

TEST_COLUMNS = frozenset({"test_loss", "twin_test_loss"})
"""Columns that have no meaning without test inputs."""

KERNEL = Curves(
    id="kernel",
    title="Kernel distance S(0, t)",
    # S depends on the dimension, and the map beside this chart uses another one
    settings=(CaptionSetting(name="dimension", symbol="d"),),
    # the axis has a smallest length, so that a tiny movement of the kernel looks tiny
    y=CurvesAxis(title="0 lazy, 1 rich", short="S", floor=0.0, least=0.02),
    series=(Series(column="kernel_distance", label="S"),),
)

DRIFT = CaptionNumber(column="conserved_drift", label="largest drift")

CONSERVED = Curves(
    id="conserved",
    title="Conserved quantity δᵢ",
    folded=True,
    # the axis has a smallest length, so that a drift of 1e-7 looks like none
    y=CurvesAxis(title="δᵢ", span=0.01),
    series=(Series(column="conserved_mean", label="mean"),),
    bands=(Band(low="conserved_low", high="conserved_high", label="min to max"),),
    caption=(DRIFT,),
)

CONSERVED_BY_DESCENT = CONSERVED.model_copy(
    update={"caption": (DRIFT, CaptionNumber(column="step_share", label="step", after=" of the stable one"))}
)
"""Step size relative to the largest stable one."""

PLAYGROUND = (PLANE, FUNCTION, LOSS, KERNEL, CONSERVED)

DRAWN = ("train_loss", "test_loss", "kernel_distance")
"""Columns for which the charts show a band over seeds and single seeds."""

SHOWN = 3
"""Number of single seeds drawn beside the median, because medians are flatter than runs."""


def charts(config: StudentTeacher) -> tuple[ChartSpec, ...]:
    """Return PLAYGROUND, with a twin's losses, bands over seeds, the kernel if it is read, and what finite steps do."""
    conserved = CONSERVED_BY_DESCENT if config.method == "descent" else CONSERVED
    if config.seeds > 1:
        # medians over seeds of the mean, smallest and largest neuron of each seed
        drift = DRIFT.model_copy(update={"label": "largest drift, median of the seeds"})
        conserved = conserved.model_copy(update={"caption": (drift, *conserved.caption[1:])})
    read = KERNEL_CHARTS if config.read_kernel else ()
    return PLANE, FUNCTION, _losses(config), over_seeds(KERNEL, config.seeds), *read, conserved


def _losses(config: StudentTeacher, tested: bool = True) -> Curves:
    """Return the chart of the losses: training, test if there are test inputs, and those of the lazy twin if any."""

    def shown(series: Iterable[Series]) -> tuple[Series, ...]:
        return tuple(one for one in series if tested or one.column not in TEST_COLUMNS)

    own = over_seeds(LOSS.model_copy(update={"series": shown(LOSS.series)}), config.seeds)
    return own.model_copy(update={"series": (*own.series, *shown(TWIN_LOSSES))}) if config.twin else own


def over_seeds(chart: Curves, seeds: int) -> Curves:
    """Return a chart whose lines are medians over the seeds, with bands and the first few seeds as thin lines.

    Args:
        chart: Chart of columns in DRAWN.
        seeds: Number of seeds; for one seed the chart is returned unchanged.

    Returns:
        The chart.
    """
    if seeds == 1:
        return chart
    bands = [
        # the band has a name only beside several lines, whose caption has room for it
        Band(
            low=f"{one.column}[0].low",
            high=f"{one.column}[0].high",
            label=f"10 to 90 % of {seeds} seeds" if one is chart.series[0] and len(chart.series) > 1 else "",
        )
        for one in chart.series
    ]
    singles = [
        Series(column=f"{one.column}[{k}]", dash=one.dash, faint=True)
        for one in chart.series
        for k in range(1, min(SHOWN, seeds) + 1)
    ]
    return chart.model_copy(update={"series": (*singles, *chart.series), "bands": (*chart.bands, *bands)})


KERNEL_READING = Reading(
    column="kernel_distance",
    label="kernel moved",
    resolution=1e-13,  # rounding of float32, squared
    help="How differently the network now generalises from one example to another than at its start: 0 not at all, "
    "1 completely.",
    formula=f"Kernel distance S(0, t) = 1 − ⟨K₀, Kₜ⟩/(‖K₀‖‖Kₜ‖) of the tangent kernels on the training inputs. {MARKS}",
)

TENTH_READING = Reading(
    column="time_to_tenth", label="time to a tenth", help=time_to_tenth.HELP, formula=time_to_tenth.FORMULA
)

READINGS = (
    KERNEL_READING,
    Reading(
        column="activation_flips",
        label="flips",
        unit="%",
        scale=100,
        help="How many of all pairs of a neuron and a training input are switched on where they were off at the start, "
        "or off where they were on.",
        formula="Share of pairs (i, x) with another sign of wᵢ·x than at the start.",
    ),
    Reading(
        column="teacher_alignment",
        label="alignment",
        help="How closely the neurons that matter point along the teacher's: 1 exactly. Other neurons can make the "
        "same function, so a small test loss needs no alignment.",
        formula="Mean over neurons, weighted by |aᵢ|‖wᵢ‖, of the largest cosine between wᵢ and a teacher direction of "
        "its own sign (0 if there is none).",
    ),
    Reading(
        column="test_loss",
        label="test loss",
        help="How wrong the network is on inputs that it was not trained on.",
        formula="Mean of (f(x) − y)² over fresh inputs.",
    ),
    TENTH_READING,
    Reading(
        column="effective_delta",
        label="δ effective",
        digits=3,
        resolution=1e-4,
        help="How the layers share the work, learning rates counted in: positive is upstream, a fast first layer; "
        "negative is downstream, a fast readout.",
        formula="(η_w aᵢ² − η_a‖wᵢ‖²) / √(η_a η_w), mean over neurons. It and the scale decide the function that is "
        "learned; √(η_a η_w) only sets the speed.",
    ),
)


def readings(config: StudentTeacher) -> tuple[Reading, ...]:
    """Return READINGS for a balance.

    If the balance has four digits, as 0.9999, the effective one gets four, too; it would read 1.00 otherwise.
    """
    found = _readings(config)
    if float(f"{config.delta:.3g}") != config.delta:
        found = tuple(one.model_copy(update={"digits": 4}) if one.column == "effective_delta" else one for one in found)
    return of_seeds(found, config.seeds)


def _readings(config: StudentTeacher) -> tuple[Reading, ...]:
    return (*READINGS, *KERNEL_READINGS) if config.read_kernel else READINGS


def of_seeds(readings: tuple[Reading, ...], seeds: int) -> tuple[Reading, ...]:
    """Return readings labelled as medians over this many seeds. The verdict counts failed seeds."""
    if seeds == 1:
        return readings
    note = f"Median over {seeds} seeds, without those that have failed."
    first = f" The verdict counts the seeds whose kernel moved first. {kernel_first.HELP}"
    return tuple(
        one.model_copy(update={"help": f"{one.help} {note}{first if one is KERNEL_READING else ''}"})
        for one in readings
    )


def charts_on_own_data(config: StudentTeacher, tested: bool) -> tuple[ChartSpec, ...]:
    """Return the charts of a run on data without a teacher. tested: whether there are inputs to test on."""
    if tested:
        return charts(config)
    return tuple(_losses(config, tested) if chart.id == LOSS.id else chart for chart in charts(config))


def readings_on_own_data(config: StudentTeacher, tested: bool) -> tuple[Reading, ...]:
    """Return the readings of a run on data without a teacher. tested: whether there are inputs to test on."""
    without = {"teacher_alignment"} if tested else {"teacher_alignment", *TEST_COLUMNS}
    held_out = {
        "help": "How wrong the network is on the samples held out.",
        "formula": "Mean of (f(x) − y)² over them.",
    }
    found = tuple(
        one.model_copy(update=held_out) if one.column == "test_loss" else one
        for one in _readings(config)
        if one.column not in without
    )
    return of_seeds(found, config.seeds)
