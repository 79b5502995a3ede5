"""One thread for torch: the networks of the tests are small, and on a busy machine two threads are far slower. One
browser for all tests that look through one."""

from collections import Counter
from collections.abc import Iterator

import hypothesis
import pytest
import torch
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.serving import chromium

torch.set_num_threads(1)

# how long an example takes says something of the machine, not of the code
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Here, because options of folders further down come too late; see tests/soak/conftest.py."""
    parser.addoption("--long", action="store_true", help="soak tests in their long form")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that are for `--long` alone only then. Files with browser tests last: from the first to the last of them
    playwright's event loop runs, and no other can on this thread. Of these the largest first, so that no worker is left
    alone with one at the end.

    Parallel runs keep this order only with `--no-loadscope-reorder`.
    """
    if not config.getoption("long"):
        lasting = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=lasting)
        items[:] = [item for item in items if item not in lasting]
    late = Counter(item.path for item in items if "playwright" in getattr(item, "fixturenames", ()))
    items.sort(key=lambda item: (item.path in late, -late[item.path], item.path))


def pytest_report_header() -> str:
    """Says whether the tests that take a device have run on a graphics card as well."""
    return (
        f"CUDA: {torch.cuda.get_device_name()}"
        if torch.cuda.is_available()
        else "CUDA: none, tests run on the CPU only"
    )


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = chromium(playwright)
    yield browser
    browser.close()
