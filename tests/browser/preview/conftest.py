"""A server that computes previews; the server of the other browser tests computes none."""

from collections.abc import Iterator

import pytest

from harness.server import Server, quick_server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with quick_server(tmp_path_factory.mktemp("server") / "log.txt") as server:
        yield server
