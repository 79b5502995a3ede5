"""Build the page of one experiment: controls on the left, the live chart, and downloads below it.

    bench = ExperimentPage(StudentTeacher, PRESETS)
    bench.chart(charts.charts, charts.readings)
    bench.actions(explanation)
    with st.sidebar:
        bench.presets()
        bench.controls()

The values of the widgets are known before they are drawn, so the chart comes first: the browser starts on it while the
rest of the page is still arriving.

The page's state is one config and the configs kept beside it. It is held in the widgets and in the address; `_State`
holds the last valid one between two reruns.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st
from pydantic import ValidationError

from lazyrich.charts import ChartSpec, Reading
from lazyrich.config.schema import Config, Parameter, complaints, named, show
from lazyrich.experiments.common.preset import Preset
from lazyrich.serving.pool import Run
from lazyrich.web.components.live_chart import Shown, live
from lazyrich.web.components.slider import read_setting
from lazyrich.web.page import downloads, url_state, widgets
from lazyrich.web.page.choices import presets as preset_buttons
from lazyrich.web.page.choices.seeds import next_seed
from lazyrich.web.page.lesson.card import LessonCard
from lazyrich.web.page.markdown_escape import plain
from lazyrich.web.page.my_runs.session import list_run
from lazyrich.web.page.share import page_view
from lazyrich.web.page.share.dialog import Offer, share_button
from lazyrich.web.page.share.page_view import PageView
from lazyrich.web.page.study.link import compare_over_seeds
from lazyrich.web.server.wiring import Refused, ask, known, token

C = TypeVar("C", bound=Config)

SWITCHES = ("twin",)
"""Settings that charts offer beside the widgets."""

MAX_KEPT = 4

BESIDE = 2
"""Sliders beside the picture on a phone."""


@dataclass
class _State(Generic[C]):
    """State of a visitor's page between reruns."""

    config: C
    kept: list[C]
    said: list[str] = field(default_factory=list)
    written: Mapping[str, Any] = field(default_factory=dict)
    """The address as this page last left it."""
    saying: Mapping[str, Any] = field(default_factory=dict)
    """What the page would have written there then; an address that says the same in other words is left alone."""
    runs: dict[str, str] = field(default_factory=dict)
    """Key of a config on the page -> id of its run. A run that the visitor stopped is not started anew by a rerun."""
    places: dict[C, int] = field(default_factory=dict)
    """Among the colours of runs, of each kept config: it keeps its colour when another is dropped."""


