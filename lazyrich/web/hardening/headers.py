"""Set security headers: pages may run scripts of this server only, and connect to this server only.

Middleware(Security, frame_ancestors="https://course.example")

Sources: Content Security Policy Level 3, Permissions Policy, the Fetch standard (nosniff), Referrer Policy.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lazyrich.web.streamlit_compat.index_page import inline_scripts

FRAME_ANCESTORS: Final = "LAZYRICH_FRAME_ANCESTORS"
"""The environment variable that names the pages which may show the app in a frame."""

_ANCESTOR: Final = re.compile(r"\*|https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:(\d{1,5}|\*))?", re.IGNORECASE)

UNUSED: Final = (
    "accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope", "hid",
    "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get", "screen-wake-lock", "serial", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
"""Browser features that no page here needs."""


class Security:
    """ASGI middleware: the headers of every answer.

    frame_ancestors: origins that may frame the app besides itself, as `frame_ancestors` returns them.
    """

    def __init__(self, app: ASGIApp, frame_ancestors: str = ""):
        self.app = app
        self._headers = {
            "Content-Security-Policy": content_security_policy(frame_ancestors),
            "Permissions-Policy": ", ".join(f"{name}=()" for name in UNUSED),
            # The address of a page holds a visitor's settings, which stay private.
            "Referrer-Policy": "same-origin",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; see the class."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        encrypted = "https" in (scope["scheme"], Headers(scope=scope).get("x-forwarded-proto"))

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                if encrypted:  # elsewhere browsers ignore it and log an error
                    headers["Cross-Origin-Opener-Policy"] = "same-origin"
            await send(message)

        await self.app(scope, receive, with_headers)


def content_security_policy(frame_ancestors: str = "") -> str:
    """Return the header's value. Raises ValueError for ancestors that are no origins."""
    directives = {
        "default-src": ("'none'",),
        # Streamlit imports the first lines of a component from blob: addresses, and these lines import this project's
        # modules. Only a script that already runs can make such an address, so it admits no foreign code.
        # Streamlit's protocol buffers use WebAssembly for 64-bit numbers; it cannot run JavaScript from text.
        "script-src": ("'self'", "blob:", "'wasm-unsafe-eval'", *inline_script_hashes()),
        # Streamlit and plotly.js write styles into the page.
        "style-src": ("'self'", "'unsafe-inline'"),
        "img-src": ("'self'", "blob:", "data:"),
        # Streamlit's style sheet contains a font of mathematical symbols.
        "font-src": ("'self'", "data:"),
        "connect-src": ("'self'",),
        "manifest-src": ("'self'",),
        "base-uri": ("'none'",),
        "form-action": ("'none'",),
        "frame-ancestors": ("'self'", *read_ancestors(frame_ancestors)),
    }
    return "; ".join(" ".join((name, *sources)) for name, sources in directives.items())


def inline_script_hashes() -> list[str]:
    """Return the hashes of the inline scripts in the HTML of the installed Streamlit, as sources of a policy."""
    digests = (hashlib.sha256(script.encode()).digest() for script in inline_scripts())
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]


def read_ancestors(text: str) -> Iterable[str]:
    """Origins that are separated by spaces. Raises ValueError, with a sentence, for anything else."""
    for origin in text.split():
        if not _ANCESTOR.fullmatch(origin):
            raise ValueError(
                f"{FRAME_ANCESTORS} must be origins like https://course.example, separated by spaces, or *, "
                f"got {origin[:60]}."
            )
    return text.split()


def frame_ancestors() -> str:
    """Return what the environment sets; "", only the app itself, by default."""
    return os.environ.get(FRAME_ANCESTORS, "")
