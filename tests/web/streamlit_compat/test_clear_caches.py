"""Streamlit's session ignores the message of its menu entry "Clear cache"."""

import asyncio

import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.app_session import AppSession

from harness.streamlit_contract import Client, contract, server


def test_a_browser_that_asks_for_it_clears_no_cache(monkeypatch, tmp_path):
    made, asked = [], []

    @st.cache_resource
    def cached():
        made.append(None)
        return len(made)

    async def talk(module):
        async with server(tmp_path / "app.py") as (runtime, _):
            session = runtime.connect_session(Client(), {})
            monkeypatch.setattr(AppSession, "_handle_clear_cache_request", lambda self: asked.append(self))
            runtime.handle_backmsg(session, BackMsg(clear_cache=True))
            assert len(asked) == 1, "the message is handled by another method"
            assert cached() == cached() == 1
            module.ignore_clear_cache_requests()
            module.ignore_clear_cache_requests()
            runtime.handle_backmsg(session, BackMsg(clear_cache=True))
            assert cached() == 1, "the message clears the cache"
            assert len(asked) == 1

    with contract("clear_caches") as module:
        asyncio.run(talk(module))
