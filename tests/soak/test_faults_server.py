"""The whole server, as `streamlit run` starts it: terminated or killed at work, and with its workers killed."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, aclosing, suppress
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import connect

from harness.server import Server
from harness.visitor import Visitor
from harness.waiting import eventually

LONG_RUN = "steps=3000000&seed="


def children(pid: int) -> list[int]:
    """Return the ids of the processes that this process and its threads have started."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(child) for child in path.read_text().split()]
    return found


def workers(server: Server) -> list[int]:
    """Return the ids of the server's workers, wherever the server is among the processes started here."""
    return [pid for pid in family(server.process.pid) if b"lazyrich.serving.workers.worker" in command(pid)]


def family(pid: int) -> list[int]:
    return [pid, *(one for child in children(pid) for one in family(child))]


def command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def gone(pid: int) -> bool:
    """Whether there is no such process, or only a zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


class Watching:
    """A visitor on a separate thread, who watches a run until the run or the server ends.

    wrong: errors other than the end of the connection to the server.
    """

    def __init__(self, server: Server, query: str):
        self.frames = 0
        self.notices: list[str] = []
        self.wrong: list[BaseException] = []
        self.over = False
        self._server, self._query = server, query
        self._thread = threading.Thread(target=lambda: asyncio.run(self._visit()), daemon=True)
        self._thread.start()

    async def _visit(self) -> None:
        try:
            async with Visitor(self._server.url, self._query) as visitor:
                await visitor.run()
                async with aclosing(visitor.watch()) as answers:
                    async for entries in answers:
                        for entry in entries:
                            assert entry["first"] == self.frames, "a frame is missing"
                            self.frames += entry["count"]
                            if entry["message"] and entry["message"] not in self.notices:
                                self.notices.append(entry["message"])
        except (OSError, ConnectionClosed, InvalidHandshake):
            pass
        except BaseException as error:
            self.wrong.append(error)
        self.over = True


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("server") / "log.txt"
    # a new worker on a busy machine takes more than 2 s to import torch, and sends nothing meanwhile
    with Server(log, LAZYRICH_WORKERS="2", LAZYRICH_HUNG_SECONDS="5") as server:
        yield server
    assert "Traceback" not in log.read_text(), log.read_text()


@pytest.mark.parametrize(
    "how", [pytest.param(signal.SIGKILL, marks=pytest.mark.long), signal.SIGSTOP], ids=["killed", "stopped"]
)
def test_workers_that_die_are_replaced_and_visitors_see_a_pause(server, how, figure):
    eventually(lambda: server.health()["code"] == 200, seconds=60)
    visitors = [Watching(server, f"{LONG_RUN}{int(how)}{seed}") for seed in range(4)]
    eventually(lambda: all(visitor.frames > 20 for visitor in visitors), seconds=60)
    before = workers(server)
    for pid in before:
        os.kill(pid, how)
    began = time.monotonic()
    eventually(lambda: len(now := set(workers(server))) == 2 and not now & set(before), seconds=60)
    eventually(lambda: server.health()["workers"] == 2, seconds=60)
    figure(f"seconds until {len(before)} workers were replaced", f"{time.monotonic() - began:.1f}")
    for visitor in visitors:
        held = visitor.frames
        eventually(lambda v=visitor, n=held: v.frames > n + 20 or v.over, seconds=60)
    # the run that the worker was computing has failed and says why; no frame of the others is missing
    notices = [notice for visitor in visitors for notice in visitor.notices]
    assert any("The process that computed this run" in notice for notice in notices)
    assert [visitor.wrong for visitor in visitors if visitor.wrong] == []
    assert sum(visitor.frames > 20 and not visitor.over for visitor in visitors) >= 2
    eventually(lambda: server.health()["trouble"] == [], seconds=60)


ENDS = {
    "asked": (signal.SIGTERM, (), (0, -signal.SIGTERM)),
    "interrupted": (signal.SIGINT, (), (0, 1, -signal.SIGINT)),  # `streamlit run` ends with 1 at Ctrl-C
    "asked as process 1": (signal.SIGTERM, ("unshare", "-pf", "--mount-proc", "--kill-child"), (0, 143)),
    "killed": (signal.SIGKILL, (), (-signal.SIGKILL,)),
}


def can_start_a_process_namespace() -> bool:
    """Whether a process here may start a new process namespace."""
    words = ["unshare", "-pf", "--mount-proc", "true"]
    return bool(shutil.which("unshare")) and subprocess.run(words, capture_output=True).returncode == 0


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Test all ends in the long form, and only the two most different ones in the short form."""
    if metafunc.function.__name__.startswith("test_a_server_that_ends"):
        possible = [how for how in ENDS if "process 1" not in how or can_start_a_process_namespace()]
        metafunc.parametrize("how", possible if metafunc.config.getoption("long") else possible[-2:])