class ExperimentPage(Generic[C]):
    """The parts of an experiment's page, in the order in which a page calls them.

    trained: function from a config of the page to the one that is trained, such as the same on the visitor's own data;
    the identity if not given. parts: controls that the page draws itself, of `page_view.PARTS`.
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
        """The run on the chart, None until there is one."""
        self._shown: list[Shown] = []
        self._charts: dict[str, str] = {}
        self._state = self._remembered()
        self._state.config, self._complaints = widgets.read(experiment, self._state.config)

    @property
    def config(self) -> C:
        """Return the config that the page shows now."""
        return self._state.config

    @property
    def on_chart(self) -> Config:
        """Return the config that the chart shows: the page's, or the last one while that is refused."""
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
        # What the visitor kept stays for comparison; what came with the last preset goes with it.
        own = [run for run in self._state.kept if not (shown and run in shown.beside) and run not in preset.beside]
        self._state.kept = [*preset.beside, *own][:MAX_KEPT]

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
        """Return the numbers whose sliders stand beside the picture on a phone."""
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

        charts, readings: functions of the config that the chart shows. on_pick: called when the
        visitor clicks what a chart offers to be clicked; `sent("pick")` is then what it was.
        """
        for sentence in [*self._state.said, *self._complaints]:
            st.warning(plain(sentence))
        self._state.said = []
        runs = self._runs_of_page()
        if not runs:
            return
        shown = self._shown = self._told_apart(runs)
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
        self._lesson.draw(self.config, self._runs_in_order, self._charts, self.parts)
        self._write_address()
        self._list(runs)

    def _choices(self, shown: Config) -> dict[str, Any]:
        """Return what a click changes, for previews: the presets and, where no other run changes with it, the seed."""
        config, kept = self._state.config, self._state.kept
        seed = self.experiment.parameters().get("seed")
        found: dict[str, Any] = {"seed": next_seed(config, kept) if seed and seed.preview and not kept else None}
        found["sliders"] = [widgets.slider_data(self.experiment, parameter) for parameter in self._beside()]
        if self.view.shows("presets"):
            found["presets"] = preset_buttons.offered(self._presets, config, bool(shown.own), self._key("preset"))
        return found

    def _runs_of_page(self) -> list[Run]:
        """Return the current run and the kept ones, and sentences in place of those that are refused.

        While the current one is refused, those before it stay on the chart: visitors keep what they have.
        """
        runs: list[Run] = []
        page = {id for config in self._state.kept if (id := self._state.runs.get(self._trained(config).key))}
        # A kept run that is the current one as well is drawn once.
        for config in dict.fromkeys((self._state.config, *self._state.kept)):
            try:
                trained = self._trained(config)
                there = known(self._state.runs.get(trained.key, ""))
                if there is None or there.abandoned:  # a run that the visitor stopped stays stopped
                    there = ask(trained, page | {run.id for run in runs})
                runs.append(there)
            except Refused as refusal:
                current = config is self._state.config
                before = [run for id in self._state.runs.values() if (run := known(id))] if current else []
                still = " The chart still shows the settings before these." if before else ""
                again = "" if refusal.again is None else " This page tries again by itself."
                st.error(f"{named(refusal.sentence, self.experiment, page=True)}{again}{still}")
                if refusal.again is not None:
                    look_again_in(refusal.again)
                if current:
                    return before
        self._state.runs = {run.config.key: run.id for run in runs}
        return runs

    def _runs_in_order(self) -> list[Run | None]:
        """Return the current run and those kept beside it, None for one that there is not."""
        configs = (self._state.config, *self._state.kept)
        return [known(self._state.runs.get(self._trained(config).key, "")) for config in configs]

    def actions(self, explanation: str) -> None:
        """Draw the row under the chart: keep, link, download, the same in Python, and what the page shows."""
        if self.run is None or not self.view.shows("actions"):
            return
        with st.container(horizontal=True, gap="small", key=self._key("actions")):
            self._keep_buttons()
            self.share_button(self.run, self._state.kept)
            with st.popover("Download"):
                key = self._key("download")
                one = self._one_of_several(key)
                # the kept ones play beside the current one, as they do on the page
                kept = self._shown[1:] if one is self._shown[0] else []
                link = self._link(one.run.config, self._state.kept if kept else ())
                downloads.downloads(one.run, key, link, one.label, kept)
            with st.popover("Same in Python"):
                # a shared run may carry another visitor's name for the same file
                chosen = self._one_of_several(self._key("python")).run.config
                own = [self._trained(config) for config in (self._state.config, *self._state.kept)]
                downloads.same_elsewhere(next((config for config in own if config.key == chosen.key), chosen))
            with st.popover("What am I looking at?"):
                st.markdown(explanation)

    def _list(self, runs: Sequence[Run]) -> None:
        """Note the runs on the page in the list of this visitor."""
        there = {run.config.key: run for run in runs}
        for config in (*self._state.kept, self._state.config):
            if (run := there.get(self._trained(config).key)) is not None:
                # under Streamlit's test runner pages have no address
                list_run(run, config, self._link(config) if st.context.url else "")

    def share_button(self, run: Run, kept: Sequence[Config] = ()) -> None:
        """Draw the button that opens the dialog Share, about the page with this run and those kept beside it."""
        config = run.config
        settings = self.experiment.parameters().values()

        def offer() -> Offer:
            return Offer(
                key=self._key("share"),
                title=f"{config.name.replace('-', ' ').capitalize()}: {config.caption}",
                charts=self._charts,
                controls={part: page_view.PARTS[part] for part in self.parts}
                | {one.name: one.label for one in settings if len(one.choices) != 1},
                link=lambda view: self._link(config, kept, view),
                note="The data are not in it: who opens it sees these settings with a teacher." if config.own else "",
            )

        share_button(offer, self._key("share"))

    def _link(self, config: Config, kept: Sequence[Config] = (), view: PageView = page_view.WHOLE) -> str:
        return url_state.link(st.context.url or "", config, kept, st.query_params.get(url_state.SEE, ""), view)

    def sent(self, name: str) -> Mapping[str, Any]:
        """Return what the chart sent under this name, in a callback; empty if nothing. A browser can send anything."""
        found = getattr(st.session_state.get(self._key("live")), name, None)
        return found if isinstance(found, Mapping) else {}

    def _keep_buttons(self) -> None:
        kept, config = self._state.kept, self._state.config
        full, there = len(kept) >= MAX_KEPT, config in kept
        # a tooltip would stand over the player for as long as the pointer rests on a button that does nothing
        st.button(
            "Keep",
            key=self._key("keep"),
            help=None if full or there else "Pin this run beside the next ones.",
            disabled=full or there,
            on_click=self._keep,
        )
        if there or full:
            st.caption("This run is kept." if there else f"{MAX_KEPT} runs are kept: drop them first.")
        if kept:
            st.button("Drop kept", key=self._key("drop"), help="Take all kept runs off the page.", on_click=kept.clear)
        compare_over_seeds(self._trained(config), [self._trained(one) for one in kept])

    def _keep(self) -> None:
        if self._state.config in self._state.kept or len(self._state.kept) >= MAX_KEPT:
            return  # a second click, sent before the button was drawn anew
        self._state.kept.append(self._state.config)
        st.toast("Kept. Change a setting, and both runs share the charts.")

    def _drop(self) -> None:
        """Remove the kept run whose button was pressed from the page."""
        dropped = self.sent("drop").get("id")
        runs = self._state.runs
        self._state.kept[:] = [run for run in self._state.kept if runs.get(self._trained(run).key) != dropped]

    def _told_apart(self, runs: Sequence[Run]) -> list[Shown]:
        """Return the runs with labels of the settings that differ and a colour that stays with each kept run."""
        state = self._state
        state.places = {config: place for config, place in state.places.items() if config in state.kept}
        for config in state.kept:
            if config not in state.places:
                taken = state.places.values()
                state.places[config] = next(place for place in range(1, MAX_KEPT + 1) if place not in taken)
        places = {self._trained(config).key: place for config, place in state.places.items()}
        labels = differences([run.config for run in runs])
        return [
            Shown(run, label, places.get(run.config.key, 0) if number else 0, run.config.key in places)
            for number, (run, label) in enumerate(zip(runs, labels, strict=True))
        ]

    def _one_of_several(self, key: str) -> Shown:
        """Return the run that a popover is about: the current one, or a kept one that the visitor chooses."""
        shown = {one.run.id: one for one in self._shown}
        current = self._shown[0]
        if len(shown) < 2:
            return current
        key = f"{key}.run"
        if st.session_state.get(key) not in shown:
            st.session_state[key] = current.run.id

        def name(id: str) -> str:
            return f"{'this run' if id == current.run.id else 'kept'}: {shown[id].label}"

        return shown[st.selectbox("Run", list(shown), format_func=name, key=key)]

    def _remembered(self) -> _State[C]:
        """Return the state of this visitor's page: from the address on the first visit, from the session after that."""
        key = self._key("state")
        query = url_state.own(self.experiment, {name: st.query_params.get_all(name) for name in st.query_params})
        there = st.session_state.get(key)
        if there is not None and (self._went_back(there, query) or self._came_by_link(there, query)):
            # Load it anew from the address.
            del st.session_state[key]
            widgets.forget(self.experiment)
        if key not in st.session_state:
            config, kept, said = url_state.read(self.experiment, query, MAX_KEPT)
            if not any(name == url_state.KEPT or name in self.experiment.parameters() for name in query):
                config, kept = self._presets[0].config, list(self._presets[0].beside)
            if said:
                said.append("The default stands in its place.")
            st.session_state[key] = _State(config, kept, [" ".join(said)] if said else [], query)
        state: _State[C] = st.session_state[key]
        for config in st.session_state.pop(_to_keep(self.experiment.name), ()):
            if config not in state.kept and len(state.kept) < MAX_KEPT:
                state.kept.append(config)
        if not widgets.loaded(self.experiment):
            widgets.load(state.config)
        return state

    def _went_back(self, state: _State[C], query: Mapping[str, Any]) -> bool:
        """Return whether the address changed although nothing on the page did: the browser's back or forward button."""
        if query == state.written:
            return False
        if not widgets.loaded(self.experiment):
            return bool(query)  # from another page, by a link or through the browser's history
        config, _ = widgets.read(self.experiment, state.config)
        return config == state.config and (
            self._bare(config, state.kept) or self._query(config, state.kept) == state.saying
        )

    def _came_by_link(self, state: _State[C], query: Mapping[str, Any]) -> bool:
        """Return whether the visitor came from another page of the app to settings that this one did not have.

        The top bar leads to no settings, and the page goes on with those that it had.
        """
        return bool(query) and query != state.written and not widgets.loaded(self.experiment)

    def _query(self, config: C, kept: Sequence[C]) -> Mapping[str, list[str]]:
        wanted = url_state.write(config, kept)
        return {name: text if isinstance(text, list) else [text] for name, text in wanted.items()}

    def _bare(self, config: C, kept: Sequence[C]) -> bool:
        """Return whether this is the config that the page opens on without an address."""
        return config == self._presets[0].config and tuple(kept) == self._presets[0].beside

    def _new_seed(self) -> None:
        state = self._state
        seed = next_seed(state.config, state.kept)
        if seed is None:
            return  # the chart offers none where nothing is drawn at random; what a browser sends is not trusted
        config = state.config.changed(seed=seed)
        renewed, stayed = [config], 0
        for run in state.kept:
            another = run.changed(seed=seed)
            # the same settings as those of another run on the page: what is compared are their seeds
            another, stayed = (run, stayed + 1) if another in renewed else (another, stayed)
            renewed.append(another)
            if run in state.places:
                state.places[another] = state.places[run]
        state.kept[:] = renewed[1:]
        self.load(config)
        if stayed:
            st.toast(
                f"Seed {seed}. A kept run with the same settings keeps its seed, so that the seeds can be compared."
            )
        elif state.kept:
            st.toast(f"Seed {seed} for this run and for the kept ones.")

    def _again(self) -> None:
        """Train the current settings anew; what is kept stays as it is."""
        self._state.runs.pop(self._trained(self._state.config).key, None)

    def _onward(self) -> None:
        """Train the current settings on until their losses are flat; what is kept stays as it is."""
        if onward := self._state.config.onward():
            self.load(onward)

    def _set(self) -> None:
        """Apply a setting switched on a chart; report one that does not fit the others, and change nothing."""
        switched = {name: value for name, value in self.sent("set").items() if name in SWITCHES}
        try:
            config = self._state.config.changed(**switched)
        except ValidationError as error:
            self._state.said += complaints(self.experiment, error, page=True)
        else:
            self.load(config)

    def _remedy(self) -> None:
        """Apply the settings that a failed run offered and the visitor accepted."""
        offered = self.sent("remedy")
        run = known(self._state.runs.get(self._trained(self._state.config).key, ""))
        # Apply only what the run offered, whatever the browser sent.
        if offered and run and run.remedy:
            self.load(self._state.config.changed(**run.remedy))

    def _write_address(self) -> None:
        config, kept = self._state.config, self._state.kept
        there = {name: st.query_params.get_all(name) for name in st.query_params}
        own = url_state.own(self.experiment, there)
        self._state.saying = self._query(config, kept)
        if self._says(own, config, kept):
            # Writing to it would add a step to the browser's history without an action, and Back would lead here again.
            self._state.written = own
            return
        self._state.written = self._state.saying
        if own != self._state.written:
            st.query_params.from_dict(
                {**{n: t for n, t in there.items() if n in url_state.OTHERS}, **self._state.written}
            )

    def _says(self, own: Mapping[str, Sequence[str]], config: C, kept: Sequence[C]) -> bool:
        """Return whether an address, perhaps written by hand, opens the page as it is now, without a complaint."""
        if not own:
            return self._bare(config, kept)
        if not any(name == url_state.KEPT or name in self.experiment.parameters() for name in own):
            return False
        return url_state.read(self.experiment, own, MAX_KEPT) == (config, list(kept), [])

    def _key(self, name: str) -> str:
        return f"{self.experiment.name}.{name}"


