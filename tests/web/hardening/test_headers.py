"""Security headers of every response. Their effect in browsers: tests/browser/test_security.py."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from lazyrich.web.hardening.headers import Security, content_security_policy


class Answer(NamedTuple):
    """The response of an application."""

    status: int
    headers: Headers
    body: str


def ask(path: str = "/", **headers: str) -> Answer:
    """Send a request to a small application behind the middleware."""
    app = Starlette(
        routes=[
            Route("/", lambda _: HTMLResponse("<head></head>")),
            Route("/media/file.csv", lambda _: PlainTextResponse("a,b")),
        ],
        middleware=[Middleware(Security)],
    )
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": raw, "scheme": "http"}
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], Headers(raw=sent[0]["headers"]), body.decode())


def policy(**settings: str) -> dict[str, list[str]]:
    directives = [directive.split() for directive in content_security_policy(**settings).split("; ")]
    assert len({name for name, *_ in directives}) == len(directives)
    return {name: sources for name, *sources in directives}


@pytest.mark.parametrize("path", ["/", "/media/file.csv", "/missing"])
def test_every_answer_has_the_headers_once(path):
    answer = ask(path)
    for name in (
        "content-security-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
        "referrer-policy",
        "x-content-type-options",
    ):
        assert len(answer.headers.getlist(name)) == 1, name
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_only_scripts_of_this_server_run_and_no_code_from_text():
    sources = policy()
    assert sources["default-src"] == ["'none'"]
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:"} & set(sources["script-src"])
    foreign = [source for values in sources.values() for source in values if "*" in source or "//" in source]
    assert foreign == []


def test_only_its_own_pages_may_frame_the_app_unless_others_are_named():
    assert policy()["frame-ancestors"] == ["'self'"]
    named = policy(frame_ancestors="https://course.example  https://*.lab.example:8443 http://localhost:*")
    assert named["frame-ancestors"] == [
        "'self'",
        "https://course.example",
        "https://*.lab.example:8443",
        "http://localhost:*",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "course.example",
        "https://a.example;script-src *",
        "https://a.example,*",
        "'none'",
        "https://a\r\nX:",
        "javascript:",
    ],
)
def test_invalid_origins_are_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match=r"LAZYRICH_FRAME_ANCESTORS must be origins like https://course\.example"):
        content_security_policy(text)


def test_windows_that_opened_the_app_are_cut_off_where_it_is_encrypted():
    assert "cross-origin-opener-policy" not in ask().headers
    assert ask(x_forwarded_proto="https").headers["cross-origin-opener-policy"] == "same-origin"