def test_a_server_that_ends_at_work_is_gone_within_five_seconds_with_all_its_workers(tmp_path, how, figure):
    number, under, codes = ENDS[how]
    log = tmp_path / "log.txt"
    with Server(log, under=under, LAZYRICH_WORKERS="2", LAZYRICH_MAX_RUNS="2") as server, ExitStack() as stack:
        try:
            visitors = [Watching(server, f"{LONG_RUN}{seed}") for seed in range(3)]
            eventually(lambda: server.health()["waiting"] == 1 and server.health()["active"] == 2, seconds=60)
            eventually(lambda: sum(visitor.frames > 5 for visitor in visitors) == 2, seconds=60)
            # a client that sends nothing, a client that does not read its answers, and a worker that hangs
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            deaf = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            deaf.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 200)
            trained = workers(server)
            assert len(trained) == 2
            os.kill(trained[0], signal.SIGSTOP)
            main = children(server.process.pid)[0] if under else server.process.pid
            began = time.monotonic()
            os.kill(main, number)
            code = server.process.wait(8)
            took = time.monotonic() - began
        finally:
            server.process.kill()
    figure(f"seconds to end, {how}", f"{took:.1f}")
    assert code in codes
    assert took < 5
    eventually(lambda: all(map(gone, trained)), seconds=2)
    assert "Traceback" not in log.read_text(), log.read_text()
    eventually(lambda: all(visitor.over for visitor in visitors))
    assert [visitor.wrong for visitor in visitors if visitor.wrong] == []


def test_without_free_descriptors_new_visitors_are_refused_and_others_play_on(tmp_path, figure):
    log = tmp_path / "log.txt"
    with Server(log, under=("prlimit", "--nofile=200:200"), LAZYRICH_WORKERS="1") as server, ExitStack() as stack:
        visitor = Watching(server, f"{LONG_RUN}1")
        eventually(lambda: visitor.frames > 5, seconds=60)
        place = f"127.0.0.1:{server.port}"
        # open sessions until the server refuses one
        sessions = 0
        with ExitStack() as crowd:
            with pytest.raises(InvalidStatus) as refused:
                for sessions in range(200):
                    socket_of_page = connect(
                        f"ws://{place}/_stcore/stream", origin=f"http://{place}", close_timeout=0.1
                    )
                    crowd.enter_context(socket_of_page)
                    if sessions % 10 == 0:
                        time.sleep(0.3)  # the server counts its descriptors only now and then
            with pytest.raises(HTTPError, match="503") as page:
                urlopen(Request(server.url, headers={"Accept": "text/html"}), timeout=10)
            report = server.health()
        assert refused.value.response.status_code == 403
        assert "as many visitors as it can hold" in page.value.read().decode()
        assert report["code"] == 503 and any("file descriptors are in use" in trouble for trouble in report["trouble"])
        assert sessions > 5
        eventually(lambda: server.health()["code"] == 200, seconds=60)
        # then idle connections take all descriptors, until the server closes them for their silence
        held = visitor.frames
        idle = [stack.enter_context(socket.socket()) for _ in range(250)]
        for one in idle:
            one.settimeout(0.5)
            with suppress(OSError):
                one.connect(("127.0.0.1", server.port))
        eventually(lambda: visitor.frames > held + 20)
        eventually(lambda: reachable(server) and server.health()["code"] == 200, seconds=60)
        assert not visitor.over and not visitor.wrong
        lines = len(log.read_text().splitlines())
        figure("sessions that 200 descriptors hold", sessions)
        figure("lines of log when descriptors ran out", lines)
        assert lines < 60, log.read_text()
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 5


def reachable(server: Server) -> bool:
    with suppress(OSError):
        server.health()
        return True
    return False
