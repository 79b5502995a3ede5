"""The charts of a study over one setting: the measure over its values, and each value against the reference."""

from __future__ import annotations

from lazyrich.charts import BoundedAxis, ChartSpec, Guide, Lines, Reading
from lazyrich.studies.live_axis.config import AxisStudy


def charts(config: AxisStudy) -> tuple[ChartSpec, ...]:
    """Return the charts of a study."""
    by, parameter = config.plan.measure, config.plan.config.parameters()[config.axis]
    log = parameter.scale == "log" and min(config.values) > 0
    reference = parameter.labelled(next(iter(config.plan.reference.values())))
    sign = "÷" if by.ratio else "−"
    title = parameter.title if parameter.symbol == parameter.name else parameter.symbol
    return (
        Lines(
            id="values", title=f"{by.words[0].upper()}{by.words[1:]}", place="middle", array="values", x="places",
            x_title=title, x_log=log, y=BoundedAxis(log=by.ratio, title=by.words), y_close=by.ratio, apart=(0,),
            labels=("one seed", "median, 10 to 90 % of seeds"),
        ),
        Lines(
            id="effects", title=f"Against {reference}", array="effects", x="places", x_title=title, x_log=log,
            y=BoundedAxis(log=by.ratio, title=f"{by.words}, {sign} that at {reference}", short=f"{sign} {reference}"),
            y_close=by.ratio, guides=(Guide(y=by.no_effect, label="equal"),), apart=(0,),
            labels=("one seed", "median, with its interval"),
        ),
    )  # fmt: skip


def readings(config: AxisStudy) -> tuple[Reading, ...]:
    """Return the numbers above the charts: none, as each number belongs to one value of the setting."""
    return ()
