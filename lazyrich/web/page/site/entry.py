"""Describe a page of the app: its title, the question that it answers, and where upstream is on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

NAME: Final = "lazyrich"
"""The app, in titles of tabs and in previews of links."""


@dataclass(frozen=True)
class Upstream:
    """Where upstream is on a page, and its effect there."""

    where: str
    """Place on the page's axis, such as "α > 1"."""

    why: str
    """Plain sentences on why it is lazy or rich there."""


@dataclass(frozen=True)
class Entry:
    """A page of the app, in the order in which the top bar has it."""

    script: str
    """Name of its file in pages/, without the suffix."""

    title: str
    """Title in links, in its heading and in the browser's tab."""

    question: str
    """The question that the page answers, beside its heading and in previews of links to it."""

    upstream: Upstream | None = None
    """None if nothing on the page is upstream."""

    start: bool = False
    """Whether it is at the root of the app and draws its own heading."""

    @property
    def path(self) -> str:
        """Return its address below the app's own: "" for the root, else the script's name with hyphens."""
        return "" if self.start else self.script.replace("_", "-")

    @property
    def tab(self) -> str:
        """Return the title of the browser's tab, in which the page comes before the app."""
        return f"{self.title} · {NAME}"


Site = Mapping[str, Sequence[Entry]]
"""The pages by section of the top bar; those of "" are in the bar itself."""
