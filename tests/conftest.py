"""One thread for torch: the networks of the tests are small, and on a busy machine two threads are far slower. One
browser for all tests that look through one."""

from collections.abc import Iterator

import pytest
import torch
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.browser.serving import chromium

torch.set_num_threads(1)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Here, because options of folders further down come too late; see tests/soak/conftest.py."""
    parser.addoption("--long", action="store_true", help="soak tests in their long form")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: from the first to the last of them playwright's event loop runs, and no other can.

    Parallel runs keep this order only with `--no-loadscope-reorder`.
    """
    items.sort(key=lambda item: "browser" in item.path.parts)


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
