"""The addresses that live charts read from, beside those of Streamlit.

    st.App("app.py", routes=routes(pool, sessions), lifespan=lifespan(pool))

    GET  {base}/lazyrich/static/{version}/{name}      the chart's modules and plotly.js: lazyrich.web.components.assets
    GET  {base}/lazyrich/health                       what is wrong, and counts; 503 if anything is: web.server.health
    WS   {base}/lazyrich/live                         frames: lazyrich.client.protocol

The socket closes with 4400 for an invalid or untimely message, 4403 for an unknown token and 4404 for a run that does
not exist or is not the visitor's; the page then has to request its runs again. It closes with 4429 if the visitor has
too many open sockets. A foreign Origin gets HTTP 403.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from lazyrich.serving.pool import RunPool
from lazyrich.serving.rate_limit import RateLimit
from lazyrich.web.components import assets
from lazyrich.web.components.assets import asset, base_path
from lazyrich.web.hardening import connections, origin
from lazyrich.web.server import health
from lazyrich.web.server.sessions import Sessions, TooManySockets, keep_tokens_out_of_logs
from lazyrich.web.stream.preview_requests import Outbox, PreviewRequests
from lazyrich.web.stream.subscriber import (
    BAD_MESSAGE,
    TOO_MANY,
    UNKNOWN_TOKEN,
    PackedFrames,
    Refusal,
    Subscriber,
    read_token,
)
from lazyrich.web.stream.ticker import Ticker

__all__ = ["asset", "lifespan", "routes", "socket_path"]

CHECK_SECONDS: Final = 10.0
"""Seconds between two checks of a connection: its session may be over. If it is not, and the connection was idle, a
question is answered even without news: a browser that receives nothing for longer knows that the connection is lost,
which nothing else reports when a cable is pulled."""

SHUTDOWN_SECONDS: Final = 2
"""Seconds that a server which is shutting down waits for browsers to read what was sent to them."""

logger = logging.getLogger(__name__)


TOKEN_TIMEOUT: Final = 10
"""Seconds that a socket may be open before it has sent its token."""


def socket_path() -> str:
    """Return the address of the socket, without host."""
    return f"{base_path()}/lazyrich/live"


def routes(pool: RunPool, sessions: Sessions) -> list[BaseRoute]:
    """Return the routes, for `st.App` or any Starlette application. server.baseUrlPath is read here, once."""
    base = base_path()
    ticker, rows, preview_requests = Ticker(), PackedFrames(), PreviewRequests(pool, sessions.previews)

    async def live(socket: WebSocket) -> None:
        if not origin.allowed(socket.headers):
            await socket.close()
            return
        await socket.accept()
        try:
            token = await _token(socket)
            outbox = Outbox(preview_requests.of(token))
            viewer = Subscriber(pool, lambda run: sessions.may_read(token, run), rows, outbox.request)

            def check() -> None:
                if not sessions.knows(token):
                    raise Refusal(UNKNOWN_TOKEN, "This session is not known here. Load the page again.")
                viewer.check()

            check()
            with sessions.socket(token) as messages:
                await _serve_socket(socket, viewer, outbox, ticker, messages, check)
        except (Refusal, TooManySockets) as refusal:
            code = refusal.code if isinstance(refusal, Refusal) else TOO_MANY
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.close(code, str(refusal))
        except (WebSocketDisconnect, asyncio.CancelledError):
            pass  # the browser has disconnected, or has not read its answer in time
        except Exception:
            logger.exception("a socket is closed after an error")
            with suppress(WebSocketDisconnect, RuntimeError):
                await socket.close(1011, "The server could not answer; its log has the reason.")

    async def is_well(request: Request) -> Response:
        report = health.report(pool)
        return JSONResponse(report, 200 if report["healthy"] else 503, {"Cache-Control": "no-store"})

    return [
        Route(f"{base}/lazyrich/static/{{version}}/{{name:path}}", assets.serve),
        Route(f"{base}/lazyrich/health", is_well),
        WebSocketRoute(f"{base}/lazyrich/live", live),
    ]


async def _token(socket: WebSocket) -> str:
    """Return the token, which is the browser's first message. Raises Refusal, WebSocketDisconnect."""
    try:
        async with asyncio.timeout(TOKEN_TIMEOUT):
            message = await socket.receive()
    except TimeoutError:
        raise Refusal(BAD_MESSAGE, f"The first message is the token, within {TOKEN_TIMEOUT} s.") from None
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message["code"])
    return read_token(message.get("text"))


async def _serve_socket(
    socket: WebSocket,
    viewer: Subscriber,
    outbox: Outbox,
    ticker: Ticker,
    messages: RateLimit,
    check: Callable[[], None],
) -> None:
    """Answer until the browser leaves. A slow browser delays no other: each question has one answer.

    outbox: previews, which are sent as soon as they are ready. messages: rate limit. check: raises Refusal if the
    visitor may not watch any more.
    """
    # Always pending during the wait for frames, to notice a browser that leaves and a server that shuts down.
    receiving: asyncio.Future[Any] = asyncio.ensure_future(socket.receive())
    news: asyncio.Future[None] | None = None
    looked = time.monotonic()
    try:
        while True:
            if (preview := outbox.take()) is not None:
                await socket.send_bytes(preview)
                continue
            if viewer.request_pending and viewer.has_news():
                await socket.send_bytes(viewer.answer())
                continue
            if viewer.request_pending:
                news = ticker.when(viewer.has_news)
            pending: set[asyncio.Future[Any]] = {receiving, outbox.arrival()}
            if news is not None:
                pending.add(news)
            done, _ = await asyncio.wait(pending, timeout=CHECK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            if not done or time.monotonic() >= looked + CHECK_SECONDS:
                looked = time.monotonic()
                check()
            if not done and viewer.request_pending:
                await socket.send_bytes(viewer.answer())
            if news is not None:
                news.cancel()
                news = None
            if receiving.done():
                message = receiving.result()
                if message["type"] == "websocket.disconnect":
                    return
                while wait := messages.take():
                    # unread messages stay in the connection's buffers and slow their sender down
                    await asyncio.sleep(min(wait, CHECK_SECONDS))
                viewer.handle(message.get("text"))
                receiving = asyncio.ensure_future(socket.receive())
    finally:
        viewer.close()
        outbox.close()
        receiving.cancel()
        if news is not None:
            news.cancel()


def lifespan(pool: RunPool) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """Return the lifespan for `st.App`: workers start before the first visitor, and end when the server ends.

    Import heavy modules before: objects that exist by then are left out of garbage collections, which stop all charts.
    """

    @asynccontextmanager
    async def serving(app: Any) -> AsyncIterator[None]:
        keep_tokens_out_of_logs()
        connections.set_shutdown_timeout(SHUTDOWN_SECONDS)
        pool.start()
        await asyncio.to_thread(assets.assets)
        gc.collect()
        gc.freeze()
        try:
            async with connections.supervised():
                yield
        finally:
            await asyncio.to_thread(pool.stop)

    return serving
