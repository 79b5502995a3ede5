"""Page of each experiment, and the choice in its address if a page has several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

import streamlit as st

from lazyrich.config.schema import Config
from lazyrich.web.page import url_state

__all__ = ["PLACES", "Place", "open_link"]


class Place(NamedTuple):
    """Page of an experiment. file: its script. title: its title. see: the choice on it, empty for its first one."""

    file: str
    title: str
    see: str = ""


PLACES: Final[Mapping[str, Place]] = {
    "student-teacher": Place("pages/playground.py", "Playground"),
    "single-neuron": Place("pages/exact_solutions.py", "One neuron"),
    "linear-network": Place("pages/linear_networks.py", "Linear networks"),
    "implicit-bias": Place("pages/which_solution.py", "Which solution"),
    "linear-or-relu": Place("pages/linear_or_relu.py", "Linear or ReLU"),
    "phase-portrait": Place("pages/phase_portrait.py", "Phase portrait", "phase-portrait"),
    "study": Place("pages/study.py", "Study"),
    "axis-study": Place("pages/study.py", "Study over one setting", "axis-study"),
    "deep-network": Place("pages/deep_networks.py", "Deep"),
    "deep-map": Place("pages/deep_networks.py", "Map of τ and α", "deep-map"),
    "filters": Place("pages/filters.py", "Filters"),
    "hierarchy": Place("pages/hierarchy.py", "Hierarchy"),
    "grokking": Place("pages/grokking.py", "Grokking"),
}
"""Places by experiment."""


def open_link(config: Config, label: str, kept: tuple[Config, ...] = (), help: str | None = None) -> None:
    """Draw a link that opens a run on its page, in this session. kept: runs beside it."""
    place = PLACES[config.name]
    query = url_state.write(config, kept) | ({url_state.SEE: place.see} if place.see else {})
    st.page_link(place.file, label=label, query_params=query, icon=":material/arrow_forward:", help=help)
