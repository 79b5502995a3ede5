"""Read from the address the part of a page to show: all of it, a figure or a slide, and which controls.

    ?view=figure                    the charts and their playback bar, nothing else
    ?view=figure&picture=plane      one chart of them
    ?view=slide                     one chart at a time in large type; PageDown and PageUp go on and back
    ?show=tau,delta                 of all controls only these
    ?view=figure&show=tau,presets   a figure with two controls
    ?show=none                      the page without controls

Besides settings, `show` names PARTS. Wrong names are left out, with a sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal, TypeGuard

from lazyrich.config.plain_values import short
from lazyrich.config.schema import Config, nearest

VIEW: Final = "view"
SHOW: Final = "show"
PICTURE: Final = "picture"

NOTHING: Final = "none"
"""Value of `show` if no control is shown."""

PARTS: Final[Mapping[str, str]] = {
    "presets": "Presets",
    "map": "Map",
    "upload": "Your own data",
    "see": "Choice of the experiment",
    "actions": "Buttons below the charts",
}
"""Controls of a page that set several settings, or none, with their names."""

Kind = Literal["page", "figure", "slide"]


@dataclass(frozen=True)
class PageView:
    """The part of a page that is shown.

    kind: the page; its charts and their playback bar alone; or one chart at a time. controls: names of settings and
    PARTS that are shown, None for all. pictures: ids of the charts that are shown, all if empty.
    """

    kind: Kind = "page"
    controls: frozenset[str] | None = None
    pictures: tuple[str, ...] = ()

    def shows(self, control: str) -> bool:
        """Return whether a setting or one of PARTS is shown."""
        return self.controls is None or control in self.controls

    def of_charts(self, there: Sequence[str]) -> dict[str, Any]:
        """Return the data for the live chart. there: ids of the charts of the page."""
        pictures = [id for id in self.pictures if id in there]
        controls = None if self.controls is None else sorted(self.controls)
        return {"kind": self.kind, "pictures": pictures, "controls": controls}


WHOLE: Final = PageView()
"""All of a page."""


def read(query: Mapping[str, str]) -> PageView:
    """Return the view that an address asks for, before its names are checked. An unknown `view` is a page."""
    asked, names = query.get(VIEW, ""), query.get(SHOW)
    kind: Kind = asked if _is_view(asked) else "page"
    # a figure and a slide have no controls unless some are named
    controls = frozenset(_names(names) if names is not None else ()) if names is not None or kind != "page" else None
    return PageView(kind, controls, tuple(dict.fromkeys(_names(query.get(PICTURE, "")))))


def complaints(
    query: Mapping[str, str], experiment: type[Config], parts: Collection[str] = (), pictures: Sequence[str] = ()
) -> list[str]:
    """Return sentences on the parts of an address that cannot be shown.

    Args:
        query: Of the address.
        experiment: Whose settings can be named.
        parts: Those of PARTS that the page has.
        pictures: Ids of its charts.

    Returns:
        A sentence for each of `view`, `show` and `picture` with an error.
    """
    notices = []
    if not _is_view(kind := query.get(VIEW, "")) and kind not in ("", "page"):
        notices.append(f"view must be figure or slide, got {short(kind)}. The whole page is shown.")
    settings = experiment.parameters()
    there = [*settings, *parts]
    if wrong := [name for name in _names(query.get(SHOW, "")) if name not in there]:
        near = [nearest(experiment, name) or next(iter(get_close_matches(name, parts, n=1)), "") for name in wrong[:3]]
        meant = f"did you mean {', '.join(dict.fromkeys(near))}?" if all(near) else f"there are {', '.join(there)}."
        notices.append(f"show names {_listed(wrong)}, no control of this page, which is left out: {meant}")
    if wrong := [name for name in _names(query.get(PICTURE, "")) if name not in pictures]:
        notices.append(f"picture names {_listed(wrong)}, no chart of this page: there are {', '.join(pictures)}.")
    return notices


def written(view: PageView) -> dict[str, str]:
    """Return the parameters of an address that `read` reads as this view."""
    query: dict[str, str] = {} if view.kind == "page" else {VIEW: view.kind}
    if view.pictures:
        query[PICTURE] = ",".join(view.pictures)
    if view.controls or (view.controls is not None and view.kind == "page"):
        query[SHOW] = ",".join(sorted(view.controls)) or NOTHING
    return query


def _is_view(kind: str) -> TypeGuard[Kind]:
    return kind in ("figure", "slide")


def _names(text: str) -> list[str]:
    """Return the names of a list, from its first 2,000 letters, as no real list is longer."""
    names = (name.strip() for name in text[:2000].split(","))
    return [name for name in names if name and name != NOTHING]


def _listed(names: Sequence[str]) -> str:
    more = [f"{len(names) - 3:,} more"] if len(names) > 3 else []
    return ", ".join([*(short(name) for name in names[:3]), *more])
