"""The whole app, served below a path and confined as in its container: it may write into /tmp only, and has no rights.

Visits are those of the soak tests, which receive what a browser receives: widgets, the address, and the live chart.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import NamedTuple

import pytest

from harness.server import ROOT, Server
from harness.visitor import Visitor, on_its_own_thread

PAGES = [path.stem.replace("_", "-") for path in sorted((ROOT / "pages").glob("*.py"))]

TRY = """
import json, os, sys
def may(path):
    try:
        open(path, "w").close()
        return True
    except OSError:
        return False
print(json.dumps([may(os.path.join(folder, "tried")) for folder in sys.argv[1:]]))
"""


class Confined(NamedTuple):
    """Folders of a confined app, and words before its command."""

    home: Path
    temporary: Path
    under: list[str]


@pytest.fixture(scope="module")
def confined(tmp_path_factory: pytest.TempPathFactory) -> Confined:
    home, temporary = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("temporary")
    return Confined(home, temporary, [sys.executable, str(ROOT / "harness" / "confined.py"), str(temporary)])


@pytest.fixture(scope="module")
def server(confined: Confined, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with an unknown setting."""
    settings = {"HOME": str(confined.home), "TMPDIR": str(confined.temporary), "PYTHONDONTWRITEBYTECODE": "1"}
    settings |= {"LAZYRICH_WORKERS": "1", "LAZYRICH_MAXRUNS": "3"}
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with Server(log, base="lab/", under=confined.under, **settings) as server:
        yield server


def test_a_server_reports_unknown_settings_and_its_address(server: Server):
    assert server.log is not None
    lines = [line.strip() for line in server.log.read_text().splitlines() if line.strip()]
    note, ready = [line for line in lines if not line.startswith("not confined")][:2]
    assert note.startswith("Note: LAZYRICH_MAXRUNS is not a setting")
    assert ready.startswith(f"lazyrich is ready: http://127.0.0.1:{server.port}/lab/ ")


def test_other_pages_are_opened_by_their_address_on_a_fresh_server_too(server: Server):
    """The first visit to a server: Streamlit learns its pages only from a run of the app's script."""

    async def visit() -> None:
        async with Visitor(server.url, page="grokking") as visitor:
            await visitor.run()
            assert "grokking.alphas" in visitor.widgets and not visitor.texts("exception")

    on_its_own_thread(visit())


def test_a_link_is_opened_a_control_is_moved_and_each_chart_gets_the_frames_of_its_own_run(server: Server):
    async def visit() -> None:
        async with Visitor(server.url, "tau=0.2&delta=1&seed=5&steps=100") as visitor:
            await visitor.run()
            assert not visitor.texts("exception") and not visitor.texts("alert")
            first = visitor.chart["runs"][0]["id"]
            for delta in (0.5, 0.25, -0.5):
                await visitor.set("student-teacher.delta", delta)
                assert f"delta={delta:g}&" in visitor.written_query, "one of several moves in a row was lost"
            assert "delta=-0.5" in visitor.written_query and "seed=5" in visitor.written_query
            await visitor.set("student-teacher.delta", "0,25")
            assert "delta=0.25&" in visitor.written_query and not visitor.texts("alert")
            await visitor.set("student-teacher.delta", "2,5")
            [sentence] = visitor.texts("alert")
            assert "between -2 and 2" in sentence.replace("\\", "") and "delta=0.25&" in visitor.written_query
            await visitor.set("student-teacher.delta", 77.0)
            assert "delta=2&" in visitor.written_query, "a value past the end of the slider was not moved to it"
            await visitor.set("student-teacher.delta", -0.5)
            second = visitor.chart["runs"][0]["id"]
            assert first != second
            frames = 0
            async with aclosing(visitor.watch()) as answers:
                async for entries in answers:
                    assert [entry["id"] for entry in entries] == [second]
                    if "header" in entries[0]:
                        assert entries[0]["header"]["config"]["delta"] == -0.5
                        expected = entries[0]["header"]["expected"]
                    frames += entries[0]["count"]
            assert frames == expected

    on_its_own_thread(visit())


def test_an_upload_without_cookies_is_refused_with_the_reason(server: Server):
    async def visit() -> None:
        async with Visitor(server.url, "steps=10", cookies=False) as visitor:
            await visitor.run()
            [alert] = visitor.texts("alert")
            assert "keeps no cookies of this site" in alert and "allow cookies" in alert

    on_its_own_thread(visit())


def test_the_app_draws_all_pages_writes_nothing_but_into_tmp_and_needs_no_rights(
    server: Server, confined: Confined, tmp_path: Path
):
    """Runs last, since it ends the server."""
    attempts = subprocess.run(
        [*confined.under, sys.executable, "-c", TRY, str(confined.home), str(tmp_path), str(confined.temporary)],
        capture_output=True, text=True, timeout=30, check=True,
    ).stdout.splitlines()  # fmt: skip
    confines = not attempts[0].startswith("not confined")
    if confines:
        assert json.loads(attempts[0]) == [False, False, True]
        (confined.temporary / "tried").unlink()

    on_its_own_thread(visit_all_pages(server.url))
    for pid in (server.process.pid, *children(server.process.pid)):
        rights = dict(re.findall(r"^(Cap\w+|NoNewPrivs):\s*(\S+)$", Path(f"/proc/{pid}/status").read_text(), re.M))
        assert rights.pop("NoNewPrivs") == "1"
        if os.geteuid() == 0:  # others have an empty set of their own, and a bounding set that they cannot use
            assert {int(value, 16) for value in rights.values()} == {0}, rights
        else:
            assert int(rights["CapEff"], 16) == 0
    server.stop()
    assert server.log is not None
    assert "Traceback" not in server.log.read_text(), server.log.read_text()
    assert list(confined.home.iterdir()) == []
    assert list(confined.temporary.iterdir()) == []
    if not confines:
        pytest.skip(f"{attempts[0]}: HOME stayed empty, but the rest of the file system could not be closed to the app")


async def visit_all_pages(url: str) -> None:
    for name in PAGES:
        async with Visitor(url, page=name.removeprefix("start")) as visitor:
            await visitor.run()
            notes = [text for text in visitor.texts("alert") if not text.startswith("Nothing has been run yet.")]
            assert not visitor.texts("exception") and not notes, name


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert found, "the worker is a process of its own"
    return [int(child) for child in found]
