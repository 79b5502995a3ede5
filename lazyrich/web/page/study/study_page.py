"""The page Study: two settings compared over seeds, live, and what can be taken away of it."""

from __future__ import annotations

from typing import Final

import streamlit as st

from lazyrich.serving.pool import Run
from lazyrich.studies.comparison import Comparison
from lazyrich.studies.live import charts, record
from lazyrich.studies.live.config import PRESETS, SeedComparison
from lazyrich.web.page import downloads, url_state
from lazyrich.web.page.experiment_page import ExperimentPage
from lazyrich.web.server.wiring import making

PAGES: Final = {
    "student-teacher": "pages/playground.py",
    "linear-network": "pages/linear_networks.py",
    "deep-network": "pages/deep_networks.py",
    "filters": "pages/filters.py",
    "hierarchy": "pages/hierarchy.py",
    "grokking": "pages/grokking.py",
}
"""The page that shows a run of an experiment."""


class _Bench(ExperimentPage[SeedComparison]):
    """The parts of the page; "New seed" leads to seeds that have not been used yet."""

    def _new_seed(self) -> None:
        config = self.config
        last = config.parameters()["seed"].high
        self.load(config.changed(seed=config.seed + config.seeds if config.seed + config.seeds <= last else 0))


def study_page(explanation: str) -> None:
    """The whole page."""
    bench = _Bench(SeedComparison, PRESETS)
    bench.chart(charts.charts, charts.readings)
    if bench.run is not None:
        _actions(bench, bench.run, explanation)
    with st.sidebar:
        bench.presets()
        bench.controls()


def _actions(bench: ExperimentPage[SeedComparison], run: Run, explanation: str) -> None:
    config = run.config
    assert isinstance(config, SeedComparison)
    link = url_state.link(st.context.url or "", config, ())
    with st.container(horizontal=True, gap="small", key="study.actions"):
        with st.popover("Open a pair"):
            _open_a_pair(config)
        with st.popover("Link"):
            st.caption("This address reproduces the page: the question, the seeds, the measure and when.")
            st.code(link, language=None)
        with st.popover("Download"):
            downloads.downloads(run, "study.download", link)
            st.download_button(
                "Table, LaTeX", lambda: _latex(run), f"lazyrich-study-{config.key[:8]}.tex", "text/x-tex",
                key="study.download.tex", on_click="ignore", width="stretch",
                help="Medians, effect with its interval and wins, with the rules of booktabs; verdict as a comment.",
            )  # fmt: skip
        with st.popover("Same in Python"):
            downloads.same_elsewhere(config)
        with st.popover("What am I looking at?"):
            st.markdown(explanation)


def _open_a_pair(config: SeedComparison) -> None:
    """Choose a seed; its run of B opens on the page of its experiment, with that of A kept beside it."""
    seeds = range(config.seed, config.seed + config.seeds)
    if st.session_state.get("study.pair") not in seeds:
        st.session_state["study.pair"] = seeds[0]
    seed = st.selectbox("Seed", list(seeds), key="study.pair")
    a, b = (side.changed(seed=seed) for side in config.sides)
    st.page_link(
        PAGES[config.experiment], label=f"B with A beside it, seed {seed}", query_params=url_state.write(b, (a,)),
        icon=":material/arrow_forward:",
    )  # fmt: skip


def _latex(run: Run) -> str:
    with making(float(run.nbytes)):
        return comparison(run).latex()


def comparison(run: Run) -> Comparison:
    """Return what a run has come to, as `lazyrich.compare` does."""
    assert isinstance(run.config, SeedComparison)
    return record.comparison(run.config, list(record.finished(run.config, list(run.frames))))
