"""The origins that may open a socket, under Streamlit's own settings for them."""

import asyncio

import pytest
from starlette.datastructures import Headers
from streamlit import config

from lazyrich.web.hardening.origin import OwnOrigin, allowed


@pytest.fixture
def option():
    """Sets options of Streamlit for one test."""
    before = {}

    def set_to(name, value):
        before.setdefault(name, (config.get_option(name), config.get_where_defined(name)))
        config.set_option(name, value, "the test")

    yield set_to
    for name, (value, where) in before.items():
        config.set_option(name, value, where)


def asks(origin, host="lab.example:8501"):
    return allowed(Headers({"host": host, "origin": origin}))


@pytest.mark.parametrize("own", ["http://lab.example:8501", "https://lab.example:8501", "https://LAB.example:8501"])
def test_pages_of_the_server_may_open_a_socket(own):
    assert asks(own)


@pytest.mark.parametrize(
    "foreign",
    [
        "http://lab.example",
        "http://lab.example:8502",
        "http://lab.example:8501.evil.example",
        "http://evil.example/lab.example:8501",
        "http://lab.example:8501@evil.example",
        "http://localhost:8501",
        "null",
        "http://[",
        "",
    ],
)
def test_pages_of_other_origins_may_not_open_a_socket(foreign):
    assert not asks(foreign)


def test_pages_of_a_named_origin_may_open_a_socket(option):
    option("server.corsAllowedOrigins", ["https://course.example"])
    assert asks("https://course.example")
    assert not asks("http://course.example")


def test_behind_a_proxy_that_changes_the_host_only_the_configured_address_may(option):
    option("browser.serverAddress", "lab.example")
    assert asks("https://lab.example", host="127.0.0.1:8501")
    assert not asks("https://evil.example", host="127.0.0.1:8501")
    assert not asks("http://[", host="elsewhere.example")


def test_a_host_that_is_not_allowed_may_not_open_a_socket_for_its_own_pages(option):
    option("server.allowedHosts", ["lab.example"])
    assert asks("http://lab.example:8501")
    assert not asks("http://rebound.example", host="rebound.example")


def test_no_socket_at_all_opens_for_a_foreign_page_and_all_else_is_passed_on():
    async def app(scope, receive, send):
        passed.append(scope["type"])

    async def send(message):
        sent.append(message["type"])

    passed, sent = [], []
    for kind, origin in (
        ("websocket", b"http://evil.example"),
        ("http", b"http://evil.example"),
        ("websocket", b"http://lab.example"),
    ):
        headers = [(b"host", b"lab.example"), (b"origin", origin)]
        asyncio.run(OwnOrigin(app)({"type": kind, "path": "/_stcore/stream", "headers": headers}, None, send))
    assert (passed, sent) == (["http", "websocket"], ["websocket.close"])
