"""Files for the browser: the scripts and styles of this project, and plotly.js.

The project's own are in `lazyrich/web/static/`, which is read as a folder of data.
"""

from __future__ import annotations

import gzip
from functools import cache
from importlib import util
from pathlib import Path
from typing import Final

from lazyrich.client.bundle import bundle, join_styles

STATIC: Final = Path(__file__).parents[1] / "web" / "static"

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


def own_files() -> dict[str, bytes]:
    """Return all files by their paths below STATIC, with modules and styles joined as in `client.bundle`."""
    other = {
        path.relative_to(STATIC).as_posix(): path.read_bytes()
        for path in sorted(STATIC.rglob("*"))
        if path.suffix in TYPES and path.suffix not in (".css", ".js")
    }
    return other | {name: text.encode() for name, text in (bundle(modules()) | styles()).items()}


def modules() -> dict[str, str]:
    """Return the text of each module by its path below STATIC."""
    return _texts(".js")


def styles() -> dict[str, str]:
    """Return each style sheet that no other imports, with its own imports replaced by their text."""
    return join_styles(_texts(".css"))


def _texts(suffix: str) -> dict[str, str]:
    paths = sorted(STATIC.rglob(f"*{suffix}"))
    return {path.relative_to(STATIC).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def plotly() -> bytes:
    """Return plotly.js from the installed Python package, which is located without importing it."""
    spec = util.find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("plotly is not installed: run `pip install plotly`.")
    return (Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js").read_bytes()


@cache
def plotly_compressed() -> bytes:
    """Return plotly.js compressed by gzip; the first call takes some tenths of a second."""
    return compressed(plotly())


def compressed(data: bytes) -> bytes:
    """Return bytes compressed by gzip; equal input gives equal output."""
    return gzip.compress(data, compresslevel=9, mtime=0)
