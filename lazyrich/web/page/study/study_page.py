"""The page Study: two settings compared over seeds, live, with downloads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from lazyrich.serving.pool import Run
from lazyrich.studies.live import charts, record
from lazyrich.studies.live.config import PRESETS, SeedComparison
from lazyrich.studies.live_axis import charts as axis_charts
from lazyrich.studies.live_axis.config import PRESETS as AXIS_PRESETS
from lazyrich.studies.live_axis.config import AxisStudy
from lazyrich.studies.live_axis.record import study_of
from lazyrich.web.page import downloads, url_state
from lazyrich.web.page.experiment_page import ExperimentPage
from lazyrich.web.page.experiment_switch import choose
from lazyrich.web.page.my_runs.places import open_link
from lazyrich.web.server.wiring import making_file

Study = SeedComparison | AxisStudy


class _Bench(ExperimentPage[Any]):
    """The parts of the page; "New seed" takes seeds that have not been used yet."""

    def _new_seed(self) -> None:
        config = self.config
        assert isinstance(config, Study)
        seed, last = config.seed + config.seeds, config.parameters()["seed"].high
        self.load(config.changed(seed=seed if seed <= last else 0))


def study_page(explanation: str) -> None:
    """Draw the whole page."""
    see = choose({SeedComparison.name: "A against B", AxisStudy.name: "Over one setting"})
    if see == SeedComparison.name:
        bench = _Bench(SeedComparison, PRESETS, parts=("see",))
        bench.chart(charts.charts, charts.readings)
    else:
        bench = _Bench(AxisStudy, AXIS_PRESETS, parts=("see",))
        bench.chart(axis_charts.charts, axis_charts.readings)
    if bench.run is not None and bench.view.shows("actions"):
        _actions(bench, bench.run, explanation, see)
    with st.sidebar:
        bench.presets()
        bench.controls()


def _actions(bench: ExperimentPage[Any], run: Run, explanation: str, see: str) -> None:
    config = run.config
    assert isinstance(config, Study)
    link = url_state.link(st.context.url or "", config, (), "" if see == SeedComparison.name else see)
    with st.container(horizontal=True, gap="small", key=f"{config.name}.actions"):
        with st.popover("Open a pair"):
            _open_a_pair(config)
        bench.share_button(run)
        with st.popover("Download"):
            downloads.downloads(run, f"{config.name}.download", link)
            st.download_button(
                "Table, LaTeX", lambda: _latex(run), f"lazyrich-{config.name}-{config.key[:8]}.tex", "text/x-tex",
                key=f"{config.name}.download.tex", on_click="ignore", width="stretch",
                help="Medians, effects with their intervals and wins, with the rules of booktabs.",
            )  # fmt: skip
        with st.popover("Same in Python"):
            downloads.same_elsewhere(config)
        with st.popover("What am I looking at?"):
            st.markdown(explanation)


def _open_a_pair(config: Study) -> None:
    """Draw a choice of a seed, and of a value if a setting is varied, and a link that opens its run on its page.

    The run that it is compared with is kept beside it: A beside B, the reference beside a value.
    """
    if isinstance(config, SeedComparison):
        (a, b), what = config.sides, "B with A beside it"
    else:
        plan = config.plan
        cells = [cell for cell in plan.cells if plan.reference_of(cell) != cell]
        cell = _chosen("Value", cells, "axis-study.value", plan.named)
        reference = plan.reference_of(cell)
        a, b = (plan.configs[plan.cells.index(one)] for one in (reference, cell))
        what = f"{plan.named(cell)} with {plan.named(reference)} beside it"
    seed = _chosen("Seed", range(config.seed, config.seed + config.seeds), f"{config.name}.pair", str)
    open_link(b.changed(seed=seed), f"{what}, seed {seed}", kept=(a.changed(seed=seed),))


T = TypeVar("T")


def _chosen(label: str, choices: Sequence[T], key: str, name: Callable[[T], str]) -> T:
    """Draw a choice, which is reset to its first option if the options change."""
    if st.session_state.get(key) not in choices:
        st.session_state[key] = choices[0]
    found: T = st.selectbox(label, list(choices), key=key, format_func=name)
    return found


def _latex(run: Run) -> str:
    with making_file(float(run.nbytes)):
        config, frames = run.config, list(run.frames)
        assert isinstance(config, Study)
        parts = list(record.finished(config.jobs, frames))
        found = record.comparison(config, parts) if isinstance(config, SeedComparison) else study_of(config, parts)
        return found.latex()
