"""Serve the page for visitors who cannot be admitted now, which gives the reason and reloads automatically."""

from __future__ import annotations

import random
from typing import Final

from starlette.responses import HTMLResponse
from starlette.types import Scope

from lazyrich.web.streamlit_compat import addresses

AGAIN: Final = (10, 20)
"""Bounds of the random seconds after which the page reloads, so that a waiting class does not return all at once."""

PARTS: Final = (*addresses.PARTS, "/lazyrich/")
"""Paths that are not pages, below the base path and below pages, as a browser looks for the server there, too."""

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="{again}">
<title>lazyrich is full</title>
<style>
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 30rem; margin: 20vh auto; padding: 0 1.25rem }}
h1 {{ font-size: 1.5rem }}
</style>
</head>
<body>
<h1>Full for the moment</h1>
<p>{why} This page looks again in {again} seconds by itself.</p>
</body>
</html>
"""


def is_page(scope: Scope) -> bool:
    """Return whether a request is for a page rather than for a part of one."""
    path = scope["path"]
    return scope["type"] == "http" and not any(part in path for part in PARTS) and "." not in path.rpartition("/")[2]


def busy_response(why: str) -> HTMLResponse:
    """Return the answer with status 503. why: a sentence."""
    again = random.randint(*AGAIN)
    headers = {"retry-after": str(again), "cache-control": "no-store"}
    return HTMLResponse(_PAGE.format(why=why, again=again), 503, headers)
