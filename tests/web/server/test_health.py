"""The health address names what is wrong."""

import http.client
import json
import time
from types import SimpleNamespace

import pytest

from harness.experiments import Counter
from harness.routes_server import Server
from harness.waiting import eventually
from lazyrich.config import machine
from lazyrich.config.limits import Limits
from lazyrich.serving.pool import RunPool
from lazyrich.web.hardening import fd_limit
from lazyrich.web.server import health
from lazyrich.web.stream import routes


@pytest.fixture(scope="module")
def server():
    server = Server(Limits(workers=0))
    server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def forget():
    yield
    health.PULSE._late.clear()


def ask(server):
    connection = http.client.HTTPConnection(server.place, timeout=10)
    connection.request("GET", "/lazyrich/health")
    answer = connection.getresponse()
    report = json.loads(answer.read())
    connection.close()
    assert (answer.status, report["healthy"]) == ((503, False) if report["trouble"] else (200, True))
    return report


def test_a_healthy_server_reports_no_trouble(server):
    report = ask(server)
    assert report["trouble"] == []
    assert 0 < report["descriptors"] < report["descriptors_allowed"]
    assert report["memory_free_mb"] > 0


def test_a_delayed_event_loop_is_reported(server, monkeypatch):
    monkeypatch.setattr(health, "LATE", 0.3)
    server.loop.call_soon_threadsafe(time.sleep, health.LATE + 0.4)
    assert "The event loop was held up for" in ask(server)["trouble"][0]


def test_nearly_used_descriptors_and_memory_are_reported(server, monkeypatch):
    monkeypatch.setattr(fd_limit, "limit", lambda: fd_limit.PROCESS_COUNT.used + 2)
    monkeypatch.setattr(machine, "available", lambda: 1_000_000)
    full, short = ask(server)["trouble"]
    assert "file descriptors are in use: new visitors are turned away." in full
    assert short.endswith("of memory 1 MB are left.")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_ended_supervisor_and_an_endless_thread_are_reported():
    class Ending(RunPool):
        ends = False

        def _on_tick(self):
            if self.ends:
                raise SystemExit
            super()._on_tick()

    with Ending(Limits(workers=0, frame_seconds=1)) as pool:
        assert pool.trouble == []
        pool.request(Counter(pause=2))
        eventually(lambda: pool.trouble)
        assert "The training thread has computed one frame for" in pool.trouble[0]
        pool.ends = True
        eventually(lambda: "The thread that keeps the workers has ended." in pool.trouble)


def test_a_long_wait_gets_messages_that_keep_the_connection_open(server, monkeypatch):
    monkeypatch.setattr(routes, "CHECK_SECONDS", 0.2)
    visit = server.visit(Counter(steps=2, pause=0.5, seed=1))
    (run,) = visit.runs
    with server.viewer(visit.token) as viewer:
        viewer.ask({run.id: 0})
        heard = viewer.read()
        while not heard or heard[run.id].header["count"] == 0:
            viewer.ask({run.id: 0})
            last, heard = heard, viewer.read()
        assert last == {}, "an answer without news came before the first frame"


def test_the_largest_delay_counts_until_it_is_long_ago(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(health, "time", SimpleNamespace(monotonic=lambda: now[0]))
    pulse = health.Pulse()
    assert pulse.worst == 0.0
    for late, worst in ((0.2, 0.2), (3.0, 3.0), (1.0, 3.0), (0.5, 3.0)):
        pulse.note(late)
        assert pulse.worst == worst
        now[0] += health.REMEMBERED / 4
    assert pulse.worst == 3.0
    now[0] += health.REMEMBERED / 4 + 0.1
    assert pulse.worst == 1.0
    now[0] += health.REMEMBERED
    assert pulse.worst == 0.0
