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
    """A run on the chart, with its name in the legend."""

    run: Run
    label: str
    place: int = 0
    """Index of its colour: 0 for the current run, from 1 on for kept runs, which keep theirs."""
    pinned: bool = False
    """Whether the visitor keeps it and can drop it; this may be the current run, too."""


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

    Args:
        current: The run that is played.
        kept: Runs beside it.
        charts: Specifications of the charts, see lazyrich.charts.
        readings: Numbers above them.
        look: Shown part of the page, {"kind": "page", "figure", "slide" or "glance", "pictures": ids of charts, all if
            empty, "controls": names, all if None}.
        token: Token of the session.
        key: Fixed for a page, so that the chart is never remounted.
        on_new_seed: Called when the visitor asks for a new seed.
        on_remedy: Called when they accept the remedy of a failed run.
        on_again: Called when they ask to train again.
        on_pick: Called when they click a chart that can be clicked.
        on_onward: Called when they ask to continue training.
        on_drop: Called when they drop a kept run.
        on_set: Called when they switch a setting on a chart.
        choices: Settings changed by a click, for which the browser requests a preview, see lazyrich.web.page.choices.
        on_preset: Called when they tap the chip of a preset.
        on_slide: Called when they set a slider beside the charts.

    Returns:
        The component's result. During the callback of the same name, `.remedy` holds the accepted settings, `.pick` the
        clicked point, `.drop` the kept run to be dropped, {"id": ...}, `.set` the switched setting, {setting: value},
        `.preset` the tapped preset, {"name": ...}, and `.slide` the setting of a slider.
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
    """Do nothing, as nothing on these charts can be picked."""