def _to_keep(experiment: str) -> str:
    """Return the key of the session under which runs wait that were kept on another page."""
    return f"{experiment}.to-keep"


def kept_on_page(experiment: str) -> list[Config]:
    """Return the runs that are kept on an experiment's page, with those that wait for it."""
    state = st.session_state.get(f"{experiment}.state")
    return [*(state.kept if state else ()), *st.session_state.get(_to_keep(experiment), ())]


def keep(config: Config) -> str:
    """Pin a run beside those of its experiment's page, from another page. Returns why not, if it cannot be."""
    kept = kept_on_page(config.name)
    if config in kept:
        return "This run is kept already."
    if len(kept) >= MAX_KEPT:
        return f"{MAX_KEPT} runs are kept on its page: drop one there first."
    st.session_state.setdefault(_to_keep(config.name), []).append(config)
    return ""


def look_again_in(seconds: float) -> None:
    """Rerun the page when a refused request may succeed, unless the visitor acts before."""
    seconds = max(1.0, seconds)
    due = time.monotonic() + seconds

    @st.fragment(run_every=seconds)
    def look() -> None:
        # it also runs now, as a part of the page
        if time.monotonic() >= due:
            st.rerun()

    look()


def differences(configs: Sequence[Config]) -> list[str]:
    """Return labels that tell runs apart: the settings in which not all of them agree. Empty for a single run."""
    dumps = [config.model_dump() for config in configs]
    telling = [name for name in dumps[0] if len({dump[name] for dump in dumps}) > 1]
    symbols = {name: parameter.symbol for name, parameter in configs[0].parameters().items()}
    texts = {name: apart([dump[name] for dump in dumps]) for name in telling}
    return [", ".join(f"{symbols[name]} {texts[name][i]}" for name in telling) for i in range(len(configs))]


def apart(values: Sequence[Any]) -> list[str]:
    """Return values as a legend writes them: with three significant digits where these tell them apart, else in full.

    One of four digits is written out: 0.9999 is not 1.
    """
    shortened = [_short(value) if isinstance(value, float) else show(value) for value in values]
    return shortened if len(set(shortened)) == len(set(values)) else [show(value) for value in values]


def _short(value: float) -> str:
    four = f"{value:.4g}"
    return four if float(four) == value else f"{value:.3g}"
