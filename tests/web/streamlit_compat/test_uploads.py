"""Streamlit's upload address: who may send a file, its largest size, its storage, and its counts."""

import asyncio
from http.cookies import SimpleCookie

import pytest
import starlette.formparsers
from starlette.formparsers import MultiPartParser
from starlette.routing import WebSocketRoute
from streamlit import config
from streamlit.web.server.starlette import starlette_app

from harness.streamlit_contract import Client, ask, contract, server

PARTS = "--x\r\n", 'Content-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n', "\r\n--x--\r\n"
MB = 1024 * 1024


def form(size):
    """A form with a file of this many bytes."""
    return (PARTS[0] + PARTS[1]).encode() + b"1" * size + PARTS[2].encode()


async def token(app):
    """Return the headers with which a browser that keeps cookies sends files, from an earlier response."""
    status, headers, _ = await ask(app, "GET", "/_stcore/health")
    assert status == 200
    cookies = SimpleCookie()
    for name, value in headers:
        if name.lower() == "set-cookie":
            cookies.load(value)
    return {name: morsel.value for name, morsel in cookies.items()}


async def put(app, path, size, cookies):
    given = {"content_type": "multipart/form-data; boundary=x"}
    if cookies:
        given |= {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        given |= {"x_xsrftoken": next(iter(cookies.values()))}
    return (await ask(app, "PUT", path, form(size), **given))[0]


@pytest.fixture
def limit(monkeypatch):
    """The limit on a file's size, set back after the test."""
    before = config.get_option("server.maxUploadSize"), config.get_where_defined("server.maxUploadSize")
    monkeypatch.setattr(MultiPartParser, "spool_max_size", MultiPartParser.spool_max_size)
    yield
    config.set_option("server.maxUploadSize", *before)


def test_a_file_is_taken_with_the_cookie_alone(tmp_path):
    async def talk(module):
        async with server(tmp_path / "app.py") as (runtime, app):
            session = runtime.connect_session(Client(), {})
            [url] = runtime.uploaded_file_mgr.get_upload_urls(session, ["f.csv"])
            cookies = await token(app)
            assert module.has_xsrf_cookie(cookies), f"the cookies are {sorted(cookies)}"
            assert await put(app, url.upload_url, 10, {module.XSRF: cookies[module.XSRF]}) == 204
            assert not module.has_xsrf_cookie({})
            assert await put(app, url.upload_url, 10, {}) == 403

    with contract("xsrf_cookie") as module:
        asyncio.run(talk(module))


def test_files_are_counted_with_their_bytes_for_as_long_as_they_are_there(tmp_path):
    async def talk(module):
        async with server(tmp_path / "app.py") as (runtime, app):
            cookies = await token(app)
            one, two = (runtime.connect_session(Client(), {}) for _ in range(2))
            assert (module.bytes_of_files(), module.number_of_files(one)) == (0, 0)
            for session, sizes in ((one, (10, 20)), (two, (300,))):
                for url, size in zip(runtime.uploaded_file_mgr.get_upload_urls(session, sizes), sizes, strict=True):
                    assert await put(app, url.upload_url, size, cookies) == 204
            assert module.bytes_of_files() == 330
            assert [module.number_of_files(session) for session in (one, two, "nobody")] == [2, 1, 0]
            runtime.close_session(two)
            assert (module.bytes_of_files(), module.number_of_files(two)) == (30, 0)

    with contract("uploaded_files") as module:
        assert (module.bytes_of_files(), module.number_of_files("nobody")) == (0, 0)
        asyncio.run(talk(module))


def test_a_file_above_the_limit_is_refused_and_one_below_never_touches_the_file_system(limit, monkeypatch, tmp_path):
    real, rolled = starlette.formparsers.SpooledTemporaryFile, []

    class Spooled(real):
        def rollover(self):
            rolled.append(None)
            super().rollover()

    async def talk(module):
        async with server(tmp_path / "app.py") as (runtime, app):
            [url] = runtime.uploaded_file_mgr.get_upload_urls(runtime.connect_session(Client(), {}), ["f.csv"])
            cookies = await token(app)
            module.set_largest_upload(1)
            assert await put(app, url.upload_url, 2 * MB, cookies) == 413
            module.set_largest_upload(3)
            assert await put(app, url.upload_url, 2 * MB, cookies) == 204
            assert not rolled, "the file came by the file system"
            MultiPartParser.spool_max_size = MB
            assert await put(app, url.upload_url, 2 * MB, cookies) == 204
            assert rolled, "Starlette no longer parses files by this limit"

    monkeypatch.setattr(starlette.formparsers, "SpooledTemporaryFile", Spooled)
    with contract("upload_size") as module:
        asyncio.run(talk(module))


def test_addresses_agree_with_streamlit(tmp_path):
    async def talk(module):
        async with server(tmp_path / "app.py") as (runtime, app):
            [url] = runtime.uploaded_file_mgr.get_upload_urls("some-one", ["f.csv"])
            sockets = [route.path for route in app.routes if isinstance(route, WebSocketRoute)]
            others = [route.path for route in app.routes if not isinstance(route, WebSocketRoute)]
            uploads = [path for path in others if module.session_of_upload(path)]
            return url.upload_url, sockets, others, uploads

    with contract("addresses") as module:
        url, sockets, others, uploads = asyncio.run(talk(module))
        assert sockets and all(map(module.is_stream, [*sockets, *(f"/lab{path}" for path in sockets)])), sockets
        assert not any(map(module.is_stream, others))
        assert uploads and all("upload" in path for path in uploads)
        assert {module.session_of_upload(path) for path in (url, f"/lab{url}")} == {"some-one"}
        assert set(module.PARTS) == set(starlette_app._RESERVED_ROUTE_PREFIXES)
