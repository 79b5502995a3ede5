"""The visitor limit admits a number of pages, tells others when to try again, and accepts data files only."""

import asyncio
import http.client
import threading

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route, WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from harness.server import free_port
from harness.waiting import eventually
from lazyrich.web.hardening.visitor_limit import VisitorLimit


@pytest.fixture(scope="module")
def place():
    """A limit of two pages on loopback, with a bare application behind it."""

    async def page(request):
        return HTMLResponse("the app")

    async def stream(socket):
        await socket.accept()
        await socket.receive()

    routes = [
        WebSocketRoute("/lab/_stcore/stream", stream),
        WebSocketRoute("/lab/lazyrich/live", stream),
        Route("/{path:path}", page, methods=["GET", "POST", "PUT", "DELETE"]),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(VisitorLimit, most=2)])
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, ws="websockets-sansio", log_level="warning"))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),))
    thread.start()
    eventually(lambda: server.started)
    yield f"127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def ask(place, path, method="GET", body=None):
    """Status, headers and text."""
    connection = http.client.HTTPConnection(place, timeout=10)
    connection.request(method, path, body)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, text


def stream(place):
    return connect(f"ws://{place}/lab/_stcore/stream", close_timeout=0.5)


def test_past_the_pages_that_may_be_open_a_visitor_reads_when_the_page_looks_again(place):
    def full():
        return ask(place, "/lab/grokking")[0] == 503

    assert not full()
    with stream(place):
        assert not full()
        # a visitor with a page, and one whose page was open before the last place was taken
        with stream(place), stream(place):
            status, headers, text = ask(place, "/lab/")
            assert status == 503
            seconds = int(headers["retry-after"])
            assert f"looks again in {seconds} seconds" in text
            assert f'http-equiv="refresh" content="{seconds}"' in text
            with pytest.raises(InvalidStatus) as refused:
                stream(place)
            assert refused.value.response.status_code == 503
            # requests of admitted visitors still work
            for path in ("_stcore/health", "lazyrich/health", "static/js/index.js", "favicon.png"):
                assert ask(place, f"/lab/{path}")[2] == "the app"
            with connect(f"ws://{place}/lab/lazyrich/live", close_timeout=0.5):
                pass
    eventually(lambda: not full())


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_app_accepts_uploads_of_data_files_only(place, method):
    assert ask(place, "/_stcore/health", method, b"x" * 1000)[0] == 405
    file = ask(place, "/_stcore/upload_file/a/b", method, b"x" * 1000)[0]
    assert (file != 405) == (method in ("PUT", "DELETE"))
