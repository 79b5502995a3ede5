"""Behaviour when file descriptors run out: the visitors that are refused, and the connections that are closed."""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from lazyrich.web.hardening import connections, fd_limit
from lazyrich.web.hardening.fd_limit import (
    RESERVED,
    RESERVED_FOR_HEALTH,
    DescriptorCount,
    DescriptorLimit,
    limit,
    raise_limit,
)

PAGE = {"accept": "text/html"}


class Used(DescriptorCount):
    """So many descriptors are free."""

    def __init__(self, left: int):
        super().__init__()
        self._free = left

    @property
    def used(self) -> int:
        return limit() - self._free


def visit(left: int, kind: str = "http", path: str = "/", **headers: str) -> list[dict[str, Any]]:
    """Return the messages that a visitor receives from a server with this many free descriptors."""
    sent: list[dict[str, Any]] = []

    async def app(scope, receive, send):
        await send(
            {"type": "http.response.start", "status": 200, "headers": []} if kind == "http" else {"type": "open"}
        )

    async def receive():
        return {"type": "websocket.connect"} if kind == "websocket" else {"type": "http.request"}

    async def send(message):
        sent.append(message)

    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": kind, "path": path, "method": "GET", "headers": named, "query_string": b""}
    asyncio.run(DescriptorLimit(app, "/health", Used(left))(scope, receive, send))
    return sent


@contextmanager
def at_most(descriptors: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_with_free_descriptors_requests_pass_unchanged():
    assert visit(RESERVED + 1, **PAGE) == [{"type": "http.response.start", "status": 200, "headers": []}]
    assert visit(RESERVED + 1, "websocket") == [{"type": "open"}]


def test_new_visitors_are_turned_away_while_open_pages_still_get_their_files(caplog):
    with caplog.at_level(logging.WARNING):
        start, *_ = visit(RESERVED, **PAGE)
    assert start["status"] == 503 and (b"connection", b"close") in start["headers"]
    [record] = caplog.records
    assert record.message.endswith(f"of {limit()} file descriptors are in use: new visitors are turned away")
    assert visit(RESERVED, "websocket") == [{"type": "websocket.close", "code": 1013}]
    [file] = visit(RESERVED, path="/lazyrich/static/1/all.js")
    assert file["status"] == 200 and file["headers"] == [(b"connection", b"close")]


def test_the_last_descriptors_are_for_the_health_address_alone():
    assert visit(RESERVED_FOR_HEALTH, path="/lazyrich/static/1/all.js")[0]["status"] == 503
    assert visit(0, path="/health") == [{"type": "http.response.start", "status": 200, "headers": []}]
    assert visit(0, "lifespan") == [{"type": "open"}]


def test_a_fourth_of_a_low_limit_is_kept_back():
    with at_most(100):
        assert not Used(26).crowded and Used(25).crowded and not Used(7).full and Used(6).full


def test_the_limit_is_raised_as_far_as_the_system_allows():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with at_most(256):
        assert limit() == 256
        assert raise_limit() == limit() == min(fd_limit.TARGET_LIMIT, hard if hard != resource.RLIM_INFINITY else 2**62)


def test_without_a_descriptor_for_the_count_all_count_as_used(monkeypatch):
    def listdir(folder):
        raise OSError(errno.EMFILE, "too many open files")

    monkeypatch.setattr(os, "listdir", listdir)
    count = DescriptorCount()
    assert count.used == limit() and count.crowded and count.full


def test_connections_that_nobody_can_take_are_hung_up_on_and_later_ones_are_served(caplog, monkeypatch):
    monkeypatch.setattr(asyncio.constants, "ACCEPT_RETRY_DELAY", 0.02)  # instead of a second

    async def answer(reader, writer):
        writer.write(b"hello")
        writer.close()

    async def play():
        connections.close_unacceptable_connections()
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        clients = [socket.socket() for _ in range(3)]
        taken: list[int] = []
        try:
            with at_most(max(map(int, os.listdir("/proc/self/fd"))) + 2):
                with suppress(OSError):
                    while True:
                        taken.append(os.dup(0))
                for client in clients[:2]:
                    client.setblocking(False)
                    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", port))
                for client in clients[:2]:
                    with suppress(ConnectionError):
                        assert await asyncio.wait_for(asyncio.get_running_loop().sock_recv(client, 9), 5) == b""
            while taken:
                os.close(taken.pop())
            reader, _ = await asyncio.open_connection("127.0.0.1", port)
            assert await asyncio.wait_for(reader.read(), 5) == b"hello"
        finally:
            for descriptor in taken:
                os.close(descriptor)
            for client in clients:
                client.close()
            server.close()

    with caplog.at_level(logging.ERROR, connections.__name__):
        asyncio.run(play())
    assert [record.message.startswith("Connections are hung up on: [Errno 24]") for record in caplog.records] == [True]


@pytest.mark.parametrize("handled", [True, False], ids=["by a handler of the app", "by asyncio"])
def test_other_errors_of_the_event_loop_go_where_they_went_before(handled, caplog):
    seen: list[str] = []

    async def play():
        loop = asyncio.get_running_loop()
        if handled:
            loop.set_exception_handler(lambda loop, context: seen.append(context["message"]))
        connections.close_unacceptable_connections()
        loop.call_exception_handler({"message": "something else", "exception": ValueError("x")})
        # asyncio then listens again for a server that has already ended
        context = {"message": "again", "handle": "<TimerHandle BaseSelectorEventLoop._start_serving>"}
        loop.call_exception_handler(context | {"exception": ValueError("Invalid file descriptor: -1")})

    with caplog.at_level(logging.ERROR):
        asyncio.run(play())
    assert (seen, [record.message for record in caplog.records]) == (
        (["something else"], []) if handled else ([], ["something else"])
    )
