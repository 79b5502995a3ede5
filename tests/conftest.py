"""Settings and fixtures of all tests: one browser, one server, and one thread for torch and numpy.

The networks of the tests are small, and two threads are far slower on a busy machine."""

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright
from xdist.scheduler import LoadFileScheduling

from harness.forked import Forked
from harness.server import Server, chromium, quick_server
from lazyrich.config import machine
from lazyrich.serving.workers.memory import GRAPHICS_CARDS
from tests.order import BROWSER, SLOWEST, Scheduler, place

# For workers of pytest-xdist: numpy and scipy read it at their import. Programs that tests start do not inherit it.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# the time of an example depends on the machine, not on the code
UNTIMED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("the same in every run", derandomize=True, **UNTIMED)
hypothesis.settings.register_profile("others in every run", **UNTIMED)

MARKERS = {"browser": "browser", "firefox": "browser", "cuda": "gpu", "soak": "soak"}
"""Folder -> the marker of its tests; all others are `unit`. `claims` is written at the tests themselves."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of tests/soak/conftest.py, a file that pytest loads only after it has parsed the options."""
    parser.addoption("--long", action="store_true", help="soak tests in their long form")


def pytest_configure(config: pytest.Config) -> None:
    """Use the same hypothesis examples in every run, so that failures of `make test` repeat; random ones with `--long`.

    Also stop the garbage collector while tests are imported (see pytest_collection_finish), and import torch only in
    processes that run tests: it takes more than a second.
    """
    gc.disable()
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        import torch

        torch.set_num_threads(1)
    hypothesis.settings.load_profile("others in every run" if config.getoption("long") else "the same in every run")


class Backwards(pytest.Dir):
    """A folder whose files are collected from the last to the first."""

    def collect(self) -> Iterator[pytest.Item | pytest.Collector]:
        return reversed(list(super().collect()))


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Let every second worker import the tests from the other end.

    Where nothing is compiled yet, as in a new clone, the workers then compile half of the tests each, not all of them.
    """
    worker = str(getattr(parent.config, "workerinput", {}).get("workerid", ""))
    return Backwards.from_parent(parent, path=path) if worker.endswith(tuple("13579")) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out tests marked `long` without `--long`, and lift the time limit with it. Sort by tests/order.py."""
    if config.getoption("long"):
        for item in items:
            item.add_marker(pytest.mark.timeout(0))
    else:
        lasting = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=lasting)
        items[:] = [item for item in items if item not in lasting]
    here = Path(__file__).parent
    assert [name for name in SLOWEST if not (here / name).exists()] == []
    names = {item: item.path.relative_to(here).as_posix() for item in items}
    for item, name in names.items():
        item.add_marker(MARKERS.get(name.partition("/")[0], "unit"))
        assert name.startswith(BROWSER) or "playwright" not in getattr(item, "fixturenames", ()), name
    items.sort(key=lambda item: place(names[item]))


def pytest_collection_finish() -> None:
    """Speed up the tests: collect less garbage, and let torch's loggers propagate.

    Garbage collection would take a tenth of the time of all tests: exclude all imported objects from it, and run it
    less often than Python does. pytest adds two handlers to each logger that does not propagate, three times a test,
    and torch has a hundred of those. Programs that tests start may again use several threads in numpy.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
    os.environ.pop("OPENBLAS_NUM_THREADS", None)
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger) and logger.name.partition(".")[0] == "torch":
            logger.propagate = True


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Return the project's scheduler, if tests run on several workers."""
    return Scheduler(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_report_header() -> str:
    """Return a line that states whether tests with a device also run on a graphics card."""
    if any(card.exists() for card in GRAPHICS_CARDS):
        import torch

        if torch.cuda.is_available():
            return f"CUDA: {torch.cuda.get_device_name()}"
    return "CUDA: none, tests run on the CPU only"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = chromium(playwright)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app for all browser tests but those of previews, which would take a third of its worker's time."""
    with quick_server(tmp_path_factory.mktemp("server") / "log.txt", LAZYRICH_SESSION_PREVIEWS="0") as server:
        yield server


@pytest.fixture(scope="session")
def forked() -> Iterator[Forked]:
    """Start programs that have torch imported already."""
    commands = ("lazyrich.cli.commands", "lazyrich.sweeps.command", "lazyrich.studies.command")
    with Forked("torch", *commands, "distributed.cli.dask_worker", "distributed.cli.dask_scheduler") as forked:
        yield forked


@pytest.fixture
def container(tmp_path, monkeypatch):
    """container(limit, used, files): write the files from which a container with cgroup v2 reads its memory."""
    monkeypatch.setattr(machine, "CGROUP", tmp_path)

    def make(limit, used, files):
        (tmp_path / "memory.max").write_text(f"{limit}\n")
        (tmp_path / "memory.current").write_text(f"{used}\n")
        (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {files}\nactive_file 7\n")

    return make
