"""Find the elements of a page that a step mentions: its charts and controls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lazyrich.config.plain_values import short
from lazyrich.config.schema import Config
from lazyrich.web.page.share.page_view import PARTS

_ENDINGS = ("", "-slider", "-typed", "-typed-whole", "-typed-positive")
"""After the name of a setting, in the class of an element that holds its widget or a part of it."""

_PLACES = {"presets": "preset", "map": "map", "actions": "actions", "upload": "upload"}


@dataclass(frozen=True)
class Highlight:
    """selectors: of elements. names: what visitors call them. notice: on names that the page does not have."""

    selectors: list[str]
    names: list[str]
    notice: str = ""


def highlight(
    names: Sequence[str], experiment: type[Config], charts: Mapping[str, str], parts: Sequence[str]
) -> Highlight:
    """Return what to mark on a page.

    Args:
        names: Ids of charts, names of settings, and parts of the page.
        experiment: Of the page.
        charts: Id of each of its charts, and its title.
        parts: Its controls beside the settings, of PARTS.
    """
    settings = experiment.parameters()
    selectors, called, wrong = [], [], []
    for name in names:
        if name in charts:
            selectors.append(f'[data-chart="{name}"]')
            called.append(charts[name])
        elif name in settings:
            selectors += [f".st-key-{experiment.name}-{name}{ending}" for ending in _ENDINGS]
            called.append(settings[name].label)
        elif name in parts:
            selectors.append(".st-key-see" if name == "see" else f".st-key-{experiment.name}-{_PLACES[name]}")
            called.append(PARTS[name])
        else:
            wrong.append(name)
    notice = ""
    if wrong:
        there = ", ".join([*charts, *settings, *parts])
        notice = f"highlight names {', '.join(map(short, wrong))}, no chart or control of this page: there are {there}."
    return Highlight(selectors, called, notice)
