"""Forget closed sessions when their time is over, not only when some other session ends.

Private: `Runtime._session_mgr`, its `_session_storage` and the `_cache` of that, whose `expire()` is called.
Why: Streamlit keeps a closed session for `server.disconnectedSessionTTL` seconds, so that a browser that lost the line
finds it again, and removes old ones only when the next one is closed. After a lecture nobody connects, and fifty
sessions with their state and three open files each would stay until the next lecture.
Public way: none. Listing the sessions leaves out those that are too old, but does not remove them; automatic expiry in
Streamlit would replace it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from streamlit import runtime


@asynccontextmanager
async def forgetting() -> AsyncIterator[None]:
    """Remove closed sessions within twice their time, while this is entered, on the server's event loop."""
    task = asyncio.create_task(_forget(), name="lazyrich-leftovers")
    try:
        yield
    finally:
        task.cancel()


def forget_expired() -> None:
    """Remove the closed sessions whose time is over, if a Streamlit server runs here. Call it on its event loop."""
    if runtime.exists():
        manager: Any = runtime.get_instance()._session_mgr
        manager._session_storage._cache.expire()


async def _forget() -> None:
    while True:
        await asyncio.sleep(max(1.0, float(st.get_option("server.disconnectedSessionTTL"))))
        forget_expired()
