"""The row under the chart: keep, share, download, the same in Python, and what the page shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import streamlit as st

from lazyrich.config.schema import Config
from lazyrich.serving.pool import Run
from lazyrich.web.components.live_chart import Shown
from lazyrich.web.page import downloads, url_state
from lazyrich.web.page.page_state import MAX_KEPT, PageState
from lazyrich.web.page.share import page_view
from lazyrich.web.page.share.dialog import Offer, share_button
from lazyrich.web.page.share.page_view import PageView
from lazyrich.web.page.study.link import compare_over_seeds

C = TypeVar("C", bound=Config)


@dataclass
class RunActions(Generic[C]):
    """The row of a page.

    Attributes:
        experiment: Config class of the page.
        parts: Controls of the page beside its settings, of `page_view.PARTS`.
        trained: Function from a config of the page to the one that is trained.
        state: Of the page.
        shown: The runs on the chart, the current one first.
        charts: Id of each chart, and its title.
    """

    experiment: type[C]
    parts: Sequence[str]
    trained: Callable[[C], Config]
    state: PageState[C]
    shown: Sequence[Shown]
    charts: Mapping[str, str]

    def draw(self, explanation: str) -> None:
        """Draw the row about the runs on the chart.

        Args:
            explanation: What the page shows, in Markdown.
        """
        with st.container(horizontal=True, gap="small", key=self._key("actions")):
            self._keep_buttons()
            self.share_button(self.shown[0].run, self.state.kept)
            with st.popover("Download"):
                key = self._key("download")
                one = self._one_of_several(key)
                # the kept ones play beside the current one, as they do on the page
                kept = self.shown[1:] if one is self.shown[0] else []
                link = self.link(one.run.config, self.state.kept if kept else ())
                downloads.downloads(one.run, key, link, one.label, kept)
            with st.popover("Same in Python"):
                # a shared run may carry another visitor's name for the same file
                chosen = self._one_of_several(self._key("python")).run.config
                own = [self.trained(config) for config in (self.state.config, *self.state.kept)]
                downloads.same_elsewhere(next((config for config in own if config.key == chosen.key), chosen))
            with st.popover("What am I looking at?"):
                st.markdown(explanation)

    def share_button(self, run: Run, kept: Sequence[Config] = ()) -> None:
        """Draw the button that opens the dialog Share for the page with this run and those kept beside it."""
        config = run.config
        settings = self.experiment.parameters().values()

        def offer() -> Offer:
            return Offer(
                key=self._key("share"),
                title=f"{config.name.replace('-', ' ').capitalize()}: {config.caption}",
                charts=self.charts,
                controls={part: page_view.PARTS[part] for part in self.parts}
                | {one.name: one.label for one in settings if len(one.choices) != 1},
                link=lambda view: self.link(config, kept, view),
                note="The data are not in it: who opens it sees these settings with a teacher." if config.own else "",
            )

        share_button(offer, self._key("share"))

    def link(self, config: Config, kept: Sequence[Config] = (), view: PageView = page_view.WHOLE) -> str:
        """Return the address of the page with some settings, with the host by which the visitor reached it."""
        return url_state.link(st.context.url or "", config, kept, st.query_params.get(url_state.SEE, ""), view)

    def _keep_buttons(self) -> None:
        state, config = self.state, self.state.config
        there = config in state.kept
        # a tooltip would cover the player while the pointer is on a disabled button
        st.button(
            "Keep",
            key=self._key("keep"),
            help=None if state.full or there else "Pin this run beside the next ones.",
            disabled=state.full or there,
            on_click=self._keep,
        )
        if there or state.full:
            st.caption("This run is kept." if there else f"{MAX_KEPT} runs are kept: drop them first.")
        if state.kept:
            drop = state.kept.clear
            st.button("Drop kept", key=self._key("drop"), help="Take all kept runs off the page.", on_click=drop)
        compare_over_seeds(self.trained(config), [self.trained(one) for one in state.kept])

    def _keep(self) -> None:
        # False for a second click, sent before the button was drawn again
        if self.state.keep(self.state.config):
            st.toast("Kept. Change a setting, and both runs share the charts.")

    def _one_of_several(self, key: str) -> Shown:
        """Return the run of a popover: the current one, or a kept one that the visitor chooses."""
        shown = {one.run.id: one for one in self.shown}
        current = self.shown[0]
        if len(shown) < 2:
            return current
        key = f"{key}.run"
        if st.session_state.get(key) not in shown:
            st.session_state[key] = current.run.id

        def name(id: str) -> str:
            return f"{'this run' if id == current.run.id else 'kept'}: {shown[id].label}"

        return shown[st.selectbox("Run", list(shown), format_func=name, key=key)]

    def _key(self, name: str) -> str:
        return f"{self.experiment.name}.{name}"
