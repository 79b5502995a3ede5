"""Modules, styles and plotly.js, compressed once and served from memory at addresses that tell their contents.

    asset("entry/live.js")         "/lazyrich/static/3f1c9a07b2e4/entry/live.js"

Everything comes from this server, so the app works with the network cut off; and since an address never changes its
contents, a browser fetches each one once.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import util
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from lazyrich.web.components.bundle import bundle, join_styles

STATIC: Final = Path(__file__).parents[1] / "static"

TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}

FOR_EVER: Final = "public, max-age=31536000, immutable"


STUB: Final = "export default async (c) => (await import(new URL(c.data.module, document.baseURI).href)).mount(c)"
"""The script of our components. It is sent with every update of one, so it only fetches the module, which the browser
caches."""


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    version: str
    type: str
    compressed: bytes


def base_path() -> str:
    """What stands before all addresses, "" or "/lab": Streamlit puts server.baseUrlPath before its own routes only."""
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}" if path else ""


def asset(name: str) -> str:
    """The address of a file, without host. Raises KeyError, naming those there are, for one that is not served."""
    found = assets()
    if name not in found:
        raise KeyError(f"There is no {name} to serve; there are {', '.join(sorted(found))}.")
    return f"{base_path()}/lazyrich/static/{found[name].version}/{name}"


@cache
def assets() -> dict[str, Asset]:
    """All files by name. The first call takes some tenths of a second, which is plotly.js."""
    files = sorted(path for path in STATIC.rglob("*") if path.suffix in TYPES)
    own = {path.relative_to(STATIC).as_posix(): path.read_bytes() for path in files}
    modules, sheets = (
        {name: own.pop(name).decode() for name in list(own) if name.endswith(ending)} for ending in (".js", ".css")
    )
    own |= {name: text.encode() for name, text in (bundle(modules) | join_styles(sheets)).items()}
    # Modules import each other by relative addresses, so they share one version; plotly.js outlives theirs in caches.
    return _pack(own) | _pack({"plotly.min.js": _plotly().read_bytes()})


async def serve(request: Request) -> Response:
    """A file, at exactly the address that `asset` gives for it."""
    name, version = request.path_params["name"], request.path_params["version"]
    found = assets().get(name)
    if found is None or found.version != version:
        return PlainTextResponse("There is no such file, or no longer. Load the page again.", 404)
    headers = {
        "Cache-Control": FOR_EVER,
        "Content-Type": found.type,
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        # Named here, the encoding also tells Streamlit's middleware not to compress it once more.
        return Response(found.compressed, headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(found.compressed), headers=headers)


def _pack(files: dict[str, bytes]) -> dict[str, Asset]:
    content = hashlib.sha256()
    for name, data in files.items():
        content.update(f"{name}:{len(data)}:".encode() + data)
    version = content.hexdigest()[:12]
    return {
        name: Asset(version, TYPES[Path(name).suffix], gzip.compress(data, compresslevel=9, mtime=0))
        for name, data in files.items()
    }


def _plotly() -> Path:
    """plotly.js as the installed Python package brings it; found without importing that package."""
    spec = util.find_spec("plotly")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("plotly is not installed: run `pip install plotly`.")
    return Path(spec.submodule_search_locations[0]) / "package_data" / "plotly.min.js"
