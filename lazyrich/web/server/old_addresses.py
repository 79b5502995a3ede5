"""Redirect old addresses to the pages that replace them.

    Middleware(OldAddresses)

The playground was at the root of the app until Start took its place, so a link to the root that has settings in its
query is one to the playground. Two experiments that have pages of their own were choices on "Linear networks". And an
address that only names a step of a lesson is short for the address with the settings of that step. The answer is a
redirect and not a page at the old address: the browser's history then holds one entry, and Back returns to the page
with the link.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs, urlencode

from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lazyrich.experiments.student_teacher.config import StudentTeacher
from lazyrich.lessons.lesson import NAMES
from lazyrich.web.components.assets import base_path
from lazyrich.web.page import url_state
from lazyrich.web.page.lesson import place as lesson_place

PLAYGROUND: Final = "playground"

SWITCHED: Final = {"implicit-bias": "which-solution", "linear-or-relu": "linear-or-relu"}
"""Experiment that `?see=` once chose on the page linear-networks -> the page that it has now."""


class OldAddresses:
    """ASGI middleware: an answer of code 307 to a request for a page that has moved, with the settings of the query."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Redirect or pass on; see the class."""
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            text = scope["query_string"].decode("latin-1")
            page = scope["path"].removeprefix(base_path()).strip("/")
            if moved := new_place(page, text):
                answer = RedirectResponse(f"{base_path()}/{moved}", 307)
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def new_place(page: str, query: str) -> str:
    """Return the page, and its query, that shows what this address once showed; "" if the address has not moved.

    Args:
        page: Path below the app's own, without slashes at its ends; "" for the root.
        query: What follows the "?" of the address.
    """
    parameters = parse_qs(query, keep_blank_values=True)
    if parameters.keys() & NAMES and parameters.keys() <= NAMES:
        place, _ = lesson_place.read({name: values[-1] for name, values in parameters.items()})
        return f"{place.step.page}?{urlencode(place.query(place.number), doseq=True)}" if place else ""
    if not page and url_state.own(StudentTeacher, parameters):
        return f"{PLAYGROUND}?{query}"
    if page == "linear-networks" and (moved := SWITCHED.get(parameters.get(url_state.SEE, [""])[-1])):
        rest = "&".join(part for part in query.split("&") if part.partition("=")[0] != url_state.SEE)
        return f"{moved}?{rest}" if rest else moved
    return ""
