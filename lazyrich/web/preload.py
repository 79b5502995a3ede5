"""Tells the browser with the page itself what its charts will need, so that it is there when Streamlit has started up.

Without it the chart's modules are found one level of imports after the other, after all of Streamlit's own.
"""

from __future__ import annotations

from functools import cache

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lazyrich.web.assets import asset, assets


class Preload:
    """ASGI middleware: adds a Link header (RFC 8288, rel=preload and rel=modulepreload) to the app's HTML."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; see the class."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_links(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("link", links())
            await send(message)

        await self.app(scope, receive, with_links)


@cache
def links() -> str:
    """The header's value: plotly.js and the live chart's style sheets to fetch, the modules to fetch and parse."""
    styles = [name for name in assets() if name.startswith("live") and name.endswith(".css")]
    modules = [name for name in assets() if name.endswith(".js") and name != "plotly.min.js"]
    wanted = [("plotly.min.js", "preload; as=script")]
    wanted += [(name, "preload; as=style") for name in styles]
    wanted += [(name, "modulepreload") for name in modules]
    return ", ".join(f"<{asset(name)}>; rel={how}" for name, how in wanted)
