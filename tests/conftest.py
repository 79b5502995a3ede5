"""One thread for torch and numpy: the networks of the tests are small, and on a busy machine two threads are far
slower. One browser and one server for all tests that look through one."""

import gc
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import torch
from playwright.sync_api import Browser, Playwright, sync_playwright
from xdist.scheduler import LoadFileScheduling

from harness.forked import Forked
from harness.server import Server, chromium
from lazyrich.config import machine

torch.set_num_threads(1)
# For workers of pytest-xdist, whose numpy and scipy read it when they are loaded; not for programs that tests start.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# how long an example takes says something of the machine, not of the code
UNTIMED = {"deadline": None, "suppress_health_check": [hypothesis.HealthCheck.too_slow]}
hypothesis.settings.register_profile("the same in every run", derandomize=True, **UNTIMED)
hypothesis.settings.register_profile("others in every run", **UNTIMED)

SLOWEST = (
    *("soak/test_faults_server.py", "firefox/test_number_fields.py", "lessons/test_told.py", "cli/test_output.py"),
    *("results/test_export.py", "arrays/test_array_functions.py", "serving/pool/test_workers.py"),
    *("project/test_adding_an_experiment.py", "sweeps/test_portrait.py", "web/test_visitor.py"),
    *("sweeps/test_resume.py", "sweeps/test_dask.py", "studies/test_compare.py", "cli/test_interrupts.py"),
    *("soak/test_lecture_hall.py",),
    *("browser/charts/test_live_line.py", "browser/test_every_page.py", "browser/test_playground.py"),
    *("browser/test_phase_portrait.py", "browser/test_replay.py", "browser/preview/test_previews.py"),
    *("browser/test_lessons.py", "browser/test_picker.py", "browser/share/test_export.py", "browser/test_kept_runs.py"),
    *("browser/test_exact_solutions.py", "browser/study/test_study.py", "browser/test_function.py"),
    *("soak/test_faults_line.py", "soak/test_proxy.py"),
    *("training/gradient_flow/test_flow.py", "cuda/test_card.py", "experiments/test_linear_network.py"),
    *("experiments/test_deep_network.py", "experiments/student_teacher/test_student_teacher.py"),
    *("experiments/test_filters.py", "experiments/test_previews.py", "experiments/test_grokking.py"),
)
"""The longest files of each turn, in the order in which they are begun."""

MARKERS = {"browser": "browser", "firefox": "browser", "cuda": "gpu", "soak": "soak"}
"""Folder -> the marker of its tests; all others are `unit`. `claims` is written at the tests themselves."""

TOGETHER = {
    **{"tests/firefox/": "one Firefox", "tests/pages/": "one pool with its worker"},
    **{"tests/browser/charts/": "one tab for charts"},
    **{"tests/cli/test_output.py": "forked", "tests/studies/test_command.py": "forked"},
    **{"tests/sweeps/test_dask.py": "forked", "tests/sweeps/test_resume.py": "forked"},
    **{"tests/results/test_export.py": "forked", "tests/training/test_precision.py": "forked"},
}
"""Folders and files -> what their tests share that is slow to start."""

UNPACED = {"RUN_FRAMES": "1200", "ALL_FRAMES": "3000"}
"""Limits under which a run is there as soon as it is computed, for tests that need its end."""

COMPUTING = ("cuda", "experiments", "tasks", "theory", "training")
"""Folders whose tests need no event loop."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Here, because options of folders further down come too late; see tests/soak/conftest.py."""
    parser.addoption("--long", action="store_true", help="soak tests in their long form")


def pytest_configure(config: pytest.Config) -> None:
    """Random examples only with `--long`: what fails in one run of `make test` fails in the next.

    Garbage is not searched for while tests are imported; see pytest_collection_finish.
    """
    gc.disable()
    hypothesis.settings.load_profile("others in every run" if config.getoption("long") else "the same in every run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that are for `--long` alone only then, and then with no limit of time.

    Files with browser tests come after the others, for from the first of them on playwright's event loop runs, and no
    other can on this thread; after them those that just compute. The slowest first, so that no worker is left alone
    with one at the end. Parallel runs keep this order only with `--no-loadscope-reorder`.
    """
    if config.getoption("long"):
        for item in items:
            item.add_marker(pytest.mark.timeout(0))
    else:
        lasting = [item for item in items if item.get_closest_marker("long")]
        config.hook.pytest_deselected(items=lasting)
        items[:] = [item for item in items if item not in lasting]
    here = Path(__file__).parent
    for item in items:
        item.add_marker(MARKERS.get(item.path.relative_to(here).parts[0], "unit"))
    assert [name for name in SLOWEST if not (here / name).exists()] == []
    with_browser = {item.path for item in items if "playwright" in getattr(item, "fixturenames", ())}

    def place(item: pytest.Item) -> tuple[int, int, Path]:
        name = item.path.relative_to(here).as_posix()
        turn = 1 if item.path in with_browser else 2 if name.partition("/")[0] in COMPUTING else 0
        return turn, SLOWEST.index(name) if name in SLOWEST else len(SLOWEST), item.path

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Leave all that was imported out of the search for garbage, a tenth of the time of all tests, and search less
    often than Python does by itself; and programs that tests start the threads of numpy that they have.

    The hundred loggers of torch hand on what they are told, as others do: pytest adds its two handlers to each that
    does not, three times a test.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
    os.environ.pop("OPENBLAS_NUM_THREADS", None)
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger) and logger.name.partition(".")[0] == "torch":
            logger.propagate = True


class _BySharing(LoadFileScheduling):
    """The tests of a file on one worker, and those that share what is slow to start."""

    def _split_scope(self, nodeid: str) -> str:
        return next((shared for place, shared in TOGETHER.items() if nodeid.startswith(place)), nodeid.split("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    """Called where tests run on several workers."""
    return _BySharing(config, log) if config.getvalue("dist") == "loadfile" else None


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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app on loopback, for all tests with a browser."""
    log = tmp_path_factory.mktemp("server") / "log.txt"
    # one process that trains: each takes seconds to import torch
    settings = {"WORKERS": "1", "GRACE_SECONDS": "1", "FRAME_ANCESTORS": "http://course.localhost:*", **UNPACED}
    with Server(log, **{f"LAZYRICH_{name}": value for name, value in settings.items()}) as server:
        yield server
    assert server.process.returncode in (0, 143, -signal.SIGTERM), log.read_text()
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.fixture(scope="session")
def forked() -> Iterator[Forked]:
    """Programs that have torch imported when they start."""
    commands = ("lazyrich.cli.commands", "lazyrich.sweeps.command", "lazyrich.studies.command")
    with Forked("torch", *commands, "distributed.cli.dask_worker", "distributed.cli.dask_scheduler") as forked:
        yield forked


@pytest.fixture
def container(tmp_path, monkeypatch):
    """container(limit, used, files): as if in one, of control groups of the second kind."""
    monkeypatch.setattr(machine, "CGROUP", tmp_path)

    def make(limit, used, files):
        (tmp_path / "memory.max").write_text(f"{limit}\n")
        (tmp_path / "memory.current").write_text(f"{used}\n")
        (tmp_path / "memory.stat").write_text(f"anon 5\ninactive_file {files}\nactive_file 7\n")

    return make
