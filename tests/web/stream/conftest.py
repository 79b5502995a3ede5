"""One server with real sockets for the tests of this folder: its worker takes seconds to start."""

import pytest

from harness.routes_server import Server
from lazyrich.config.limits import Limits


@pytest.fixture(scope="session")
def server():
    server = Server(Limits(workers=1, grace_seconds=0.3, run_frames=600, all_frames=1500))
    server.start()
    yield server
    server.stop()
