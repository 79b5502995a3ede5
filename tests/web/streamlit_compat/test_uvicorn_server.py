"""The uvicorn server as Streamlit starts it; tests/web/server/test_wiring.py tests Streamlit's own."""

import uvicorn

from harness.streamlit_contract import contract


def test_the_server_is_found_while_it_serves_and_not_afterwards():
    with contract("uvicorn_server") as module:
        server = uvicorn.Server(uvicorn.Config(lambda scope: None))
        assert module.running_server() is None
        with server.capture_signals():
            assert module.running_server() is server
        assert module.running_server() is None
