"""A plotly figure at rest, drawn by the same plotly.js as the live charts and in their look.

Streamlit's own `st.plotly_chart` brings a second plotly.js: on a page that has one already, the first view comes more
than a second later for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from lazyrich.web.components.assets import STUB, asset

_component = st.components.v2.component("lazyrich_figure", js=STUB, isolate_styles=False)


def figure(drawn: go.Figure, title: str, file: str, key: str, lines: Sequence[str] = ()) -> None:
    """Mount the figure, as wide as there is room for and as high as its layout says.

    The page's theme replaces the figure's template. title: what it shows, for screen readers and above it in a saved
    image. file: what that image is called. key: fixed for a page, so that the figure is never mounted anew. lines: what
    a saved image says of its settings.
    """
    described = json.loads(drawn.to_json())
    described["layout"].pop("template", None)
    _component(
        key=key,
        data={
            "module": asset("entry/figure_view.js"),
            "plotly": asset("plotly.min.js"),
            "traces": described["data"],
            "layout": described["layout"],
            "title": title,
            "file": file,
            "lines": list(lines),
        },
    )
