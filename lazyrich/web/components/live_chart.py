"""The live chart: a component that plays runs in the browser while they train. Streamlit only tells it which runs.

Its JavaScript and the frames come from the routes of `lazyrich.web.stream.routes`; no rerun of the page per frame.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import streamlit as st

from lazyrich.charts import ChartSpec, Reading
from lazyrich.client import live_data
from lazyrich.serving.pool import Run
from lazyrich.web.components.assets import STUB
from lazyrich.web.stream.routes import asset, socket_path

_component = st.components.v2.component("lazyrich_live", js=STUB, isolate_styles=False)


@dataclass(frozen=True)
class Shown:
    """A run on the chart and what its legend calls it."""

    run: Run
    label: str
    place: int = 0
    """Among the colours of runs: 0 for the current one, from 1 on for the kept ones, which hold theirs."""
    pinned: bool = False
    """Kept by the visitor, who can drop it; the current run may be as well."""


def live(
    current: Shown,
    kept: Sequence[Shown],
    charts: Sequence[ChartSpec],
    readings: Sequence[Reading],
    look: Mapping[str, Any],
    token: str,
    key: str,
    on_new_seed: Callable[[], None],
    on_remedy: Callable[[], None],
    on_again: Callable[[], None],
    on_pick: Callable[[], None] | None = None,
    on_onward: Callable[[], None] | None = None,
    on_drop: Callable[[], None] | None = None,
    on_set: Callable[[], None] | None = None,
    choices: Mapping[str, Any] | None = None,
    on_preset: Callable[[], None] | None = None,
    on_slide: Callable[[], None] | None = None,
) -> Any:
    """Mount the live chart.

    charts and readings: see lazyrich.charts. key: fixed for a page, so that the chart is never remounted. look: how
    much is shown, {"kind": "page", "figure", "slide" or "glance", "pictures": ids of charts, all if empty, "controls":
    names, all if None}. choices: what a click changes, for which the browser asks for a preview at once, as
    lazyrich.web.page.choices has it.

    Returns:
        The component's result. `.remedy` holds the settings that the visitor accepted, while `on_remedy` runs, `.pick`
        what was clicked on a chart, while `on_pick` does, `.drop` the kept run to be dropped, {"id": ...}, as
        `on_drop` runs, `.set` what was switched on a chart, {setting: value}, as `on_set` does, `.preset` the preset
        whose chip was tapped, {"name": ...}, as `on_preset` does, and `.slide` how a slider beside the charts was set,
        as `on_slide` does.
    """
    shown: list[tuple[Literal["current", "kept"], Shown]] = [("current", current), *(("kept", run) for run in kept)]
    runs = [live_data.run_data(one.run.id, role, one.label, one.place, one.pinned) for role, one in shown]
    return _component(
        key=key,
        data={
            "module": asset("entry/live.js"),
            "css": asset("css/live.css"),
            "plotly": asset("plotly.min.js"),
            "socket": socket_path(),
            "token": token,
            "runs": runs,
            "choices": dict(choices or {}),
            **live_data.view_data(charts, readings),
            "look": look,
        },
        on_new_seed_change=on_new_seed,
        on_remedy_change=on_remedy,
        on_again_change=on_again,
        on_pick_change=on_pick or _nothing,
        on_onward_change=on_onward or _nothing,
        on_drop_change=on_drop or _nothing,
        on_set_change=on_set or _nothing,
        on_preset_change=on_preset or _nothing,
        on_slide_change=on_slide or _nothing,
    )


def _nothing() -> None:
    """Nothing on these charts can be picked."""
