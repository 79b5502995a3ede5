"""Build the page of one experiment: controls on the left, the live chart, and downloads below it.

    bench = ExperimentPage(StudentTeacher, PRESETS)
    bench.chart(charts.charts, charts.readings)
    bench.actions(explanation)
    with st.sidebar:
        bench.presets()
        bench.controls()

The values of the widgets are known before they are drawn, so the chart comes first: the browser can draw it while it
receives the rest of the page.

The page's state is one config and the configs kept beside it. It is held in the widgets and in the address;
`PageState` holds the last valid one between two reruns.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar

import streamlit as st
from pydantic import ValidationError

from lazyrich.charts import ChartSpec, Reading
from lazyrich.config.schema import Config, Parameter, complaints, named
from lazyrich.experiments.common.preset import Preset
from lazyrich.serving.pool import Run
from lazyrich.web.components.live_chart import Shown, live
from lazyrich.web.components.slider import read_setting
from lazyrich.web.page import widgets
from lazyrich.web.page.choices import presets as preset_buttons
from lazyrich.web.page.choices.prefetch import prefetch
from lazyrich.web.page.choices.seeds import next_seed
from lazyrich.web.page.lesson.card import LessonCard
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.my_runs.session import list_run
from lazyrich.web.page.page_address import PageAddress
from lazyrich.web.page.page_state import MAX_KEPT
from lazyrich.web.page.retry import rerun_in
from lazyrich.web.page.run_actions import RunActions
from lazyrich.web.page.run_labels import differences
from lazyrich.web.page.share import page_view
from lazyrich.web.server.wiring import Refused, pool, readable_run, request_run, token

C = TypeVar("C", bound=Config)

SWITCHES = ("twin",)
"""Settings that charts offer beside the widgets."""

BESIDE = 2
"""Sliders beside the picture on a phone."""


class ExperimentPage(Generic[C]):
    """Parts of an experiment's page, in the order in which a page calls them.

    trained: function from a config of the page to the one that is trained, such as the same on the visitor's own data;
    the identity by default. parts: controls that the page draws itself, from `page_view.PARTS`.
    """

    def __init__(
        self,
        experiment: type[C],
        presets: Sequence[Preset[C]],
        trained: Callable[[C], Config] | None = None,
        parts: Sequence[str] = (),
    ):
        self.experiment = experiment
        self.view = page_view.read(st.query_params)
        self._lesson = LessonCard()
        self.parts = ("presets", *parts, "actions")
        self._presets = presets
        self._trained: Callable[[C], Config] = trained or (lambda config: config)
        self.run: Run | None = None
        """The run on the chart; None before the first one."""
        self._shown: list[Shown] = []
        self._charts: dict[str, str] = {}
        self._address = PageAddress(experiment, presets[0])
        self._state = self._address.state()
        before = self._state.config
        self._state.config, self._complaints = widgets.read(experiment, before)
        if self.in_lesson:
            self._follow_seed(before)

    @property
    def config(self) -> C:
        """Return the config that the page shows now."""
        return self._state.config

    @property
    def in_lesson(self) -> bool:
        """Return whether a lesson's card is on the page."""
        return self._lesson.place is not None

    @property
    def on_chart(self) -> Config:
        """Return the config on the chart: the page's, or the previous one while that is refused."""
        return self.run.config if self.run else self.config

    def load(self, config: C) -> None:
        """Show another config from the next rerun on; call it in callbacks."""
        self._state.config = config
        widgets.load(config)

    def presets(self) -> None:
        """Draw a button for each preset and, under them, the sentence of the one shown and how long it takes."""
        if not self.view.shows("presets"):
            return
        config, key = self._state.config, self._key("preset")
        preset_buttons.draw_presets(self._presets, config, self._trained(config), key, self._take_preset)

    def _take_preset(self, preset: Preset[C]) -> None:
        shown = preset_buttons.showing(self._presets, self._state.config)
        self.load(preset.config)
        # Runs that the visitor kept stay for comparison; those that belong to the last preset are removed with it.
        own = [
            run
            for run in self._state.kept
            if not (shown and run in shown.compared_configs) and run not in preset.compared_configs
        ]
        self._state.kept = [*preset.compared_configs, *own][:MAX_KEPT]

    def _chip(self) -> None:
        """Take the preset whose chip was tapped beside the chart."""
        for preset in self._presets:
            if preset.name == self.sent("preset").get("name"):
                self._take_preset(preset)

    def _slide(self) -> None:
        """Set a number as its slider beside the chart was set."""
        sent = self.sent("slide")
        for parameter in self._beside():
            if parameter.name == sent.get("name"):
                widgets.take(self.experiment, parameter, read_setting({"set": sent}))

    def _beside(self) -> list[Parameter]:
        """Return the numbers whose sliders are beside the picture on a phone."""
        if self.view.controls is not None:
            return []
        parameters = self.experiment.parameters().values()
        return [one for one in parameters if one.main and one.preview and one.type in (int, float)][:BESIDE]

    def controls(self, decided: Mapping[str, Any] | None = None) -> None:
        """Draw the widgets that the page shows. decided: settings fixed elsewhere, see `web.page.widgets`."""
        widgets.draw(self.experiment, decided, self.view.controls)

    def chart(
        self,
        charts: Callable[[Any], Sequence[ChartSpec]],
        readings: Callable[[Any], Sequence[Reading]],
        on_pick: Callable[[], None] | None = None,
    ) -> None:
        """Request the runs, report errors, and mount the live chart.

        Args:
            charts: Function from the config on the chart to its charts.
            readings: Function from that config to its readings.
            on_pick: Called when the visitor clicks a point on a chart that can be clicked; `sent("pick")` then returns
                it.
        """
        for sentence in [*self._state.notices, *self._complaints]:
            st.warning(plain(sentence))
        self._state.notices = []
        runs = self._runs_of_page()
        if not runs:
            return
        shown = self._shown = self._with_labels(runs)
        drawn = charts(runs[0].config)
        self._charts = {chart.id: chart.title for chart in drawn}
        pictures = list(self._charts)
        for sentence in page_view.complaints(st.query_params, self.experiment, self.parts, pictures):
            st.warning(plain(sentence))
        live(
            shown[0],
            shown[1:],
            drawn,
            readings(runs[0].config),
            token=token(),
            key=self._key("live"),
            on_new_seed=self._new_seed,
            on_remedy=self._remedy,
            on_again=self._again,
            on_pick=on_pick,
            on_onward=self._onward,
            on_drop=self._drop,
            on_set=self._set,
            look=self.view.of_charts(pictures) | self._lesson.look,
            choices=self._choices(runs[0].config),
            on_preset=self._chip,
            on_slide=self._slide,
        )
        self.run = runs[0]
        self._lesson.draw(self.config, list(self._state.kept), self._runs_in_order, self._charts, self.parts)
        self._address.write(self._state)
        self._list(runs)

    def _choices(self, shown: Config) -> dict[str, Any]:
        """Return the settings changed by clicks, for previews: presets and, unless it changes other runs, the seed."""
        config, kept = self._state.config, self._state.kept
        seed = self.experiment.parameters().get("seed")
        found: dict[str, Any] = {"seed": next_seed(config, kept) if seed and seed.preview and not kept else None}
        found["sliders"] = [widgets.slider_data(self.experiment, parameter) for parameter in self._beside()]
        if self.view.shows("presets"):
            found["presets"] = preset_buttons.offered(self._presets, config, bool(shown.own), self._key("preset"))
        prefetch(pool(), shown, found)
        return found

    def _runs_of_page(self) -> list[Run]:
        """Return the current run and the kept ones; show a sentence for each refused one.

        While the current one is refused, the previous runs stay on the chart.
        """
        runs: list[Run] = []
        page = {id for config in self._state.kept if (id := self._state.runs.get(self._trained(config).key))}
        # A kept run that is also the current one is drawn once.
        for config in dict.fromkeys((self._state.config, *self._state.kept)):
            try:
                trained = self._trained(config)
                there = readable_run(self._state.runs.get(trained.key, ""))
                if there is None or there.abandoned:  # a run that the visitor stopped stays stopped
                    there = request_run(trained, page | {run.id for run in runs})
                runs.append(there)
            except Refused as refusal:
                current = config is self._state.config
                before = [run for id in self._state.runs.values() if (run := readable_run(id))] if current else []
                still = " The chart still shows the settings before these." if before else ""
                again = "" if refusal.retry_after is None else " This page tries again by itself."
                st.error(f"{named(refusal.sentence, self.experiment, page=True)}{again}{still}")
                if refusal.retry_after is not None:
                    rerun_in(refusal.retry_after)
                if current:
                    return before
        self._state.runs = {run.config.key: run.id for run in runs}
        return runs

    def _runs_in_order(self) -> list[Run | None]:
        """Return the current run and those kept beside it; None for a missing one."""
        configs = (self._state.config, *self._state.kept)
        return [readable_run(self._state.runs.get(self._trained(config).key, "")) for config in configs]

    def actions(self, explanation: str) -> None:
        """Draw the row under the chart: keep, share, download, the same in Python, and what the page shows."""
        if self.run is not None and self.view.shows("actions"):
            self._actions().draw(explanation)

    def _list(self, runs: Sequence[Run]) -> None:
        """Add the runs on the page to the list of this visitor."""
        there = {run.config.key: run for run in runs}
        for config in (*self._state.kept, self._state.config):
            if (run := there.get(self._trained(config).key)) is not None:
                # under Streamlit's test runner pages have no address
                list_run(run, config, self._actions().link(config) if st.context.url else "")

    def share_button(self, run: Run) -> None:
        """Draw the button that opens the dialog Share, about the page with this run."""
        self._actions().share_button(run)

    def _actions(self) -> RunActions[C]:
        return RunActions(self.experiment, self.parts, self._trained, self._state, self._shown, self._charts)

    def sent(self, name: str) -> Mapping[str, Any]:
        """Return the chart's data of this name, in a callback; empty if there are none. A browser can send anything."""
        found = getattr(st.session_state.get(self._key("live")), name, None)
        return found if isinstance(found, Mapping) else {}

    def _drop(self) -> None:
        """Remove the kept run whose button was pressed from the page."""
        dropped = self.sent("drop").get("id")
        runs = self._state.runs
        self._state.kept[:] = [run for run in self._state.kept if runs.get(self._trained(run).key) != dropped]

    def _with_labels(self, runs: Sequence[Run]) -> list[Shown]:
        """Return the runs with labels of the settings that differ and a constant colour for each kept run."""
        state = self._state
        state.give_places()
        places = {self._trained(config).key: place for config, place in state.places.items()}
        labels = differences([run.config for run in runs])
        return [
            Shown(run, label, places.get(run.config.key, 0) if number else 0, run.config.key in places)
            for number, (run, label) in enumerate(zip(runs, labels, strict=True))
        ]

    def _new_seed(self) -> None:
        state = self._state
        seed = next_seed(state.config, state.kept)
        if seed is None:
            return  # the chart offers none where nothing is drawn at random; what a browser sends is not trusted
        config = state.config.changed(seed=seed)
        self._renew_kept(config, seed)
        self.load(config)

    def _follow_seed(self, before: C) -> None:
        """Give the kept runs the seed that a visitor has set: lessons compare runs on the same data."""
        seed = getattr(self.config, "seed", None)
        if seed is not None and seed != getattr(before, "seed", None):
            with suppress(ValidationError):  # a kept run may train more seeds than there are from this one on
                self._renew_kept(self.config, seed)

    def _renew_kept(self, config: C, seed: int) -> None:
        if self._state.renew_kept(config, seed):
            st.toast(
                f"Seed {seed}. A kept run with the same settings keeps its seed, so that the seeds can be compared."
            )
        elif self._state.kept:
            st.toast(f"Seed {seed} for this run and for the kept ones.")

    def _again(self) -> None:
        """Train the current settings again; what is kept stays as it is."""
        self._state.runs.pop(self._trained(self._state.config).key, None)

    def _onward(self) -> None:
        """Continue training the current settings until their losses are flat; kept runs do not change."""
        if onward := self._state.config.onward():
            self.load(onward)

    def _set(self) -> None:
        """Apply a setting switched on a chart; if it does not fit the others, report it and change nothing."""
        switched = {name: value for name, value in self.sent("set").items() if name in SWITCHES}
        try:
            config = self._state.config.changed(**switched)
        except ValidationError as error:
            self._state.notices += complaints(self.experiment, error, page=True)
        else:
            self.load(config)

    def _remedy(self) -> None:
        """Apply the settings that a failed run suggested and the visitor accepted."""
        offered = self.sent("remedy")
        run = readable_run(self._state.runs.get(self._trained(self._state.config).key, ""))
        # Apply only the run's own suggestion, whatever the browser sent.
        if offered and run and run.remedy:
            self.load(self._state.config.changed(**run.remedy))

    def _key(self, name: str) -> str:
        return f"{self.experiment.name}.{name}"
