"""State of a visitor's page between reruns: the current config, those kept beside it, and their runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st

from lazyrich.config.schema import Config

C = TypeVar("C", bound=Config)

MAX_KEPT = 4


@dataclass
class PageState(Generic[C]):
    """State of a visitor's page between reruns.

    Attributes:
        config: The last valid settings.
        kept: Settings of the runs kept beside it, at most MAX_KEPT.
        said: Sentences that the next rerun shows.
        written: The address as the page last left it.
        canonical: What the page would have written there then; an address with the same meaning is left alone.
        runs: Key of a config on the page -> id of its run. A run that the visitor stopped is not started again by a
            rerun.
        places: Place among the colours of runs of each kept config: it keeps its colour when another is dropped.
    """

    config: C
    kept: list[C]
    notices: list[str] = field(default_factory=list)
    written: Mapping[str, Any] = field(default_factory=dict)
    canonical: Mapping[str, Any] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)
    places: dict[C, int] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Return whether no more runs can be kept."""
        return len(self.kept) >= MAX_KEPT

    def keep(self, config: C) -> bool:
        """Keep a run beside the next ones. Returns False, and changes nothing, if it is kept or there is no room."""
        if config in self.kept or self.full:
            return False
        self.kept.append(config)
        return True

    def give_places(self) -> None:
        """Give each kept config a place among the colours, free those of configs that are kept no more."""
        # a new dict each time: another run of the script may be reading the present one
        places = {config: self.places[config] for config in list(self.kept) if config in self.places}
        for config in list(self.kept):
            if config not in places:
                places[config] = next(place for place in range(1, MAX_KEPT + 1) if place not in places.values())
        self.places = places

    def renew_kept(self, config: C, seed: int) -> int:
        """Give the kept runs another seed, except those that would then be one of the others or `config`.

        Returns:
            How many kept their seed: runs with the same settings, whose seeds are what is compared.
        """
        renewed, stayed, places = [config], 0, dict(self.places)
        for run in list(self.kept):
            another = run.changed(seed=seed)
            another, stayed = (run, stayed + 1) if another in renewed else (another, stayed)
            renewed.append(another)
            if run in places:
                places[another] = places[run]
        self.kept[:], self.places = renewed[1:], places
        return stayed


def kept_on_page(experiment: str) -> list[Config]:
    """Return the runs that are kept on an experiment's page, including those that wait for it."""
    state = st.session_state.get(state_key(experiment))
    return [*(state.kept if state else ()), *st.session_state.get(_waiting_key(experiment), ())]


def keep(config: Config) -> str:
    """Keep a run beside those of its experiment's page, from another page. Returns why not, if it cannot be."""
    kept = kept_on_page(config.name)
    if config in kept:
        return "This run is kept already."
    if len(kept) >= MAX_KEPT:
        return f"{MAX_KEPT} runs are kept on its page: drop one there first."
    st.session_state.setdefault(_waiting_key(config.name), []).append(config)
    return ""


def take_waiting(experiment: str) -> Sequence[Any]:
    """Return the runs that were kept from other pages since the page was last drawn, once."""
    waiting: Sequence[Any] = st.session_state.pop(_waiting_key(experiment), ())
    return waiting


def state_key(experiment: str) -> str:
    """Return the key of the session under which the state of an experiment's page is."""
    return f"{experiment}.state"


def _waiting_key(experiment: str) -> str:
    return f"{experiment}.to-keep"
