"""Charts of many networks that train side by side, with a colour for each alpha and a band over its seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lazyrich.charts import Abscissa, Band, Curves, CurvesAxis, Series
from lazyrich.config.schema import show

STEPS = Abscissa(column="step", title="training step", log=True, end="steps")


def labels(alphas: Sequence[float]) -> tuple[str, ...]:
    """Return the names of the networks in a legend."""
    return tuple(f"α {show(alpha)}" for alpha in alphas)


def over_steps(
    id: str,
    title: str,
    array: str,
    alphas: Sequence[float],
    y: CurvesAxis,
    place: Literal["middle", "right"] = "right",
    grow: float | None = None,
    thin: str = "",
    named: bool = False,
) -> Curves:
    """Return curves of an array with spread, (alphas, 3), over training steps: medians, and bands over the seeds.

    Args:
        id: Identifier of the chart, as in Curves.
        title: Heading.
        array: Name of the array in `Frame.chart_data`.
        alphas: Balance of each network, which names it.
        y: Value axis.
        place: Column of the page.
        grow: Share of that column's height.
        thin: Name of a second such array, whose medians are drawn dotted; empty for none.
        named: Whether the caption names the networks.

    Returns:
        The chart.
    """
    names = labels(alphas) if named else ("",) * len(alphas)
    lines = [Series(column=f"{array}[{k}]", label=name, network=k) for k, name in enumerate(names)]
    dotted = [Series(column=f"{thin}[{k}]", dash="dot", network=k, thin=True) for k in range(len(names)) if thin]
    bands = [Band(low=f"{array}[{k}].low", high=f"{array}[{k}].high", network=k) for k in range(len(names))]
    return Curves(id=id, title=title, place=place, grow=grow, x=STEPS, y=y, series=(*lines, *dotted), bands=bands)
