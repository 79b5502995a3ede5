"""Charts in which many networks train side by side: a colour for each alpha, a band over its seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from lazyrich.charts import Abscissa, Band, Curves, CurvesAxis, Series
from lazyrich.config.schema import show

STEPS = Abscissa(column="step", title="training step", log=True, end="steps")


def labels(alphas: Sequence[float]) -> tuple[str, ...]:
    """Return what a legend calls the networks."""
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
        id: As in Curves, and so title, y, place and grow.
        title: Heading.
        array: Name of the array in `Frame.chart_data`.
        alphas: What the networks are told by.
        y: The value axis.
        place: Column of the page.
        grow: Share of that column's height.
        thin: A second such array, whose medians are drawn dotted; empty for none.
        named: Whether the caption names the networks.
    """
    names = labels(alphas) if named else ("",) * len(alphas)
    lines = [Series(column=f"{array}[{k}]", label=name, network=k) for k, name in enumerate(names)]
    dotted = [Series(column=f"{thin}[{k}]", dash="dot", network=k, thin=True) for k in range(len(names)) if thin]
    bands = [Band(low=f"{array}[{k}].low", high=f"{array}[{k}].high", network=k) for k in range(len(names))]
    return Curves(id=id, title=title, place=place, grow=grow, x=STEPS, y=y, series=(*lines, *dotted), bands=bands)
