"""Serve modules, styles and plotly.js from memory, compressed once, at addresses that contain a hash of the contents.

    asset("entry/live.js")         "/lazyrich/static/3f1c9a07b2e4/entry/live.js"

Everything comes from this server, so the app works without internet access. As the contents of an address never change,
a browser fetches each one once.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from lazyrich.client import files

FOR_EVER: Final = "public, max-age=31536000, immutable"


STUB: Final = "export default async (c) => (await import(new URL(c.data.module, document.baseURI).href)).mount(c)"
"""Script of this project's components. It is sent with every update of one, so it only fetches the module, which the
browser caches."""


@dataclass(frozen=True)
class Asset:
    """A file as it is served."""

    version: str
    type: str
    compressed: bytes


def base_path() -> str:
    """Return the prefix of all addresses, "" or "/lab": Streamlit adds server.baseUrlPath to its own routes only."""
    path = st.get_option("server.baseUrlPath").strip("/")
    return f"/{path}" if path else ""


def asset(name: str) -> str:
    """Return the address of a file, without host. Raise KeyError with the served files for one that is not served."""
    found = assets()
    if name not in found:
        raise KeyError(f"There is no {name} to serve; there are {', '.join(sorted(found))}.")
    return f"{base_path()}/lazyrich/static/{found[name].version}/{name}"


@cache
def assets() -> dict[str, Asset]:
    """Return all files by name. The first call takes some tenths of a second, which is plotly.js."""
    # Modules import each other by relative addresses, so they share one version; plotly.js outlives theirs in caches.
    return _pack(files.own_files()) | _pack({"plotly.min.js": files.plotly()}, files.plotly_compressed())


async def serve(request: Request) -> Response:
    """Return a file, at exactly the address that `asset` gives for it."""
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
        # The encoding in the header also keeps Streamlit's middleware from compressing it again.
        return Response(found.compressed, headers=headers | {"Content-Encoding": "gzip"})
    return Response(gzip.decompress(found.compressed), headers=headers)


def _pack(contents: dict[str, bytes], compressed: bytes | None = None) -> dict[str, Asset]:
    """Return files that share a version. compressed: contents of the only file, if it is compressed already."""
    content = hashlib.sha256()
    for name, data in contents.items():
        content.update(f"{name}:{len(data)}:".encode() + data)
    version = content.hexdigest()[:12]
    return {
        name: Asset(version, files.TYPES[Path(name).suffix], compressed or files.compressed(data))
        for name, data in contents.items()
    }
