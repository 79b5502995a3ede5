"""The address of a page reproduces it: the main settings, all others that differ from their default, and the runs kept
beside.

    /?tau=0.1&delta=1&eta_a=1&eta_w=1&seed=3&keep=tau%3D0.1%26delta%3D-1%26eta_a%3D1%26eta_w%3D1

What stands in an address is checked like anything that comes from outside; what cannot be used falls back to its
default and is said in a sentence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode, urlsplit

from lazyrich.schema import Config, from_strings, show

C = TypeVar("C", bound=Config)

KEPT = "keep"
"""The parameter that holds a kept run, once for each; its value is an address of settings itself."""

SEE = "see"
"""The parameter that says which experiment a page of several shows; see lazyrich.web.several."""

OTHERS = frozenset({"embed", "embed_options", SEE})
"""Parameters that are no settings: those that Streamlit reads itself, and SEE."""


def read(config: type[C], query: Mapping[str, Sequence[str]], most_kept: int) -> tuple[C, list[C], list[str]]:
    """The config, the kept configs and what could not be used, from an address's parameters (name -> all its
    values)."""
    texts = {name: values[-1] for name, values in query.items() if name != KEPT and name not in OTHERS and values}
    current, said = _parse(config, texts)
    kept: list[C] = []
    for settings in query.get(KEPT, ())[:most_kept]:
        run, more = _parse(config, dict(parse_qsl(settings[:2000])))
        kept.append(run)
        said += [f"In a kept run, {sentence}" for sentence in more]
    if len(query.get(KEPT, ())) > most_kept:
        said.append(f"At most {most_kept} runs can be kept; the address has {len(query[KEPT])}, the rest are left out.")
    return current, kept, said


def write(config: Config, kept: Sequence[Config]) -> dict[str, str | list[str]]:
    """The parameters of the address that reproduces this page."""
    query: dict[str, str | list[str]] = dict(_texts(config))
    if kept:
        query[KEPT] = [urlencode(_texts(run)) for run in kept]
    return query


def link(base: str, config: Config, kept: Sequence[Config], see: str = "") -> str:
    """The whole address, on top of the page's own (scheme, host and path). see: which of the page's experiments."""
    query = urlencode(({SEE: see} if see else {}) | write(config, kept), doseq=True)
    return f"{base if urlsplit(base).path else base + '/'}?{query}"


def _texts(config: Config) -> dict[str, str]:
    """The main settings always, so that an address tells what it shows, and of the rest those that are not at their
    default."""
    told = {name for name, parameter in config.parameters().items() if parameter.main} | config.settings().keys()
    return {name: show(value) for name, value in config.model_dump().items() if name in told}


def _parse(config: type[C], texts: Mapping[str, str]) -> tuple[C, list[str]]:
    parsed, said = from_strings(config, texts)
    assert isinstance(parsed, config)
    return parsed, said
