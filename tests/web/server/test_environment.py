"""The app checks its environment before it reports that it is ready, in a real start.

tests/web/test_whole_app.py tests the messages of an app that can start.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from harness.server import ROOT
from lazyrich.config import machine
from lazyrich.config.limits import MB, PREFIX
from lazyrich.web.server.environment import SETTINGS, check


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch, container):
    for name in os.environ:
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    container(10**12, 0, 0)


def test_names_that_are_no_settings_are_reported_with_the_nearest_one(monkeypatch):
    for name in (*SETTINGS, "lazyrich_log_mb", "OTHER_MAXRUNS"):
        if not name.endswith("ANCESTORS"):
            monkeypatch.setenv(name, "")
    assert check() == []
    for name in ("LAZYRICH_MAXRUNS", "lazyrich_worker", "LAZYRICH_FRAME_ANCESTOR", "LAZYRICH_XYZ"):
        monkeypatch.setenv(name, "3")
    assert check() == [
        "LAZYRICH_FRAME_ANCESTOR is not a setting and has no effect: did you mean LAZYRICH_FRAME_ANCESTORS?",
        "LAZYRICH_MAXRUNS is not a setting and has no effect: did you mean LAZYRICH_MAX_RUNS?",
        "lazyrich_worker is not a setting and has no effect: did you mean LAZYRICH_WORKERS?",
        "LAZYRICH_XYZ is not a setting and has no effect: docs/limits.md and docs/operate.md list all of them.",
    ]


@pytest.mark.parametrize("name", ["LAZYRICH-WORKERS", "LAZYRICHWORKERS", "LAZY_RICH_WORKERS", "LAZYRICH.WORKERS"])
def test_a_prefix_that_is_misspelt_is_reported_too(monkeypatch, name):
    monkeypatch.setenv(name, "2")
    assert check() == [f"{name} is not a setting and has no effect: did you mean LAZYRICH_WORKERS?"]


def test_all_values_that_cannot_be_used_are_reported_at_once(monkeypatch):
    monkeypatch.setenv("LAZYRICH_WORKERS", "many")
    monkeypatch.setenv("LAZYRICH_FRAME_ANCESTORS", "course")
    with pytest.raises(ValueError) as caught:
        check()
    assert str(caught.value) == (
        "LAZYRICH_WORKERS must be a whole number between 0 and 256, got many. LAZYRICH_FRAME_ANCESTORS must be origins "
        "like https://course.example, separated by spaces, or *, got course."
    )


def test_memory_that_does_not_suffice_is_reported(monkeypatch, container):
    monkeypatch.setattr(machine, "cores", lambda: 64)
    container((3196 + 250 + 10) * MB, 0, 0)
    assert check() == [
        "1 of 64 cores train, as 3,456 MB of memory have room for no more workers: give it more memory, or set "
        "LAZYRICH_WORKERS."
    ]
    container(2000 * MB, 0, 0)
    [short] = check()
    assert short.startswith("The app may take up to 3,446 MB under its limits, and there are 2,000 MB of memory: ")
    monkeypatch.setenv("LAZYRICH_WORKERS", "2")
    monkeypatch.setenv("LAZYRICH_LOG_MB", "100")
    monkeypatch.setenv("LAZYRICH_ALL_SCRATCH_MB", "200")
    assert check() == []


def test_a_server_that_cannot_start_prints_one_sentence():
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", "--server.port=0"]
    ended = subprocess.run(
        command,
        cwd=ROOT, env={**os.environ, "LAZYRICH_MAX_RUNS": "0"}, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert ended.returncode == 1
    output = (ended.stdout + ended.stderr).strip()
    assert output == "LAZYRICH_MAX_RUNS must be a whole number between 1 and 10000, got 0."
