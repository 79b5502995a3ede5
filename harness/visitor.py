"""A visitor without a browser: Streamlit's own socket and the live chart's, spoken as a browser speaks them.

    async with Visitor("http://127.0.0.1:8501/", "tau=0.1&delta=1") as visitor:
        await visitor.run()                                  # the page's script, to its end
        await visitor.set("student-teacher.seed", 3)         # a widget by its key
        async for entries in visitor.watch():                # what the live chart receives
            ...

With `watch(stay=True)` the live chart follows the page, as in a browser, so that controls can be moved meanwhile.

Fifty of them fit into one process, while fifty browsers do not fit onto the machine.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect

from harness import widgets
from lazyrich.web.streamlit_compat.xsrf_cookie import XSRF


def on_its_own_thread(visits: Coroutine[Any, Any, Any]) -> Any:
    """Run visits on a new thread and return their result: playwright may run an event loop on this thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, visits).result()


SILENCE = 120.0
"""Seconds for which a visitor waits for the next answer while runs train."""

OVER = frozenset({"finished", "stopped", "failed"})


class Visitor:
    """One session.

    url: of the app, with its base path. query: what follows the "?". page: like "exact-solutions", "" for Start.
    cookies: whether its browser keeps them.
    """

    def __init__(self, url: str, query: str = "", page: str = "playground", cookies: bool = True):
        self._url, self._query, self._page = url.rstrip("/"), query, page
        self._headers = {"Cookie": f"{XSRF}=kept"} if cookies else {}
        self._socket: Any = None
        self._states: dict[str, WidgetState] = {}
        self._cache: dict[str, ForwardMsg] = {}
        self._live: Any = None
        self._held: dict[str, int] = {}
        self._preview_requests: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._serial = 0
        self._last_serial = 0
        self.elements: list[Any] = []
        """The elements of the last run of the page, in order of arrival, and its foldable parts."""
        self.written_query: str = ""
        """The query of the address (after the "?"), as the page last wrote it."""
        self.chart: dict[str, Any] = {}
        """The page's last data for the live chart: token, runs and more; empty before the first ones."""
        self.charted = asyncio.Event()
        """Set once the page has sent data to the live chart, which a browser draws before the script has ended."""

    async def __aenter__(self) -> Self:
        self._socket = await self._connect("/_stcore/stream")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._socket.close()

    async def _connect(self, path: str) -> Any:
        parts = urlsplit(self._url)
        scheme = "wss" if parts.scheme == "https" else "ws"
        origin = f"{parts.scheme}://{parts.netloc}"
        return await connect(
            f"{scheme}://{parts.netloc}{parts.path}{path}",
            origin=origin,
            additional_headers=self._headers,
            max_size=None,
            compression=None,
            open_timeout=60,
            close_timeout=0.5,
        )

    # ---- the page

    async def run(self, timeout: float = 60) -> None:
        """Run the page's script with the present values of the widgets, and read its elements."""
        message = BackMsg()
        message.rerun_script.query_string = self._query
        message.rerun_script.page_name = self._page
        message.rerun_script.widget_states.widgets.extend(self._states.values())
        await self._socket.send(message.SerializeToString())
        self._states = {id: state for id, state in self._states.items() if not widgets.is_event(state)}
        self.elements = []
        async with asyncio.timeout(timeout):
            while not self._take(ForwardMsg.FromString(await self._socket.recv())):
                if self._live is not None and self._held.keys() != {run["id"] for run in self.chart["runs"]}:
                    await self._ask()
        self._hold()

    async def set(self, key: str, value: Any, timeout: float = 60) -> None:
        """Give the widget with this key a value, as a browser sends it, and run the page. Folded parts are unfolded
        if the widget is not visible. A text is typed into the field of a slider. Raises KeyError."""
        if self._typed(key) not in self.widgets and f"{key}.slider" not in self.widgets:
            await self.open(timeout)
        if f"{key}.slider" in self.widgets:
            self._serial += 1
            payload = {"text": value} if isinstance(value, str) else {"value": value}
            _, id = self.widgets[f"{key}.slider"]
            for made in widgets.triggered(id, "set", payload | {"serial": self._serial}):
                self._states[made.id] = made
            await self.run(timeout)
            return
        kind, id = self.widgets[self._typed(key)]
        self._states[id] = widgets.state(kind, id, f"{value:g}" if kind == "text_input" and value == value else value)
        await self.run(timeout)

    def _typed(self, key: str) -> str:
        """Return the key of the text field of a number without another widget, as in lazyrich.web.page.widgets."""
        return (
            key if key in self.widgets else next((one for one in self.widgets if one.startswith(f"{key}.typed")), key)
        )

    async def open(self, timeout: float = 60) -> None:
        """Unfold all folded parts; if there are any, the page runs and draws their contents."""
        folded = [id for kind, id in self.widgets.values() if kind == "expandable" and not self._states[id].bool_value]
        if folded:
            self._states.update({id: widgets.state("expandable", id, True) for id in folded})
            await self.run(timeout)

    def _hold(self) -> None:
        """Record the values of the widgets: those that the page has set, and defaults of new ones."""
        there = {}
        for element in self.elements:
            if (found := widgets.identify(element)) is not None:
                kind, id = found
                given = getattr(getattr(element, element.WhichOneof("type")), "set_value", False)
                value = widgets.shown(element)
                if id in self._states and not given:
                    there[id] = self._states[id]
                elif value is not None:
                    there[id] = widgets.state(kind, id, value)
        self._states = there

    def _take(self, message: ForwardMsg) -> bool:
        """Handle one message of the server. Returns whether it reports the end of the script."""
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self._cache[message.ref_hash]
            kind = message.WhichOneof("type")
        elif message.metadata.cacheable:
            self._cache[message.hash] = message
        if kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            self.elements.append(element)
            if element.WhichOneof("type") == "bidi_component" and "live" in element.bidi_component.component_name:
                self.chart = json.loads(element.bidi_component.json)
                self.charted.set()
        elif kind == "delta" and message.delta.add_block.WhichOneof("type") == "expandable":
            self.elements.append(message.delta.add_block)
        elif kind == "page_info_changed":
            self._query = self.written_query = message.page_info_changed.query_string
        return kind == "script_finished"

    @property
    def widgets(self) -> dict[str, tuple[str, str]]:
        """Return key of a widget -> its kind and its id, for those drawn in the last run."""
        identified = filter(None, map(widgets.identify, self.elements))
        # $$ID-HASH-KEY; without a key the last part is "None"
        return {id.split("-", 2)[2]: (kind, id) for kind, id in identified}

    def texts(self, kind: str) -> list[str]:
        """Return the bodies of all elements of a kind: "markdown", "alert"; the messages for "exception"."""
        found = [getattr(e, kind) for e in self.elements if e.WhichOneof("type") == kind]
        return [one.message if kind == "exception" else one.body for one in found]

    # ---- the live chart

    async def watch(self, stay: bool = False) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield the answers of the socket as lists of entries of `lazyrich.client.protocol`, until all runs are over.

        The cursor moves only when the caller asks for the next answer, as a browser asks once it has painted. stay:
        after their end, wait for the next runs of the page. Otherwise two minutes without an answer raise TimeoutError.
        """
        self._held = {}
        self._live = socket = await self._connect("/lazyrich/live")
        over: set[str] = set()
        try:
            await socket.send(json.dumps({"token": self.chart["token"]}))
            await self._ask()
            while stay or not over.issuperset(self._held):
                async with asyncio.timeout(None if stay else SILENCE):
                    answer = await socket.recv()
                (length,) = struct.unpack_from("<I", answer)
                header = json.loads(answer[4 : 4 + length])
                if "preview" in header:
                    if (request := self._preview_requests.pop(header["serial"], None)) is not None:
                        request.set_result(header)
                    continue
                entries = header["runs"]
                # answers sent before the page changed may be for runs that are no longer shown
                entries = [entry for entry in entries if entry["id"] in self._held]
                for entry in entries:
                    self._held[entry["id"]] = entry["first"] + entry["count"]
                    if entry["status"] in OVER and not entry["count"]:
                        over.add(entry["id"])
                if entries:
                    yield entries
                if not over.issuperset(self._held):
                    await self._ask()
        finally:
            self._live = None
            await socket.close()

    async def request_preview(self, **settings: Any) -> dict[str, Any]:
        """Return the header of the first run's preview with some settings changed; `watch` has to read meanwhile."""
        self._last_serial += 1
        request = self._preview_requests[self._last_serial] = asyncio.get_running_loop().create_future()
        run = self.chart["runs"][0]["id"]
        await self._live.send(json.dumps({"preview": run, "with": settings, "serial": self._last_serial}))
        async with asyncio.timeout(SILENCE):
            return await request

    async def _ask(self) -> None:
        """Request the frames after those held, for the current runs of the page."""
        self._held = {run["id"]: self._held.get(run["id"], 0) for run in self.chart["runs"]}
        await self._live.send(json.dumps({"after": self._held}))
