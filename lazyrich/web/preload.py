"""Tells the browser with the page itself what its charts will need, so that it is there when Streamlit has started up.

Without it the chart's modules are found one level of imports after the other, after all of Streamlit's own.
"""

from __future__ import annotations

from functools import cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lazyrich.web.assets import asset, assets


class Preload:
    """ASGI middleware: adds rel=preload and rel=modulepreload links to the head of the app's HTML.

    In the page and not in a Link header, whose five kilobytes are more than proxies take for the headers of an answer
    (nginx: four, then it answers 502).
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on; see the class."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self.app(scope, receive, send)
            return
        start: Message = {}
        page: list[bytes] = []

        async def with_links(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                if MutableHeaders(scope=message).get("content-type", "").startswith("text/html"):
                    start = message
                    return
            elif message["type"] == "http.response.body" and start:
                page.append(message.get("body", b""))
                if message.get("more_body"):
                    return
                body = b"".join(page).replace(b"</head>", links() + b"</head>", 1)
                headers = MutableHeaders(scope=start)
                headers["content-length"] = str(len(body))
                for name in ("etag", "last-modified", "accept-ranges"):  # of the file, not of what is sent
                    del headers[name]
                await send(start)
                message = {"type": "http.response.body", "body": body}
            await send(message)

        await self.app(_whole(scope), receive, with_links)


def _whole(scope: Scope) -> Scope:
    """The request for all of an answer as it is: not compressed, not a part of it, not whether it has changed."""
    without = (b"accept-encoding", b"range", b"if-none-match", b"if-modified-since")
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in without]}


@cache
def links() -> bytes:
    """The elements: plotly.js and the live chart's style sheets to fetch, the modules to fetch and parse."""
    styles = [name for name in assets() if name.startswith("live") and name.endswith(".css")]
    modules = [name for name in assets() if name.endswith(".js") and name != "plotly.min.js"]
    wanted = [("plotly.min.js", 'rel="preload" as="script"')]
    wanted += [(name, 'rel="preload" as="style"') for name in styles]
    wanted += [(name, 'rel="modulepreload"') for name in modules]
    return "".join(f'<link {how} href="{asset(name)}">\n' for name, how in wanted).encode()
