"""The file of a replay: a page that needs no server and makes no request, in any browser from 2023 on.

    html = replay_html(result)

Its content security policy forbids all requests, so no text in it can cause one. It runs the same scripts as the app's
pages, with frames from the file instead of the socket.
"""

from __future__ import annotations

import base64
import html
import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files as resources
from string import Template
from typing import Any

from lazyrich.citation import BIBTEX
from lazyrich.client import bundle, files
from lazyrich.config.schema import show, shown_choice
from lazyrich.replay import recording
from lazyrich.replay.recording import Kept, Recording
from lazyrich.results import export
from lazyrich.version import __version__


def replay_html(
    run: Recording, *, loop: bool = False, link: str = "", label: str = "", kept: Sequence[Kept] = ()
) -> str:
    """Return a page that plays a run.

    Args:
        run: A Result, or another object with the same attributes and at least one frame. All its frames are played.
        loop: Start again two seconds after the last frame.
        link: Address of the app's page with these settings; empty for none.
        label: Name of the run in a legend beside others.
        kept: Runs of the same experiment that play beside it.

    Returns:
        The HTML of the file.

    Raises:
        ValueError: If a run has no frame, or takes more than MAX_BYTES.
    """
    answers = [_packed(answer) for answer in recording.answers(run, kept)]
    view = recording.view(run, label, kept) | {"css": _style_address("css/live.css"), "loop": loop}
    config = run.config
    return _template().substitute(
        version=__version__,
        heading=html.escape(config.name.replace("-", " ").capitalize()),
        settings=html.escape(config.caption),
        style=files.styles()["css/replay.css"],
        link=_link(link, run.own),
        rows="\n          ".join(_rows(run)),
        same=_same(run),
        citation=html.escape(BIBTEX),
        made=html.escape(_made(run)),
        view=_json(view),
        answers="\n    ".join(f'<script type="text/plain" class="answer">{answer}</script>' for answer in answers),
        plotly=_plotly(),
        script=_script(),
    )


@cache
def _template() -> Template:
    return Template((resources("lazyrich.replay") / "page.html").read_text(encoding="utf-8"))


@cache
def _script() -> str:
    """Return all scripts as one. It must not contain the end tag of its element."""
    text = bundle.script(files.modules(), "entry/replay.js", _style_address)
    return text.replace("</script", "<\\/script").replace("<!--", "<\\!--")


@cache
def _plotly() -> str:
    return base64.b64encode(files.plotly_compressed()).decode()


def _style_address(name: str) -> str:
    """Return a data address that contains a style sheet."""
    return f"data:text/css;base64,{base64.b64encode(files.styles()[name].encode()).decode()}"


def _packed(data: bytes) -> str:
    return base64.b64encode(files.compressed(data)).decode()


def _json(data: Any) -> str:
    """Return JSON that is safe inside a script element."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False).replace("<", "\\u003c")


def _link(link: str, own: Sequence[str]) -> str:
    if not link:
        return ""
    without = f", without its own {' and '.join(own)}" if own else ""
    text = f"Open the page with these settings{without}"
    return f'<a href="{html.escape(link)}" target="_blank" rel="noopener noreferrer">{text}</a>'


def _rows(run: Recording) -> list[str]:
    """Return a row of the table for each setting."""
    config, parameters = run.config, run.config.parameters()
    rows = []
    for name in export.settings(config, run.own):
        one, value = parameters[name], getattr(config, name)
        text = shown_choice(type(config), one, value) if one.choices else show(value)
        cells = (one.label, f"{text} {one.unit}".strip())
        rows.append("<tr><th scope='row'>{}</th><td>{}</td></tr>".format(*map(html.escape, cells)))
    return rows


def _same(run: Recording) -> str:
    """Return Python lines that repeat the run; empty if the caller gave data or a start, which are not in the file."""
    if run.own:
        return ""
    lines = f"{export.same_in_python(run.config)}\n# or from a shell\n{export.same_in_shell(run.config)}"
    return f"<details><summary>Compute it yourself</summary><pre>{html.escape(lines)}</pre></details>"


def _made(run: Recording) -> str:
    """Return the versions and the device of the run."""
    versions = ", ".join(f"{name} {value}" for name, value in run.environment.items())
    return f"Replay of a run computed with {versions or f'lazyrich {__version__}'}."
