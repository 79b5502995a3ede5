"""The page's charts as plotly figures, for a notebook or a paper. Pure functions of a Result.

figures.trajectories(result).show()
figures.curves(result, charts.KERNEL).write_image("kernel.svg")
"""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from lazyrich import palette
from lazyrich.charts import Curves
from lazyrich.results.result import Result


def trajectories(result: Result) -> go.Figure:
    """Draw |a_i| w_i of every neuron over the frames, in the plane of the run header.

    Colour and marker tell the sign of a_i at the end.

    Raises:
        AttributeError: For a run without neurons to show.
    """
    first = result.frames[0]
    if "plane" not in first.chart_data or first.header is None:
        raise AttributeError("trajectories needs a run whose frames show neurons in a plane.")
    paths = np.stack([frame.chart_data["plane"] for frame in result.frames])
    signs = result.frames[-1].chart_data["sign"]
    figure = go.Figure()
    for positive, name, colour, symbol in (
        (True, "a > 0", palette.POSITIVE, "circle"),
        (False, "a < 0", palette.NEGATIVE, "triangle-up"),
    ):
        chosen = paths[:, (signs >= 0) == positive]
        # one trace for each sign: a row of NaN separates the neurons
        gap = np.full((1, *chosen.shape[1:]), np.nan)
        x, y = np.concatenate([chosen, gap]).transpose(2, 1, 0).reshape(2, -1)
        figure.add_scatter(x=x, y=y, mode="lines", line={"color": colour, "width": 1.5}, name=name, legendgroup=name)
        figure.add_scatter(
            x=chosen[-1, :, 0], y=chosen[-1, :, 1], mode="markers", showlegend=False, legendgroup=name,
            marker={"color": colour, "symbol": symbol, "size": 8},
        )  # fmt: skip
    view = first.header.chart_data
    reach = 1.1 * max(float(np.abs(paths).max()), float(view["radius"]))
    for x, y, _ in view["teacher"]:
        figure.add_shape(
            type="line", x0=0, y0=0, x1=reach * x, y1=reach * y, line={"color": palette.GHOST, "dash": "dot"}
        )
    radius = float(view["radius"])
    figure.add_shape(
        type="circle", x0=-radius, y0=-radius, x1=radius, y1=radius, line={"color": palette.GHOST, "width": 1}
    )
    figure.update_xaxes(range=[-reach, reach], constrain="domain")
    figure.update_yaxes(range=[-reach, reach], scaleanchor="x", constrain="domain")
    figure.update_layout(title=view["plane_note"] or "Neurons |aᵢ|wᵢ", template="simple_white", width=560, height=560)
    return figure


def curves(result: Result, chart: Curves) -> go.Figure:
    """Return a page's curves over flow time on a log axis, without the frame at time 0."""
    table = result.curves.iloc[1:]
    figure = go.Figure()
    for band in chart.bands:
        edges = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        figure.add_scatter(x=table["time"], y=table[band.low], showlegend=False, **edges)
        figure.add_scatter(x=table["time"], y=table[band.high], name=band.label, fill="tonexty", **edges)
    for series in chart.series:
        line = {"color": palette.RUNS[0], "dash": series.dash, "width": 2}
        figure.add_scatter(x=table["time"], y=table[series.column], mode="lines", line=line, name=series.label)
    figure.update_xaxes(type="log", title="flow time t", exponentformat="power")
    figure.update_yaxes(type="log" if chart.y.log else "linear", title=chart.y.title, exponentformat="power")
    figure.update_layout(title=chart.title, template="simple_white", width=560, height=320)
    return figure
