"""The app below /lab/ behind a real nginx that ends TLS, with the configuration that docs/operate.md shows."""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from harness.browser.parts import chart, download, popover
from harness.documents import document
from harness.proxy import CONF, SEVERAL, Nginx
from harness.server import ROOT, Server
from harness.waiting import eventually
from tests.browser.conftest import PROBE, Watched

SOCKETS = ("_stcore/stream", "lazyrich/live")
UNCHECKED = ssl._create_unverified_context()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, with its most detailed log."""
    log = tmp_path_factory.mktemp("app") / "log.txt"
    with Server(log, base="lab/", LAZYRICH_WORKERS="1", STREAMLIT_LOGGER_LEVEL="debug") as server:
        yield server


@pytest.fixture(scope="module")
def renamed_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Another app, configured with the address that visitors use."""
    log = tmp_path_factory.mktemp("app") / "log.txt"
    with Server(log, base="lab/", LAZYRICH_WORKERS="1", STREAMLIT_BROWSER_SERVER_ADDRESS="127.0.0.1") as server:
        yield server


def frames_come(page: Page) -> None:
    expect(chart(page)).to_have_attribute("data-status", "finished", timeout=60_000)
    # a short run is trained before its first frame is painted
    expect(chart(page)).to_have_attribute("data-painted", re.compile("^[1-9]"), timeout=60_000)


def opens(nginx: Nginx, path: str, origin: str) -> bool:
    """Whether a page of this origin may open the socket."""
    try:
        with connect(f"wss://{nginx.place}/lab/{path}", origin=origin, ssl=UNCHECKED, close_timeout=0.5):
            return True
    except InvalidStatus as refused:
        assert refused.response.status_code == 403
        return False


def test_the_app_works_below_a_path_over_tls_with_the_lines_of_the_document(
    tmp_path: Path, app: Server, browser: Browser
):
    with (
        Nginx(tmp_path, CONF.read_text(), [app.port]) as nginx,
        browser.new_context(ignore_https_errors=True) as context,
    ):
        watched = Watched(context)
        sockets, requests, sent = [], [], []
        answers = []
        context.on("request", lambda request: requests.append(request.url))
        context.on("response", lambda answer: answers.append(answer))
        page = context.new_page()
        page.on("websocket", lambda one: (sockets.append(one.url), one.on("framesent", lambda text: sent.append(text))))
        page.goto(f"{nginx.url}playground?steps=100&seed=3")
        frames_come(page)
        popover(page, "Download")
        assert b"kernel_distance" in download(page, "Curves, CSV")
        page.goto(f"{nginx.url}exact-solutions?steps=100")
        frames_come(page)
        # the app refuses an upload without a session; the proxy passes it on
        refused = context.request.put(f"{nginx.url}_stcore/upload_file/nobody/file", data=b"0" * 10_000_000)
        assert (refused.status, "nginx" in refused.text()) == (403, False)

        assert {urlsplit(url).path for url in sockets} == {f"/lab/{path}" for path in SOCKETS}
        assert {urlsplit(url).scheme for url in sockets} == {"wss"}
        outside = [url for url in requests if not url.startswith((nginx.url, "blob:https:", "data:"))]
        assert outside == []
        code = [answer for answer in answers if re.search(r"\.(js|css)$", urlsplit(answer.url).path)]
        assert any("/lazyrich/static/" in answer.url for answer in code)
        plain = {answer.url for answer in code if answer.headers.get("content-encoding") != "gzip"}
        assert all(int(answer.headers["content-length"]) < 100 for answer in code if answer.url in plain)
        own = answers[0].headers
        assert "default-src 'none'" in own["content-security-policy"]
        assert own["cross-origin-opener-policy"] == "same-origin"
        wrong = [line for line in watched.wrong if "ERR_ABORTED" not in line]
        assert not wrong, wrong

        tokens = {json.loads(text)["token"] for text in sent if isinstance(text, str) and text.startswith('{"token"')}
        assert tokens
        logs = "".join(path.read_text() for path in (app.log, tmp_path / "access.log", tmp_path / "error.log"))
        assert "/lab/lazyrich/live" in logs
        assert [token for token in tokens if token in logs] == []


