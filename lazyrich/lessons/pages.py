"""The pages of lessons: the experiment that each shows, and its complete address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import parse_qsl, urlencode

from lazyrich.config import address
from lazyrich.config.schema import Config, from_strings
from lazyrich.experiments import registry

PAGES: Final[Mapping[str, tuple[str, ...]]] = {
    "playground": ("student-teacher",),
    "exact-solutions": ("single-neuron",),
    "linear-networks": ("linear-network",),
    "which-solution": ("implicit-bias",),
    "linear-or-relu": ("linear-or-relu",),
    "deep-networks": ("deep-network", "deep-map"),
    "filters": ("filters",),
    "hierarchy": ("hierarchy",),
    "grokking": ("grokking",),
}
"""Page -> its experiments; `see` in the address chooses one that is not the first."""

MAX_KEPT: Final = 4
"""Largest number of runs kept beside the current one."""

Query = Mapping[str, Sequence[str]]


def experiment_of(page: str, query: Query) -> type[Config]:
    """Return the experiment that an address shows.

    Raises:
        ValueError: With a sentence, if there is no such page or `see` names none of its experiments.
    """
    if page not in PAGES:
        raise ValueError(f"there is no page /{page} for a lesson: there are {', '.join(f'/{one}' for one in PAGES)}")
    name = query.get("see", PAGES[page])[0]
    if name not in PAGES[page]:
        raise ValueError(f"see must be one of {', '.join(PAGES[page])} on /{page}, got {name[:40]}")
    return registry[name]


def runs_of(page: str, query: Query) -> tuple[Config, list[Config]]:
    """Return the settings of an address, and those of the runs kept beside it.

    Raises:
        ValueError: With a sentence, if a setting is invalid.
    """
    experiment = experiment_of(page, query)
    kept = query.get("keep", ())
    if len(kept) > MAX_KEPT:
        raise ValueError(f"at most {MAX_KEPT} runs can be kept, there are {len(kept)}")
    texts = {name: values[-1] for name, values in query.items() if name not in ("keep", "see")}
    current, *others = [_config(experiment, one) for one in (texts, *(dict(parse_qsl(text)) for text in kept))]
    return current, others


def _config(experiment: type[Config], texts: Mapping[str, str]) -> Config:
    config, notices = from_strings(experiment, texts)
    if notices:
        raise ValueError(" ".join(notices).rstrip("."))
    return config


def complete_query(page: str, query: Query) -> dict[str, str | list[str]]:
    """Return the query as the page itself writes it, so that opening it adds nothing to the browser's history."""
    current, kept = runs_of(page, query)
    full: dict[str, str | list[str]] = {"see": query["see"][0]} if "see" in query else {}
    full |= address.texts(current)
    return full | ({"keep": [urlencode(address.texts(run)) for run in kept]} if kept else {})
