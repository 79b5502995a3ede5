"""One Firefox for all tests of this folder. Without Firefox they are skipped, which the report states."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.firefox.marionette import Firefox, firefox_path


@pytest.fixture(scope="session")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    path = firefox_path()
    if path is None:
        pytest.skip("there is no Firefox on this machine: install your system's package, such as firefox-esr")
    with Firefox(path, tmp_path_factory.mktemp("firefox")) as firefox:
        yield firefox


@pytest.fixture
def firefox(started: Firefox) -> Iterator[Firefox]:
    """The same Firefox for all tests; changed preferences are reset after each test."""
    yield started
    started.prefer("privacy.resistFingerprinting", False)
    started.goto("about:blank")
