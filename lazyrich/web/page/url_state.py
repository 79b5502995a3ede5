"""Write a page's state to its address, and read it back.

The address holds the main settings, all others that differ from their default, and the kept runs.

    /playground?tau=0.1&delta=1&eta_a=1&eta_w=1&seed=3&keep=tau%3D0.1%26delta%3D-1%26eta_a%3D1%26eta_w%3D1

An address is checked like all data from outside; a value that cannot be used is replaced by its default, with a
sentence. Mail programs and social sites add their own names to links, such as utm_source and fbclid: a name that is not
a setting and resembles none is ignored, and left out of links made here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from lazyrich.config import address
from lazyrich.config.schema import Config, from_strings, nearest
from lazyrich.experiments import registry
from lazyrich.lessons.lesson import NAMES
from lazyrich.web.page.share import page_view

C = TypeVar("C", bound=Config)

KEPT = "keep"
"""The parameter that holds a kept run, once for each; its value is an address of settings itself."""

SEE = "see"
"""The parameter that names the experiment on a page with several; see lazyrich.web.page.experiment_switch."""

OTHERS = NAMES | {"embed", "embed_options", SEE, page_view.VIEW, page_view.SHOW, page_view.PICTURE}
"""Parameters that are not settings: those of Streamlit, SEE, those of the view, and those of a lesson."""

FOREIGN: Final = frozenset(
    {"cache", "embed_scale", "feature", "from", "lang", "page", "ref", "s", "si", "sid", "source", "src", "state", "t"}
    | {
        "tab",
        "theme",
        "v",
        "ver",
        "version",
        "via",
        "chart_data",
        "date",
        "dt",
        "lead",
        "tag",
        "tags",
        "timestamp",
        "ts",
    }
    | {"action", "cat", "creative", "dest", "devicemodel", "frame", "lat", "outputtype", "pc", "print", "search", "sk"}
    | {"sn", "sp", "targetid", "track", "type", "uact", "wid"}
)
"""Names in other sites' links that look like misspelt settings, which they are not."""

_FOREIGN_BEGINNINGS: Final = ("utm_", "mc_", "fb_", "pk_", "mtm_", "gad_", "hsa_", "_")


def own(config: type[Config], query: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """Return the parameters of an address for this page: settings, kept runs, and names that may be misspelt settings.

    Args:
        config: The experiment of the page.
        query: Name -> all its values in the address.

    Returns:
        The query without parameters that other sites add or that are read elsewhere (OTHERS).
    """
    # a link copied out of HTML has &amp; between its settings
    plain = {name.removeprefix("amp;"): values for name, values in query.items()}
    return {name: values for name, values in plain.items() if name == KEPT or _meant(config, name)}


@cache
def _settings() -> frozenset[str]:
    return frozenset(name for experiment in registry.values() for name in experiment.parameters())


def _meant(config: type[Config], name: str) -> bool:
    """Return whether a name in an address is a setting of any experiment, or may be a misspelt one of this one."""
    if name in config.parameters() or name in _settings():
        return True
    if name in OTHERS or name.lower() in FOREIGN or name.startswith(_FOREIGN_BEGINNINGS):
        return False
    # symbols such as m and d may belong to other parameters of the address, unlike τ
    return bool(nearest(config, name, symbols=not name.isascii()))


def read(config: type[C], query: Mapping[str, Sequence[str]], most_kept: int) -> tuple[C, list[C], list[str]]:
    """Read an address's parameters.

    Args:
        config: The experiment of the page.
        query: Name -> all its values.
        most_kept: Largest number of kept configs.

    Returns:
        The config, the kept configs, and sentences on values that could not be used.
    """
    query = own(config, query)
    texts = {name: values[-1] for name, values in query.items() if name != KEPT and values}
    current, notices = _parse(config, texts)
    kept: list[C] = []
    for settings in query.get(KEPT, ())[:most_kept]:
        texts = dict(parse_qsl(settings[:2000]))
        run, more = _parse(config, {name: text for name, text in texts.items() if _meant(config, name)})
        kept.append(run)
        notices += [f"In a kept run, {sentence}" for sentence in more]
    if (there := len(query.get(KEPT, ()))) > most_kept:
        notices.append(f"At most {most_kept} runs can be kept; the address has {there}, the rest are left out.")
    return current, kept, notices


def write(config: Config, kept: Sequence[Config]) -> dict[str, str | list[str]]:
    """Return the parameters of the address that reproduces this page."""
    query: dict[str, str | list[str]] = dict(address.texts(config))
    if kept:
        query[KEPT] = [urlencode(address.texts(run)) for run in kept]
    return query


def link(
    base: str, config: Config, kept: Sequence[Config], see: str = "", view: page_view.PageView = page_view.WHOLE
) -> str:
    """Return the whole address: the page's own (scheme, host, path) and the parameters.

    Args:
        base: Address of the page.
        config: The settings.
        kept: The runs beside it.
        see: The experiment shown, where the page has several.
        view: How much of the page is shown.
    """
    query = urlencode(({SEE: see} if see else {}) | write(config, kept) | page_view.written(view), doseq=True, safe=",")
    return f"{base if urlsplit(base).path else base + '/'}?{query}"


def _parse(config: type[C], texts: Mapping[str, str]) -> tuple[C, list[str]]:
    parsed, notices = from_strings(config, texts, page=True)
    assert isinstance(parsed, config)
    return parsed, notices
