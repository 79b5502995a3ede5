"""Past each limit of a real server a visitor reads one sentence, and keeps the runs so far."""

import asyncio
import http.client
import re
from collections.abc import Iterator
from contextlib import aclosing

import pytest

from harness.server import Server
from harness.visitor import Visitor, on_its_own_thread


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    tight = {"SESSION_STARTS": "2", "MAX_SESSIONS": "2", "COMPUTE_SECONDS": "0.5", "MAX_RUNS": "1", "WORKERS": "1"}
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with Server(log, **{f"LAZYRICH_{name}": value for name, value in tight.items()}) as server:
        yield server


LONG = "width=400&samples=400&steps=100000&learning_rate=1e-7"


def test_a_run_past_its_time_limit_stops_with_its_frames_and_advice(server):
    async def visit() -> None:
        async with Visitor(server.url, LONG) as visitor:
            await visitor.run()
            frames = 0
            async with aclosing(visitor.watch()) as answers:
                async for entries in answers:
                    frames += entries[0]["count"]
            assert entries[0]["status"] == "failed"
            assert "computed for 0.5 seconds" in entries[0]["message"]
            assert "Lower" in entries[0]["message"]
            assert frames > 0

    on_its_own_thread(visit())


def test_past_the_runs_of_a_minute_the_chart_stays_and_the_waiting_time_is_shown(server):
    async def visit() -> None:
        async with Visitor(server.url, "steps=1000") as visitor:
            await visitor.run()
            await visitor.set("student-teacher.seed", 1)
            before = visitor.chart["runs"]
            for seed in (2, 3):
                await visitor.set("student-teacher.seed", seed)
            (sentence,) = visitor.texts("alert")
            assert "2 runs in a minute" in sentence and "seconds" in sentence
            assert sentence.endswith("The chart still shows the settings before these.")
            assert visitor.chart["runs"] == before

    on_its_own_thread(visit())


def test_a_queued_run_shows_its_place_and_about_how_long_it_waits(server):
    async def visit() -> None:
        async with Visitor(server.url, f"{LONG}&seed=5") as one, Visitor(server.url, f"{LONG}&seed=6") as other:
            await one.run()
            await other.run()
            async with aclosing(other.watch()) as answers:
                entry = (await anext(answers))[0]
            assert entry["status"] == "waiting"
            place = r"Waiting: number (\d) of \1 in the queue, 1 run is training, about \d+ (seconds|minutes) to go\."
            assert re.fullmatch(place, entry["message"])

    on_its_own_thread(visit())


def test_a_run_that_made_room_in_its_visitors_absence_starts_again_on_their_return(server):
    async def visit() -> None:
        async with Visitor(server.url, f"{LONG}&seed=7") as one, Visitor(server.url, f"{LONG}&seed=8") as other:
            await one.run()
            left = one.chart["runs"]
            async with aclosing(one.watch()) as answers:
                await anext(answers)
            # the first visitor's chart closes, as if they had left the page; then another visitor takes the only place
            await other.run()
            async with aclosing(other.watch()) as answers:
                async for entries in answers:
                    if entries[0]["count"]:
                        break
            await one.run()
            assert one.chart["runs"] != left
            async with aclosing(one.watch()) as answers:
                assert (await anext(answers))[0]["status"] in ("waiting", "running")

    on_its_own_thread(visit())


def test_past_the_limit_of_visitors_a_new_one_reads_that_the_server_is_full(server):
    def ask() -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
        connection.request("GET", "/grokking")
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    async def visit() -> None:
        async with Visitor(server.url) as one, Visitor(server.url):
            await one.run()
            status, text = await asyncio.to_thread(ask)
            assert status == 503 and "As many pages are open as this server takes, 2." in text
            assert one.chart, "a visitor already admitted lost the chart"
        while (await asyncio.to_thread(ask))[0] != 200:
            await asyncio.sleep(0.05)

    on_its_own_thread(visit())
