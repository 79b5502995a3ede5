"""Connections to a real uvicorn: those that take a descriptor and send no request are closed, and no others."""

import asyncio

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from lazyrich.web.hardening import connections

WHOLE = b"GET / HTTP/1.1\r\nHost: here\r\n\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n"
SLOW = b"GET /slow HTTP/1.1\r\nHost: here\r\n\r\n"


@pytest.fixture
def impatient(monkeypatch):
    """Close idle connections after little more than half a second, instead of ten."""
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.6)
    monkeypatch.setattr(connections, "CHECK_SECONDS", 0.1)


async def answered(reader: asyncio.StreamReader) -> bool:
    """Whether the connection gave a response before it ended."""
    try:
        return (await asyncio.wait_for(reader.readuntil(b"done"), 30)).endswith(b"done")
    except (asyncio.IncompleteReadError, ConnectionError):
        return False


async def closed(reader: asyncio.StreamReader) -> bool:
    try:
        return await asyncio.wait_for(reader.read(1), 30) == b""
    except ConnectionError:
        return True


def visit(monkeypatch, conversation):
    """Run a conversation with a server whose connections are looked after; it gets a way to open one."""

    async def quick(request):
        return PlainTextResponse("done")

    async def slow(request):
        await asyncio.sleep(1.2)
        return PlainTextResponse("done")

    async def large(request):
        return PlainTextResponse("x" * 20_000_000 + "done")

    async def main():
        app = Starlette(routes=[Route("/", quick), Route("/slow", slow), Route("/large", large)])
        # uvicorn itself keeps finished connections open for longer than the test
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_keep_alive=120))
        monkeypatch.setattr(connections, "running_server", lambda: server)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        looking = asyncio.create_task(connections.close_idle_connections())
        try:
            await conversation(lambda: asyncio.open_connection("127.0.0.1", port, limit=30_000_000))
        finally:
            looking.cancel()
            server.should_exit = server.force_exit = True
            await serving

    asyncio.run(main())


def test_only_idle_connections_are_closed(impatient, monkeypatch):
    """All side by side, as each of them takes longer than the server's patience."""

    async def asks_for_nothing(opened, before, after):
        reader, writer = await opened()
        if before:
            writer.write(before)
            assert await answered(reader)
        writer.write(after)
        assert await closed(reader)

    async def waits_for_an_answer(opened):
        reader, writer = await opened()
        writer.write(SLOW)
        assert await answered(reader)

    async def asks_again_in_time(opened):
        reader, writer = await opened()
        for _ in range(7):
            writer.write(WHOLE)
            assert await answered(reader)
            await asyncio.sleep(0.18)

    async def reads_an_answer_late(opened):
        reader, writer = await opened()
        writer.transport.pause_reading()
        writer.write(LARGE)
        await asyncio.sleep(1.2)
        writer.transport.resume_reading()
        assert len(await asyncio.wait_for(reader.readuntil(b"done"), 30)) > 20_000_000

    async def conversation(opened):
        silent = [asks_for_nothing(opened, before, after) for before in (b"", WHOLE) for after in (b"", WHOLE[:10])]
        await asyncio.gather(
            *silent, waits_for_an_answer(opened), asks_again_in_time(opened), reads_an_answer_late(opened)
        )

    visit(monkeypatch, conversation)
