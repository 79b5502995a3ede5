"""The shipped phase portrait of the paper's Fig. 1(b) as a map to click on: any measure at any of its times, and from a
cell into the playground.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd
import streamlit as st

from lazyrich import sweeps
from lazyrich.experiments.phase_portrait import PhasePortrait
from lazyrich.experiments.phase_portrait_maps import Maps
from lazyrich.web import address
from lazyrich.web.picker import Map, picker, read_pick

NAMES: Final = {
    "kernel_distance": "Kernel distance",
    "test_loss": "Test loss",
    "train_loss": "Training loss",
    "activation_flips": "Activation flips",
    "parameter_distance": "Parameter distance",
}
LOGARITHMIC: Final = frozenset({"test_loss", "train_loss"})
"""Measures that are drawn by their logarithm: they span decades."""

CONTOURS: Final = {
    "kernel_distance": (0.01, 0.1, 0.3, 0.5),
    "activation_flips": (0.01, 0.1, 0.3),
    "test_loss": (-3.0, -2.5, -2.0),
}
"""Levels to draw a line at, as they are coloured."""

MEASURE, TIME, HERE, MAP = (f"portrait.{name}" for name in ("measure", "time", "here", "map"))


@cache
def maps() -> tuple[PhasePortrait, Maps, dict[str, Any]]:
    """The reference, read once for all visitors: its settings, its maps and how it was made."""
    table = sweeps.reference()
    config = PhasePortrait()
    of = Maps(config)
    of.add(table)
    return config, of, dict(table.attrs["lazyrich"])


def reference_portrait() -> None:
    """Controls, the map, what the chosen cell says, and the way into the playground."""
    config, of, record = maps()
    st.session_state.setdefault(MEASURE, "kernel_distance")
    st.session_state.setdefault(TIME, config.at[-1])
    st.session_state.setdefault(HERE, (0.1, 0.0))
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        measure = st.segmented_control(
            "Measure", list(NAMES), format_func=NAMES.__getitem__, key=MEASURE, required=True
        )
    with right:
        at = st.select_slider(
            "Training time", config.at, key=TIME, format_func=lambda steps: f"{steps:,} steps of the authors' rate"
        )
    measure = measure or "kernel_distance"
    time = config.at.index(at)
    shown = _map(config, of, measure, time)

    def take() -> None:
        picked = read_pick(st.session_state[MAP], shown)
        if picked is not None:
            st.session_state[HERE] = picked

    st.markdown(f"#### {_verdict(config, of, measure, time)}")
    picker(shown, at=st.session_state[HERE], key=MAP, on_pick=take)
    _cell(config, of, time)
    st.caption(
        f"{len(config.x_values)} × {len(config.y_values)} students for each of {config.seeds} seeds, as in the paper's "
        f"Fig. 1(b): d = 100, n = 1,000, m = 50, by gradient flow; means over the seeds. Made on {record.get('date')} "
        f"with `{record.get('command')}`."
    )


def _map(config: PhasePortrait, of: Maps, measure: str, time: int) -> Map:
    mean = of.mean[measure][time]
    logarithm = measure in LOGARITHMIC
    z = np.log10(mean) if logarithm else mean
    # the colours of a measure mean the same at all times
    every = np.log10(of.mean[measure]) if logarithm else of.mean[measure]
    low = float(np.nanmin(every)) if logarithm else 0.0
    title = f"log₁₀ {NAMES[measure].lower()}" if logarithm else NAMES[measure]
    return Map(
        x=config.x_values, y=config.y_values, z=z, x_title="scale τ", y_title="balance δ", z_title=title,
        x_symbol="τ", y_symbol="δ", z_symbol=title, x_log=True, x_ticks=(0.1, 0.2, 0.5, 1.0, 2.0),
        z_range=(low, float(np.nanmax(every))), contours=CONTOURS.get(measure, ()), aspect=2.6,
    )  # fmt: skip


def _verdict(config: PhasePortrait, of: Maps, measure: str, time: int) -> str:
    """Where on the map the measure is largest, or smallest for a loss."""
    mean = of.mean[measure][time]
    best = np.nanargmin(mean) if measure.endswith("loss") else np.nanargmax(mean)
    y, x = np.unravel_index(best, mean.shape)
    where = f"τ = {config.x_values[x]:.2g}, δ = {config.y_values[y]:.2g}".replace("-", "−")
    word = "Smallest" if measure.endswith("loss") else "Largest"
    return f"{word} {NAMES[measure].lower()}, {mean[y, x]:.3g}, at {where}"


def _cell(config: PhasePortrait, of: Maps, time: int) -> None:
    """Every measure at the cell nearest to the dot, with its spread, and a link to its run."""
    tau, delta = st.session_state[HERE]
    x = int(np.abs(np.log(config.x_values / tau)).argmin())
    y = int(np.abs(config.y_values - delta).argmin())
    student = config.student(config.x_values[x], config.y_values[y], config.first_seed)
    rows = [
        {
            "": NAMES[measure],
            "mean of the seeds": f"{of.mean[measure][time, y, x]:.3g}",
            "lowest": f"{of.low[measure][time, y, x]:.3g}",
            "highest": f"{of.high[measure][time, y, x]:.3g}",
        }
        for measure in NAMES
    ]
    st.table(pd.DataFrame(rows).set_index(""))
    query = {
        name: texts if isinstance(texts, str) else list(texts) for name, texts in address.write(student, ()).items()
    }
    label = f"Open τ = {student.tau:.3g}, δ = {student.delta:.3g} in the playground".replace("-", "−")
    st.page_link("pages/playground.py", label=label, query_params=query, icon=":material/arrow_forward:")
