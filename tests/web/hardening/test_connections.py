"""Connections of a real uvicorn that take a descriptor and ask for nothing are closed, and no others."""

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
    """Patience of a second instead of ten."""
    monkeypatch.setattr(connections, "SPEECHLESS", 1.0)
    monkeypatch.setattr(connections, "LOOK", 0.1)


async def answered(reader: asyncio.StreamReader) -> bool:
    """Whether an answer came, rather than the end of the connection."""
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
        await asyncio.sleep(3)
        return PlainTextResponse("done")

    async def large(request):
        return PlainTextResponse("x" * 20_000_000 + "done")

    async def main():
        app = Starlette(routes=[Route("/", quick), Route("/slow", slow), Route("/large", large)])
        # uvicorn's own patience with who is done is longer than the test
        server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_keep_alive=120))
        monkeypatch.setattr(connections, "running_server", lambda: server)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        looking = asyncio.create_task(connections.close_speechless())
        try:
            await conversation(lambda: asyncio.open_connection("127.0.0.1", port, limit=30_000_000))
        finally:
            looking.cancel()
            server.should_exit = server.force_exit = True
            await serving

    asyncio.run(main())


@pytest.mark.parametrize("said", [b"", WHOLE[:10]], ids=["nothing", "half a request"])
@pytest.mark.parametrize("before", [b"", WHOLE], ids=["at first", "after an answer"])
def test_who_asks_for_nothing_is_hung_up_on(impatient, monkeypatch, before, said):
    async def conversation(opened):
        reader, writer = await opened()
        if before:
            writer.write(before)
            assert await answered(reader)
        writer.write(said)
        assert await closed(reader)

    visit(monkeypatch, conversation)


def test_who_waits_for_an_answer_or_asks_again_in_time_is_not(impatient, monkeypatch):
    async def conversation(opened):
        (slow, ask_slowly), (often, ask_often) = await opened(), await opened()
        ask_slowly.write(SLOW)
        for _ in range(10):
            ask_often.write(WHOLE)
            assert await answered(often)
            await asyncio.sleep(0.3)
        assert await answered(slow)

    visit(monkeypatch, conversation)


def test_an_answer_that_a_slow_line_takes_long_to_read_comes_whole(impatient, monkeypatch):
    async def conversation(opened):
        reader, writer = await opened()
        writer.transport.pause_reading()
        writer.write(LARGE)
        await asyncio.sleep(3)
        writer.transport.resume_reading()
        assert len(await asyncio.wait_for(reader.readuntil(b"done"), 30)) > 20_000_000

    visit(monkeypatch, conversation)
