"""Comparisons and studies as plotly figures, for the page, a notebook or a paper.

versus.figure(width="8.5cm").write_image("figure.pdf")
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lazyrich import palette
from lazyrich.config.schema import show
from lazyrich.studies.measure import Measure

if TYPE_CHECKING:
    from lazyrich.studies.comparison import Comparison
    from lazyrich.studies.ensemble import Ensemble
    from lazyrich.studies.grid import Study
    from lazyrich.studies.paired import Paired

__all__ = ["comparison_figure", "pixels", "study_figure"]

UNITS: Final = {"cm": 96 / 2.54, "mm": 96 / 25.4, "in": 96.0, "pt": 96 / 72, "px": 1.0}
"""Pixels of each unit, as in browsers and in the PDF and SVG that plotly writes."""

NARROW: Final = 480.0
"""Width in pixels below which panels are stacked vertically."""


def pixels(width: str | float) -> float:
    """Return a width in pixels.

    Args:
        width: A number of pixels, or a text such as "8.5cm" in cm, mm, in, pt or px.

    Raises:
        ValueError: For anything else, and for a width below 100 or above 4000 pixels.
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*(cm|mm|in|pt|px)\s*", width) if isinstance(width, str) else None
    if found:
        size = float(found[1]) * UNITS[found[2]]
    elif isinstance(width, (int, float)) and not isinstance(width, bool):
        size = float(width)
    else:
        size = float("nan")
    if not 100 <= size <= 4000:
        raise ValueError(f'width must be 100 to 4000 pixels, or a text such as "8.5cm" or "5in", got {width!r}.')
    return size


def comparison_figure(versus: Comparison, width: str | float) -> go.Figure:
    """See Comparison.figure."""
    size = pixels(width)
    with_curves = bool(versus.A.config.columns.clock and versus.B.config.columns.clock) and len(versus.networks) == 1
    panels = 2 if with_curves else 1
    stacked = size < NARROW
    figure = make_subplots(*((panels, 1) if stacked else (1, panels)), vertical_spacing=0.2, horizontal_spacing=0.2)
    effects = {"row": panels, "col": 1} if stacked else {"row": 1, "col": panels}
    if with_curves:
        [(one, other)] = versus.networks
        for place, (runs, network, name) in enumerate(
            ((versus.A, one, versus.names[0]), (versus.B, other, versus.names[1]))
        ):
            _curve(figure, runs, network, versus.measure, name, place)
        clock = versus.A.config.columns.clock
        _axis(figure.update_xaxes, "flow time t" if clock == "time" else "step", True, row=1, col=1)
        # many decades, where labels of digits in between would overlap
        figure.update_xaxes(dtick=1, row=1, col=1)
        _axis(figure.update_yaxes, versus.measure.words, versus.measure.ratio, row=1, col=1)
    _pairs(figure, versus, effects)
    return _finish(figure, size, stacked, panels)


def study_figure(study: Study, width: str | float) -> go.Figure:
    """See Study.figure."""
    size = pixels(width)
    figure = _map(study) if len(study.axes) == 2 else _over_one(study)
    return _finish(figure, size, False, 1)


def _curve(
    figure: go.Figure, runs: Ensemble, network: tuple[object, ...], measure: Measure, name: str, place: int
) -> None:
    """The median of a setting in its band."""
    if not set(runs.done) - set(runs.failed):
        return
    band = runs.bands()[measure.name]
    if network:
        band = band.loc[network]
    band = band[band.index > 0]
    where = {"row": 1, "col": 1}
    _band(figure, band.index, band["low"], band["high"], palette.RUNS[place], where)
    line = {"color": palette.RUNS[place], "width": 2, "dash": palette.RUN_DASHES[place]}
    figure.add_scatter(x=band.index, y=band["median"], mode="lines", line=line, name=name, **where)


def _pairs(figure: go.Figure, versus: Comparison, where: dict[str, int]) -> None:
    """A dot for each seed, and the median with its interval."""
    measure, several = versus.measure, len(versus.pairs) > 1
    finite = [p.differences[np.isfinite(p.differences)] for p in versus.pairs.values()]
    ends = np.concatenate([*finite, [0.0]])
    low, high = float(ends.min()), float(ends.max())
    edge = 0.08 * max(high - low, 0.1)
    columns = versus.A.config.columns.networks
    names = []
    for place, (network, paired) in enumerate(versus.pairs.items()):
        names.append(", ".join(f"{n} {show(v)}" for n, v in zip(columns, network, strict=True)))
        shown = np.clip(np.sort(paired.differences), low - edge, high + edge)
        across = place + (np.linspace(-0.3, 0.3, len(shown)) if len(shown) > 1 else np.zeros(len(shown)))
        # a seed without a value in A or B is drawn at the edge
        symbols = ["circle" if low <= value <= high else "triangle-up-open" for value in shown]
        figure.add_scatter(
            x=across, y=[measure.unscaled(value) for value in shown], mode="markers", showlegend=False, **where,
            marker={"size": 5, "color": palette.GHOST, "symbol": symbols}, hovertemplate="%{y:.3g}<extra></extra>",
        )  # fmt: skip
        _interval(figure, measure, paired, versus.complete, place, (low - edge, high + edge), where)
    figure.add_hline(y=measure.no_effect, line={"color": palette.GHOST, "dash": "dot", "width": 1}, **where)
    about = f"{measure.words}, B {'/' if measure.ratio else '−'} A"
    _axis(figure.update_yaxes, about, measure.ratio, **where)
    ticks = {"tickvals": list(range(len(names))), "ticktext": names} if several else {"showticklabels": False}
    figure.update_xaxes(title=None if several else "seeds, sorted", ticks="", automargin=True, **ticks, **where)


