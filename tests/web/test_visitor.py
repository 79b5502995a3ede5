"""The visitor of the soak tests receives what a browser receives: the page's widgets, its address and its live chart.

The server prints its address when it has started.
"""

from collections.abc import Iterator
from contextlib import aclosing

import pytest

from harness.server import Server
from harness.visitor import Visitor, on_its_own_thread


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server below a path, with an unknown setting, and without worker processes."""
    settings = {"LAZYRICH_WORKERS": "0", "LAZYRICH_MAXRUNS": "3"}
    with Server(tmp_path_factory.mktemp("server") / "log.txt", base="lab/", **settings) as server:
        yield server


def test_a_server_reports_unknown_settings_and_its_address(server: Server):
    assert server.log is not None
    lines = [line.strip() for line in server.log.read_text().splitlines() if line.strip()]
    assert lines[0].startswith("Note: LAZYRICH_MAXRUNS is not a setting")
    assert lines[1].startswith(f"lazyrich is ready: http://127.0.0.1:{server.port}/lab/ ")


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
                assert f"delta={delta:g}&" in visitor.told, "each of several moves in a row counts"
            assert "delta=-0.5" in visitor.told and "seed=5" in visitor.told
            await visitor.set("student-teacher.delta", "0,25")
            assert "delta=0.25&" in visitor.told and not visitor.texts("alert")
            await visitor.set("student-teacher.delta", "2,5")
            [sentence] = visitor.texts("alert")
            assert "between -2 and 2" in sentence.replace("\\", "") and "delta=0.25&" in visitor.told
            await visitor.set("student-teacher.delta", 77.0)
            assert "delta=2&" in visitor.told, "a browser can only send where the slider can stand"
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
            [told] = visitor.texts("alert")
            assert "keeps no cookies of this site" in told and "allow cookies" in told

    on_its_own_thread(visit())
