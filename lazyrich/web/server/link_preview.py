"""Answer requests for pages with Streamlit's HTML, under the page's own title and with a sentence on what it is about.

    Middleware(LinkPreview, site=SITE)

A program that makes the preview of a link, in a chat or a course page, reads the HTML and runs no script; Streamlit
sends every page under the title "Streamlit" and sets the real one in the browser.
"""

from __future__ import annotations

from html import escape
from typing import Final

from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lazyrich.web.components.assets import base_path
from lazyrich.web.page.site.entry import NAME, Entry, Site
from lazyrich.web.streamlit_compat.index_page import TITLE, index_page

ABOUT: Final = "Lazy and rich learning in neural networks, seen while they train."
"""Description of the app, after the question of each page."""


class LinkPreview:
    """ASGI middleware: title and description in the HTML of each page of a site. Other requests are passed on."""

    def __init__(self, app: ASGIApp, site: Site):
        self.app = app
        self._pages = {
            f"/{entry.path}": described(index_page(), entry) for section in site.values() for entry in section
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or pass on; see the class."""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            page = self._pages.get(scope["path"].removeprefix(base_path()))
            if page is not None:
                await HTMLResponse(page, headers={"cache-control": "no-cache"})(scope, receive, send)
                return
        await self.app(scope, receive, send)


def described(html: str, entry: Entry) -> str:
    """Return Streamlit's HTML with the title, the description and the preview of a page."""
    title, about = escape(entry.tab), escape(f"{entry.question} {ABOUT}")
    head = (
        f"<title>{title}</title>"
        f'<meta name="description" content="{about}">'
        f'<meta property="og:title" content="{title}">'
        f'<meta property="og:description" content="{about}">'
        f'<meta property="og:site_name" content="{NAME}">'
        '<meta property="og:type" content="website">'
    )
    return html.replace(TITLE, head, 1)
