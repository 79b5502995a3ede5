"""The charts of a comparison: the effect in each seed with its interval, and the curves of both with bands."""

from __future__ import annotations

from lazyrich.charts import BoundedAxis, ChartSpec, Guide, Lines, Reading
from lazyrich.studies.live.config import SeedComparison


def charts(config: SeedComparison) -> tuple[ChartSpec, ...]:
    """Return the charts of a comparison."""
    by = config.compared_measure
    effect = f"{by.words}, B {'÷' if by.ratio else '−'} A"
    pairs = Lines(
        id="pairs", title="Each seed, and the median", place="middle", array="effects", x="seeds", x_title="seed",
        y=BoundedAxis(log=by.ratio, title=effect, short=f"B {'÷' if by.ratio else '−'} A"), y_close=by.ratio,
        guides=(Guide(y=by.no_effect, label="A and B equal"),),
        labels=("one seed", "median, with its interval"), apart=(0,),
    )  # fmt: skip
    if not config.clock:
        return (pairs,)
    clock = "flow time t" if config.clock == "time" else "training step"
    curves = Lines(
        id="curves", title=f"{by.words[0].upper()}{by.words[1:]}: medians, 10 to 90 % of seeds", array="curves",
        x="moments", x_title=clock, x_log=True, y=BoundedAxis(log=by.ratio, title=by.words), labels=config.names,
    )  # fmt: skip
    return (pairs, curves)


def readings(config: SeedComparison) -> tuple[Reading, ...]:
    """Return the numbers above them."""
    by = config.compared_measure
    return (
        Reading(column="effect", label=f"median {by.effect}", digits=3, help=f"Of B's {by.words} and A's in a seed."),
        Reading(column="low", label="from", digits=3, help="Lower end of its interval, at least 95 %."),
        Reading(column="high", label="to", digits=3, help="Upper end of its interval, at least 95 %."),
        Reading(column="median_A", label="A", digits=3, help=f"Median {by.words} of A."),
        Reading(column="median_B", label="B", digits=3, help=f"Median {by.words} of B."),
    )
