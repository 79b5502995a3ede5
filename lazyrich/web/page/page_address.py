"""Keep the state of an experiment's page and its address equal: on arrival, after a change, and on Back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

import streamlit as st

from lazyrich.config.schema import Config
from lazyrich.experiments.common.preset import Preset
from lazyrich.web.page import url_state, widgets
from lazyrich.web.page.page_state import MAX_KEPT, PageState, state_key, take_waiting

C = TypeVar("C", bound=Config)


class PageAddress(Generic[C]):
    """The address of an experiment's page.

    Args:
        experiment: Config class of the page.
        opening: Preset that the page opens on without an address.
    """

    def __init__(self, experiment: type[C], opening: Preset[C]):
        self._experiment = experiment
        self._opening = opening

    def state(self) -> PageState[C]:
        """Return the state of this visitor's page: from the address on the first visit, from the session after that."""
        key, experiment = state_key(self._experiment.name), self._experiment
        query = url_state.own(experiment, _query_now())
        there = st.session_state.get(key)
        if there is not None and (self._went_back(there, query) or self._came_by_link(there, query)):
            # Load the state again, from the address.
            del st.session_state[key]
            widgets.forget(experiment)
        if key not in st.session_state:
            config, kept, notices = url_state.read(experiment, query, MAX_KEPT)
            if not self._names_settings(query):
                config, kept = self._opening.config, list(self._opening.compared_configs)
            if notices:
                notices.append("The default stands in its place.")
            st.session_state[key] = PageState(config, kept, [" ".join(notices)] if notices else [], query)
        state: PageState[C] = st.session_state[key]
        for config in take_waiting(experiment.name):
            state.keep(config)
        if not widgets.loaded(experiment):
            widgets.load(state.config)
        return state

    def write(self, state: PageState[C]) -> None:
        """Write the state into the address, unless the address already says the same."""
        there = _query_now()
        own = url_state.own(self._experiment, there)
        state.canonical = _query_of(state.config, state.kept)
        if self._reproduces(own, state.config, state.kept):
            # Changing it would add an entry to the browser's history without an action, and Back would return here.
            state.written = own
            return
        state.written = state.canonical
        if own != state.written:
            others = {name: text for name, text in there.items() if name in url_state.OTHERS}
            st.query_params.from_dict({**others, **state.written})

    def _went_back(self, state: PageState[C], query: Mapping[str, Any]) -> bool:
        """Return whether the browser's back or forward button changed the address, without a change on the page."""
        if query == state.written:
            return False
        if not widgets.loaded(self._experiment):
            return bool(query)  # from another page, by a link or through the browser's history
        config, _ = widgets.read(self._experiment, state.config)
        if config != state.config:
            return False
        return self._is_opening(config, state.kept) or _query_of(config, state.kept) == state.canonical

    def _came_by_link(self, state: PageState[C], query: Mapping[str, Any]) -> bool:
        """Return whether the visitor came from another page of the app by a link with other settings.

        The links of the top bar have no settings, and the page then continues with its own.
        """
        return bool(query) and query != state.written and not widgets.loaded(self._experiment)

    def _is_opening(self, config: C, kept: Sequence[C]) -> bool:
        """Return whether this is what the page opens on without an address."""
        return config == self._opening.config and tuple(kept) == self._opening.compared_configs

    def _names_settings(self, query: Mapping[str, Any]) -> bool:
        return any(name == url_state.KEPT or name in self._experiment.parameters() for name in query)

    def _reproduces(self, own: Mapping[str, Sequence[str]], config: C, kept: Sequence[C]) -> bool:
        """Return whether an address, perhaps written by hand, opens the page in its state without a complaint."""
        if not own:
            return self._is_opening(config, kept)
        if not self._names_settings(own):
            return False
        return url_state.read(self._experiment, own, MAX_KEPT) == (config, list(kept), [])


def _query_now() -> dict[str, list[str]]:
    return {name: st.query_params.get_all(name) for name in st.query_params}


def _query_of(config: Config, kept: Sequence[Config]) -> Mapping[str, list[str]]:
    wanted = url_state.write(config, kept)
    return {name: text if isinstance(text, list) else [text] for name, text in wanted.items()}
