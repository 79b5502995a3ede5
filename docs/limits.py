"""The table of all limits: `python -m docs.limits` writes docs/limits.md anew from lazyrich.config.limits."""

from __future__ import annotations

from pathlib import Path

from lazyrich.config.limits import MB_OF_WEB, MB_OF_WORKER, PREFIX, Limits
from lazyrich.config.schema import Parameter, show

DOCUMENT = Path(__file__).with_suffix(".md")

HEAD = """\
# Limits

Limits protect a machine that many people share. Set them in the environment of the app: for compose, a line each in
the file `.env`; for a service, in its environment file. [operate.md](operate.md) has all other settings. This document
is written by `python -m docs.limits` from `lazyrich/config/limits.py`.

The app checks its environment before it starts. A value that cannot be used is named in one sentence, with what is
allowed, and the app does not start. A name that is no setting is named in the log, with the nearest setting.

Times and sizes are estimated for one CPU core before a run starts, also for runs on a GPU. The library and the
command line have no such limits on time.

## Three levels

1. **One run** is refused if its estimate is too large. It is stopped, and keeps its frames, if it takes more after
   all.
2. **One visitor** is an open page, not an address: a class behind one router is thirty visitors. Changing settings
   quickly never blocks a visitor: runs that their page has left make room first, oldest first. Only a page that wants
   too much at once, or a script, reads a refusal.
3. **The server** shares places, memory and starts among all visitors. When all places are taken, a run waits, with
   its number in the queue and about how long; when the queue is full, a request is refused; when there are as many
   visitors as allowed, a new one gets a page that says that the server is full.

Every refusal is one sentence on what to lower or when to try again. The page tries again by itself, and what is on
the chart stays there. Only a download that is refused fails at once, and can be clicked again.

Small runs start beside large ones: a tenth of the working memory is kept for them, and while a large run waits they
get no more than that. Besides the limits below, the app refuses messages above 4 MB, widgets of one page that hold
more than 1 MB, and all uploads but a visitor's own data.

## All limits
"""


def memory() -> str:
    """Return the paragraph on the memory that the whole app takes at most."""
    limits = Limits.model_construct()
    shared = ", ".join(f"`{PREFIX}{name}`" for name in ("LOG_MB", "ALL_SCRATCH_MB", "ALL_UPLOADS_MB", "ALL_LISTS_MB"))
    worker, web, two = MB_OF_WORKER / 1000, MB_OF_WEB / 1000, limits.megabytes(workers=2) / 1000
    return (
        f"The app takes at most the sum of {shared}\nand `{PREFIX}DOWNLOAD_MB`, of {worker:g} GB for each "
        f"worker and of {web:g} GB for the web process: {two:.1f} GB with two workers."
    )


def row(limit: Parameter) -> str:
    """Return a limit's row of the table: its variable, default and meaning."""
    default = "one per core" if limit.name == "workers" else f"{show(limit.default)} {limit.unit}".strip()
    return f"| `{PREFIX}{limit.name.upper()}` | {default} | {limit.help} |"


def text() -> str:
    """Return the document."""
    rows = [row(limit) for limit in Limits.parameters().values()]
    return "\n".join([HEAD, "| variable | default | meaning |", "|---|---|---|", *rows, "", memory(), ""])


if __name__ == "__main__":
    DOCUMENT.write_text(text(), encoding="utf-8")
