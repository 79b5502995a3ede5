"""A phase portrait that is computed live: a map that fills in, its cells side by side, and downloads."""

from __future__ import annotations

import streamlit as st

from lazyrich.experiments.phase_portrait import charts
from lazyrich.experiments.phase_portrait.config import PRESETS, PhasePortrait
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.measures import PORTRAIT_MEASURES
from lazyrich.experiments.phase_portrait.times import portrait_step
from lazyrich.web.page.experiment_page import ExperimentPage
from lazyrich.web.page.portrait.cell_comparison import Cells

LOOK = "computed.look"
"""Key of the measure and the time index shown when a cell was clicked."""


def computed_portrait(explanation: str) -> None:
    """Draw the whole page except the choice of the view."""
    bench = ExperimentPage(PhasePortrait, PRESETS, parts=("see",))

    def take() -> None:
        pick = bench.sent("pick")
        cells.choose((pick.get("x"), pick.get("y")))
        st.session_state[LOOK] = (pick.get("measure"), pick.get("time"))

    bench.chart(charts.charts, charts.readings, on_pick=take)
    run, config = bench.run, bench.on_chart
    assert isinstance(config, PhasePortrait)
    cells = Cells("computed", config)
    if run is not None:
        cells.row()
    bench.actions(explanation)
    if run is not None and run.frames and cells.chosen is not None:
        of = Maps(config)
        of.add(run.result().curves)
        cells.comparison(of, *_look(config))
    st.caption(portrait_step())
    with st.sidebar:
        bench.presets()
        bench.controls()


def _look(config: PhasePortrait) -> tuple[str, int]:
    """LOOK, as far as it is one: it came from a browser."""
    measure, time = st.session_state.get(LOOK, (None, None))
    return (
        measure if measure in PORTRAIT_MEASURES else next(iter(PORTRAIT_MEASURES)),
        time if type(time) is int and 0 <= time < len(config.at) else len(config.at) - 1,
    )
