"""Plotly figure without animation, drawn by the same plotly.js as the live charts and in their style.

Streamlit's own `st.plotly_chart` loads a second plotly.js, which delays the first view of a page by more than a second.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from lazyrich.web.components.assets import STUB, asset

_component = st.components.v2.component("lazyrich_figure", js=STUB, isolate_styles=False)


def figure(drawn: go.Figure, title: str, file: str, key: str, lines: Sequence[str] = ()) -> None:
    """Mount the figure with the available width and the height of its layout.

    The page's theme replaces the figure's template.

    Args:
        drawn: The figure.
        title: Its title for screen readers and above it in a saved image.
        file: Name of the saved image.
        key: Fixed for a page, so that the figure is never remounted.
        lines: Lines on its settings in a saved image.
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
