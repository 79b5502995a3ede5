"""Streamlit's storage of closed sessions."""

import asyncio
import gc
import weakref

from harness.streamlit_contract import Client, contract, server


def test_a_closed_session_is_let_go_when_its_time_is_over_and_not_before(tmp_path):
    async def closed(module, remembered):
        async with server(tmp_path / "app.py", remembered) as (runtime, _):
            id = runtime.connect_session(Client(), {})
            session = weakref.ref(runtime.get_app_session(id))
            runtime.disconnect_session(id)
            await asyncio.sleep(0.05)
            assert session() is not None, "Streamlit keeps no closed session, or lets it go by itself"
            module.forget_expired()
            gc.collect()
            return session() is None

    with contract("sessions") as module:
        assert asyncio.run(closed(module, remembered=0.01)) is True
        assert asyncio.run(closed(module, remembered=60.0)) is False


def test_without_a_running_server_no_session_is_forgotten():
    with contract("sessions") as module:
        module.forget_expired()