def test_only_pages_of_the_address_that_visitors_know_may_open_a_socket(
    tmp_path: Path, app: Server, renamed_app: Server
):
    """The proxy passes on the Host, or the app knows its address. A foreign origin causes no outside request."""
    host_kept, host_lost = CONF.read_text(), CONF.read_text().replace("proxy_set_header Host $http_host;", "")
    assert host_lost != host_kept
    for name, conf, server, own_may in (
        ("kept", host_kept, app, True),
        ("lost", host_lost, app, False),
        ("named", host_lost, renamed_app, True),
    ):
        folder = tmp_path / name
        folder.mkdir()
        with Nginx(folder, conf, [server.port]) as nginx:
            for path in SOCKETS:
                assert opens(nginx, path, f"https://{nginx.place}") == own_may, (name, path)
                assert not opens(nginx, path, "https://evil.example"), (name, path)
                assert not opens(nginx, path, "null"), (name, path)
    # without a network Streamlit would log that it failed to find its address on the internet
    assert "external IP" not in app.log.read_text() + renamed_app.log.read_text()


def test_with_several_containers_each_visitor_stays_in_one(
    tmp_path: Path,
    app: Server,
    renamed_app: Server,
    browser: Browser,
    long: bool,
    figure: Callable[[str, object], None],
):
    conf = SEVERAL.read_text() + several(CONF.read_text())
    visitors = 10 if long else 1
    with Nginx(tmp_path, conf, [app.port, renamed_app.port]) as nginx:
        for _ in range(30):
            with urlopen(Request(f"{nginx.url}_stcore/health"), context=UNCHECKED, timeout=10) as answer:
                assert answer.status == 200
        for _ in range(visitors):
            with browser.new_context(ignore_https_errors=True) as context:
                watched = Watched(context)
                page = context.new_page()
                page.goto(f"{nginx.url}playground?steps=100")
                frames_come(page)
                popover(page, "Download")
                assert b"kernel_distance" in download(page, "Curves, CSV")
                wrong = [line for line in watched.wrong if "ERR_ABORTED" not in line and not PROBE.search(line)]
                assert not wrong, wrong
        # nginx logs a socket when it has closed
        eventually(lambda: sum(request.status == "101" for request in nginx.requests()) >= 2 * visitors)
        requests = nginx.requests()
    seats: dict[str, set[str]] = {}
    for request in requests:
        if request.seat != "-":
            seats.setdefault(request.seat, set()).add(request.upstream)
    assert len(seats) == visitors
    assert all(len(upstreams) == 1 for upstreams in seats.values())
    of_sockets = {urlsplit(request.path).path for request in requests if request.status == "101"}
    assert of_sockets == {f"/lab/{path}" for path in SOCKETS}
    every = [request.upstream for request in requests]
    assert len(set(every)) == 2, "the other container had nothing to do"
    figure(
        "visitors, requests to each of two containers", [visitors, *(every.count(one) for one in sorted(set(every)))]
    )


def test_the_health_check_of_the_container_finds_the_app_below_its_path(app: Server):
    def asked(**settings: str) -> int:
        command = [sys.executable, "lazyrich/web/server/healthcheck.py"]
        return subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True).returncode

    environment = {"STREAMLIT_SERVER_PORT": str(app.port), "STREAMLIT_SERVER_BASE_URL_PATH": "/lab/"}
    assert asked(**environment) == 0
    assert asked(**environment | {"STREAMLIT_SERVER_BASE_URL_PATH": "elsewhere"}) == 1
    assert asked(**environment | {"STREAMLIT_SERVER_PORT": "1"}) == 1


def several(conf: str) -> str:
    """Return the configuration of one container with the changes of nginx-several.conf."""
    cookie = re.search(r"(add_header Set-Cookie .+;)", SEVERAL.read_text())
    assert cookie is not None
    changed = conf.replace("proxy_pass http://127.0.0.1:8501;", f"proxy_pass http://lazyrich; {cookie.group(1)}")
    assert changed != conf
    return changed


@pytest.mark.parametrize("path", [CONF, SEVERAL], ids=lambda path: path.name)
def test_the_document_shows_the_tested_configuration(path: Path):
    assert path.read_text(encoding="utf-8") in document("docs/operate.md").blocks("nginx")