def _interval(
    figure: go.Figure,
    measure: Measure,
    paired: Paired,
    complete: bool,
    place: int,
    ends: tuple[float, float],
    where: dict[str, int],
) -> None:
    if not paired.pairs:
        return
    low, high = paired.interval if complete else paired.anytime_interval
    least, most = (measure.unscaled(end) for end in ends)
    colour = palette.RUNS[2]
    figure.add_scatter(
        x=[place, place], y=[max(low, least), min(high, most)], mode="lines", line={"color": colour, "width": 3},
        showlegend=False, hoverinfo="skip", **where,
    )  # fmt: skip
    middle = min(max(paired.effect, least), most)
    kind = "95 % interval" if complete else "interval that holds at any time"
    figure.add_scatter(
        x=[place], y=[middle], mode="markers", marker={"color": colour, "size": 10, "symbol": "diamond"},
        name=f"median, {kind}", showlegend=place == 0, **where,
    )  # fmt: skip


def _over_one(study: Study) -> go.Figure:
    """Medians over one axis; a line for each network of a seed."""
    figure = go.Figure()
    [(name, values)] = study.axes.items()
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
    parameter = study.plan.config.parameters()[name]
    groups: list[tuple[tuple[Any, ...], Any]] = [((), study.summary)]
    if study.networks:
        groups = [
            (key if isinstance(key, tuple) else (key,), of)
            for key, of in study.summary.groupby(list(study.networks), sort=False)
        ]
    for place, (network, of) in enumerate(groups):
        colour = (palette.NETWORK_COLOURS if network else palette.RUNS)[place % len(palette.NETWORK_COLOURS)]
        label = ", ".join(f"{n} {show(v)}" for n, v in zip(study.networks, network, strict=True))
        of = of.sort_values(name) if numbers else of
        x = of[name] if numbers else [show(value) for value in of[name]]
        _band(figure, x, of["q10"], of["q90"], colour, {})
        figure.add_scatter(
            x=x, y=of["median"], mode="lines+markers", line={"color": colour, "width": 2}, showlegend=bool(label),
            name=label or "median of seeds",
        )  # fmt: skip
    log = numbers and parameter.scale == "log" and min(values) > 0
    _axis(figure.update_xaxes, parameter.symbol, log)
    _axis(figure.update_yaxes, study.measure.words, study.measure.ratio)
    return figure


def _map(study: Study) -> go.Figure:
    """Medians over two axes."""
    if len(study.summary) > len(study.plan.cells):
        raise ValueError("figure draws a map of one network a seed: study one of them, or vary one setting.")
    (x, across), (y, up) = study.axes.items()
    median = study.summary["median"].to_numpy().reshape(len(across), len(up)).T
    z = np.log10(np.maximum(median, np.finfo(float).tiny)) if study.measure.ratio else median
    title = f"log₁₀ {study.measure.words}" if study.measure.ratio else study.measure.words
    figure = go.Figure()
    # equal cells, although values need not be evenly spaced
    figure.add_heatmap(
        x=[show(value) for value in across], y=[show(value) for value in up], z=z, colorscale=palette.SEQUENTIAL,
        colorbar={"title": {"text": title, "side": "right"}}, hovertemplate="%{x}, %{y}: %{z:.3g}<extra></extra>",
    )  # fmt: skip
    parameters = study.plan.config.parameters()
    for update, name in ((figure.update_xaxes, x), (figure.update_yaxes, y)):
        update(title=parameters[name].symbol, type="category")
    return figure


def _band(figure: go.Figure, x: Any, low: Any, high: Any, colour: str, where: dict[str, int]) -> None:
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    figure.add_scatter(x=x, y=low, **edge, **where)
    figure.add_scatter(x=x, y=high, fill="tonexty", fillcolor=_pale(colour), **edge, **where)


def _axis(update: Any, title: str, log: bool, **where: int) -> None:
    update(title=title, type="log" if log else None, exponentformat="power", **where)


def _finish(figure: go.Figure, size: float, stacked: bool, panels: int) -> go.Figure:
    font = 11 if size < NARROW else 13
    height = size * (0.75 * panels if stacked else 0.5 if panels == 2 else 0.7)
    figure.update_layout(
        template="simple_white", width=round(size), height=round(height), font={"size": font},
        margin={"l": 5 * font, "r": font, "t": 2.5 * font, "b": 4 * font},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
    )  # fmt: skip
    return figure


def _pale(colour: str) -> str:
    """Return a colour #rrggbb as a transparent one."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.15)"
