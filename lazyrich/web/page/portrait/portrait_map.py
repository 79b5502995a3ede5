"""Draw the map in the playground's sidebar: the paper's phase portrait, small, with a dot at the sliders' values.

A click, a drag or the arrow keys move both.
"""

from __future__ import annotations

import math

import streamlit as st

from lazyrich.experiments.phase_portrait.config import AUTHORS_RATE
from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.moment import rounded, significant
from lazyrich.web.components.map_picker import Map, Moments, picker, read_pick
from lazyrich.web.page.experiment_page import ExperimentPage
from lazyrich.web.page.portrait.reference_maps import reference_maps

KEY = "student-teacher.map"

WIDE = 2.3
"""Width over height, such that the map with the main controls above it fills a sidebar of 800 px."""


def map_of_portrait(bench: ExperimentPage[StudentTeacher]) -> None:
    """Draw the map at the time of the portrait nearest to the chart's flow time."""
    if not bench.view.shows("map"):
        return
    config = bench.config
    shown = _map(config)

    def take() -> None:
        picked = read_pick(st.session_state[KEY], shown)
        if picked is not None:
            tau, delta = picked
            # rounded to the stops of the sliders
            bench.load(config.changed(tau=float(f"{tau:.2g}"), delta=config.parameters()["delta"].stop(delta)))

    with st.container(key="map-of-portrait", gap=None):
        base = reference_maps()[0].base
        st.caption(f"S of other students: d = {base.dimension}, n = {base.samples:,}", help=_words(config))
        picker(shown, at=(config.tau, config.delta), key=KEY, on_pick=take)


def _map(config: StudentTeacher) -> Map:
    portrait, of, _ = reference_maps()
    # both learning rates are divided by tau^2, so the same flow time is the same share of steps everywhere on the map
    steps = [at * AUTHORS_RATE / config.learning_rate for at in portrait.at]
    S = of.mean["kernel_distance"]
    return Map(
        x=portrait.x_values, y=portrait.y_values, z=S, x_title="scale τ", y_title="balance δ",
        z_title="kernel distance", x_symbol="τ", y_symbol="δ", z_symbol="S",
        z_note=f"d = {portrait.base.dimension}, mean of {portrait.seeds} seeds", x_log=True,
        x_ticks=(0.1, 0.2, 0.5, 1, 2), y_ticks=(-1, 0, 1), aspect=WIDE, small=True,
        z_range=(0.0, math.ceil(10 * float(S.max())) / 10),
        settings=(config.parameters()["tau"], config.parameters()["delta"]),
        moments=Moments(steps, [f"at t = {significant(step * config.step_size)}" for step in steps]),
    )  # fmt: skip


def _words(config: StudentTeacher) -> str:
    portrait, of, _ = reference_maps()
    largest = float(of.mean["kernel_distance"].max())
    times = ", ".join(rounded(at * AUTHORS_RATE / config.tau**2, 3) for at in portrait.at)
    return (
        f"The phase portrait of the paper's Fig. 1(b): how far the kernel of students has moved, means over "
        f"{portrait.seeds} seeds, from 0 (dark) to {rounded(largest)} (bright). These students have d = 100 "
        "inputs and n = 1,000 samples at equal learning rates; yours may differ, and so may its kernel. It shows the "
        f"flow time nearest to the chart's, of t = {times}; later the kernel moves farther downstream than upstream. "
        "At unequal rates of yours it is δ effective that compares with this δ. Click, drag the dot or use the arrow "
        "keys to set τ and δ."
    )
