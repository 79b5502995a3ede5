"""Contract tests of lazyrich.web.streamlit_compat, whose failures name the file and the version of Streamlit.

with contract("clear_caches") as module: ...             module: lazyrich.web.streamlit_compat.clear_caches
async with server(script) as (runtime, app): ...         Streamlit's own runtime and its own routes, in this process
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import streamlit
from starlette.applications import Starlette
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_session_storage import MemorySessionStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionClient
from streamlit.web.server.starlette.starlette_app import create_streamlit_routes


@contextmanager
def contract(name: str) -> Iterator[ModuleType]:
    """Import a module of streamlit_compat; failures in the block name the file and the installed Streamlit."""
    try:
        yield import_module(f"lazyrich.web.streamlit_compat.{name}")
    except Exception as error:
        raise AssertionError(
            f"lazyrich/web/streamlit_compat/{name}.py does not fit Streamlit {streamlit.__version__}: "
            f"{type(error).__name__}: {error}"
        ) from error


@asynccontextmanager
async def server(script: Path, remembered: float = 60.0) -> AsyncIterator[tuple[Runtime, Starlette]]:
    """Run Streamlit for a script. remembered: seconds for which it keeps a closed session."""
    runtime = Runtime(
        RuntimeConfig(
            script_path=str(script),
            media_file_storage=MemoryMediaFileStorage("/media"),
            uploaded_file_manager=MemoryUploadedFileManager("/_stcore/upload_file"),
            session_storage=MemorySessionStorage(ttl_seconds=remembered),  # type: ignore[arg-type]
        )
    )
    try:
        await runtime.start()
        yield runtime, Starlette(routes=create_streamlit_routes(runtime))
        runtime.stop()
        await runtime.stopped
    finally:
        Runtime._instance = None  # a process has one instance, and the next test needs a new one


class Client(SessionClient):
    """A browser that ignores all messages."""

    def write_forward_msg(self, msg: Any) -> None:
        """Drop it."""


async def ask(app: Starlette, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, Any, bytes]:
    """Return status, headers (a list of pairs) and body of an answer of the application."""
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "http_version": "1.1", "method": method, "scheme": "http", "root_path": "", "path": path}
    scope |= {"raw_path": path.encode(), "query_string": b"", "headers": [(b"host", b"here"), *pairs]}
    scope |= {"client": ("127.0.0.1", 1), "server": ("here", 80)}
    coming = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[Any] = []

    async def receive() -> Any:
        while not coming:
            await asyncio.sleep(60)  # the client stays connected for the answer
        return coming.pop()

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    whole = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], [(name.decode(), value.decode()) for name, value in sent[0]["headers"]], whole
