"""A phase portrait as plotly figures, for the page, a notebook or a paper. Pure functions of a portrait's Maps.

maps = Maps(PhasePortrait())
maps.add(lazyrich.sweeps.reference())
portrait_map(PhasePortrait(), maps, "kernel_distance", at=100_000).write_image("portrait.svg")
portrait_curves(PhasePortrait(), maps, "test_loss", [(0, 8), (16, 8)]).show()
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from lazyrich import palette
from lazyrich.experiments.phase_portrait.axes import AXES
from lazyrich.experiments.phase_portrait.config import AUTHORS_RATE, PhasePortrait
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.measures import PORTRAIT_MEASURES
from lazyrich.experiments.phase_portrait.summary import cell_name
from lazyrich.experiments.phase_portrait.times import of_cell, of_map

__all__ = ["portrait_curves", "portrait_map"]


def portrait_map(config: PhasePortrait, maps: Maps, measure: str, at: int) -> go.Figure:
    """Draw one measure over both axes, the mean over seeds, with level lines; losses by their logarithm.

    Args:
        config: Settings of the portrait.
        maps: Its numbers.
        measure: Name of the measure.
        at: Steps at the authors' rate, one of config.at.

    Raises:
        KeyError: For an unknown measure.
        ValueError: For a time that the portrait does not have.
    """
    how = PORTRAIT_MEASURES[measure]
    if at not in config.at:
        raise ValueError(f"at must be one of {', '.join(map(str, config.at))}, got {at}.")
    mean = maps.mean[measure][config.at.index(at)]
    z = np.log10(mean) if how.log else mean
    title = f"log₁₀ {how.label.lower()}" if how.log else how.label
    figure = go.Figure()
    figure.add_heatmap(
        x=config.x_values, y=config.y_values, z=z, colorscale=palette.SEQUENTIAL, zsmooth="best",
        colorbar={"title": {"text": title, "side": "right"}},
    )  # fmt: skip
    for level in np.log10(how.contours) if how.log else how.contours:
        figure.add_contour(
            x=config.x_values, y=config.y_values, z=z, autocontour=False, showscale=False,
            contours={"start": level, "end": level, "size": 1, "coloring": "none", "showlabels": True},
            line={"color": "white", "width": 1},
        )  # fmt: skip
    for update, name in ((figure.update_xaxes, config.x), (figure.update_yaxes, config.y)):
        update(title=AXES[name].symbol, type="log" if AXES[name].logarithmic else "linear")
    words = f"{how.label} at {of_map(config, at)}, mean of {config.seeds} seeds"
    figure.update_layout(title=words, template="simple_white", width=640, height=480)
    return figure


def portrait_curves(config: PhasePortrait, maps: Maps, measure: str, cells: Sequence[tuple[int, int]]) -> go.Figure:
    """Draw one measure of some cells over time: means over seeds, in a band from the lowest to the highest.

    cells: (index across, index up) of each.
    """
    how = PORTRAIT_MEASURES[measure]
    mean, low, high = (maps_of[measure] for maps_of in (maps.mean, maps.low, maps.high))
    # the same for all cells at one step count, whatever their scale
    times = AUTHORS_RATE * np.array(config.at)
    figure = go.Figure()
    for (i, j), colour in zip(cells, palette.RUNS, strict=False):
        name = cell_name(config, (i, j))
        if config.seeds > 1:
            edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
            figure.add_scatter(x=times, y=low[:, j, i], **edge)
            figure.add_scatter(x=times, y=high[:, j, i], fill="tonexty", fillcolor=_pale(colour), **edge)
        figure.add_scatter(
            x=times, y=mean[:, j, i], name=name, mode="lines+markers", line={"color": colour, "width": 2},
            customdata=[of_cell(config, (i, j), at) for at in config.at], hovertemplate="%{customdata}: %{y:.3g}",
        )  # fmt: skip
    figure.update_xaxes(type="log", title=f"τ² × flow time t  (= step × {AUTHORS_RATE:g})", exponentformat="power")
    figure.update_yaxes(type="log" if how.log else "linear", title=how.label, exponentformat="power")
    if not how.log:
        figure.update_yaxes(rangemode="tozero")
    figure.update_layout(
        template="simple_white", height=300, margin={"l": 60, "r": 12, "t": 8, "b": 48},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"}, showlegend=True,
    )  # fmt: skip
    return figure


def _pale(colour: str) -> str:
    """Return a colour #rrggbb made translucent."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, 0.15)"
