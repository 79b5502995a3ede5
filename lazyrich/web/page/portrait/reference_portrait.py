"""Show the shipped phase portrait of the paper's Fig. 1(b) as a map to click on.

The page shows any measure at any time, cells side by side, and opens a cell in the playground.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import streamlit as st

from lazyrich import sweeps
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.phase_portrait.endings import Settling
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.measures import PORTRAIT_MEASURES
from lazyrich.experiments.phase_portrait.summary import cell_name
from lazyrich.experiments.phase_portrait.times import flow_time, of_map, portrait_step
from lazyrich.moment import rounded
from lazyrich.web.components.map_picker import Map, picker, read_pick
from lazyrich.web.page.portrait.cell_comparison import Cells
from lazyrich.web.page.portrait.reference_maps import reference_maps

MEASURE, TIME, MAP = (f"portrait.{name}" for name in ("measure", "time", "map"))

OPENS_ON = (0, 8)
"""The cell to begin with: the smallest scale, balanced."""


def reference_portrait(story: str, explanation: str) -> None:
    """Draw controls, the map, the chosen cells, and downloads.

    story: text on the changes over time, followed by the table's own numbers. explanation: text on portraits in
    general.
    """
    config, of, record = reference_maps()
    cells = Cells("reference", config)
    if cells.chosen is None:
        cells.choose(OPENS_ON)
    st.session_state.setdefault(MEASURE, next(iter(PORTRAIT_MEASURES)))
    # the first time, at which the map is ordered by speed; only at the end the kernel moves farthest downstream
    st.session_state.setdefault(TIME, config.at[0])
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    with left:
        labels = {name: how.label for name, how in PORTRAIT_MEASURES.items()}
        measure = st.segmented_control(
            "Measure", list(labels), format_func=labels.__getitem__, key=MEASURE, required=True
        )
    with right:
        at = st.select_slider(
            "Training time",
            config.at,
            key=TIME,
            format_func=lambda steps: of_map(config, steps),
            help=portrait_step(),
        )
    measure = measure or next(iter(PORTRAIT_MEASURES))
    time = config.at.index(at)
    shown = _map(config, of, measure, time)

    def take() -> None:
        picked = read_pick(st.session_state[MAP], shown)
        if picked is not None:
            cells.choose(_nearest(config, *picked))

    st.markdown(f"#### {_verdict(config, of, measure, time)}")
    st.caption(Settling(config, of, time).words)
    i, j = cells.chosen or OPENS_ON
    picker(shown, at=(config.x_values[i], config.y_values[j]), key=MAP, on_pick=take)
    cells.row()
    cells.comparison(of, measure, time)
    with st.container(horizontal=True, gap="small"):
        with st.popover("Download"):
            _downloads(config)
        with st.popover("Same in Python"):
            _same_elsewhere(record, measure, at)
        with st.popover("What am I looking at?"):
            st.markdown(story)
            st.markdown(at_the_smallest_scale(config, of))
            st.markdown(explanation)
    st.caption(portrait_step())
    st.caption(
        f"{len(config.x_values)} × {len(config.y_values)} students for each of {config.seeds} seeds, as in the paper's "
        f"Fig. 1(b): d = 100, n = 1,000, m = 50, by gradient flow; means over the seeds. Made on {record.get('date')} "
        f"in {record.get('core_hours', 0):.2g} core-hours with `{record.get('command')}`."
    )


def _map(config: PhasePortrait, of: Maps, measure: str, time: int) -> Map:
    how = PORTRAIT_MEASURES[measure]
    scaled: Callable[[Any], Any] = np.log10 if how.log else np.asarray
    # the colours of a measure mean the same at all times
    every = scaled(of.mean[measure])
    title = f"log₁₀ {how.label.lower()}" if how.log else how.label
    return Map(
        x=config.x_values, y=config.y_values, z=every[time], x_title="scale τ", y_title="balance δ", z_title=title,
        x_symbol="τ", y_symbol="δ", z_symbol=title, x_log=True, x_ticks=(0.1, 0.2, 0.5, 1.0, 2.0),
        z_range=(float(np.nanmin(every)) if how.log else 0.0, float(np.nanmax(every))),
        contours=tuple(scaled(how.contours)), aspect=2.6, file=f"lazyrich-portrait-{measure}-{config.at[time]}",
        lines=[f"At {of_map(config, config.at[time])}. {config.caption}"],
    )  # fmt: skip


def _nearest(config: PhasePortrait, tau: float, delta: float) -> tuple[int, int]:
    """Return the cell nearest to a point of the map."""
    return int(np.abs(np.log(config.x_values / tau)).argmin()), int(np.abs(config.y_values - delta).argmin())


def _verdict(config: PhasePortrait, of: Maps, measure: str, time: int) -> str:
    """Return where on the map the measure is largest, or smallest for a loss."""
    how, mean = PORTRAIT_MEASURES[measure], of.mean[measure][time]
    j, i = np.unravel_index(np.nanargmin(mean) if how.least else np.nanargmax(mean), mean.shape)
    word = "Smallest" if how.least else "Largest"
    return f"{word} {how.label.lower()}, {rounded(mean[j, i], 3)}, at {cell_name(config, (int(i), int(j)))}"


def at_the_smallest_scale(config: PhasePortrait, of: Maps) -> str:
    """Return a Markdown table of the smallest scale over five balances: S at the first time, the rest at the last."""
    first, last = (flow_time(config, config.at[place]) for place in (0, -1))
    rows = [
        f"At τ = {rounded(config.x_values[0], 3)}, means over {config.seeds} seeds:",
        "",
        f"| δ | S at {first} | S at {last} | flips | test loss |",
        "|--:|--:|--:|--:|--:|",
    ]
    for j in np.linspace(0, len(config.y_values) - 1, 5).round().astype(int):
        S, flips, loss = (of.mean[name][:, j, 0] for name in ("kernel_distance", "activation_flips", "test_loss"))
        cells = (rounded(config.y_values[j], 3), rounded(S[0]), rounded(S[-1]), f"{rounded(100 * flips[-1])} %")
        rows.append(f"| {' | '.join(cells)} | {rounded(loss[-1])} |")
    return "\n".join(rows)


def _downloads(config: PhasePortrait) -> None:
    """Draw a button for each kind of file of the whole table."""
    help = f"A row for each τ, δ, seed and time: {config.students * len(config.at):,} rows."
    shipped = resources.files("lazyrich") / "data" / "phase_portrait.parquet"
    for label, suffix, mime, content in (
        ("Table, Parquet", "parquet", "application/vnd.apache.parquet", shipped.read_bytes),
        ("Table, CSV", "csv", "text/csv", _csv),
    ):
        st.download_button(
            label, content, f"lazyrich-phase-portrait.{suffix}", mime, key=f"reference.{suffix}", help=help,
            on_click="ignore", width="stretch",
        )  # fmt: skip
    st.caption("The map saves itself as PNG or SVG from the buttons over it.")


@cache
def _csv() -> bytes:
    """Return the shipped table as CSV, made once for all visitors."""
    return sweeps.reference().to_csv(index=False).encode()


def _same_elsewhere(record: dict[str, Any], measure: str, at: int) -> None:
    """Show lines of Python that read the shipped table and draw this map, and lines that compute it again."""
    st.caption("This map, from the table that comes with the package:")
    st.code(
        "from lazyrich import PhasePortrait, sweeps\n"
        "from lazyrich.experiments.phase_portrait.maps import Maps\n"
        "from lazyrich.sweeps.figures import portrait_map\n"
        "maps = Maps(PhasePortrait())\n"
        "maps.add(sweeps.reference())\n"
        f'portrait_map(PhasePortrait(), maps, "{measure}", at={at}).show()\n',
        language="python",
    )
    st.caption("To compute the table anew, on all cores:")
    st.code(str(record.get("python", "")), language="python")
    st.caption("or from a shell, where it can be interrupted and resumed:")
    st.code(str(record.get("command", "")), language="bash")
