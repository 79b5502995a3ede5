"""The whole server, as `streamlit run` starts it: under a base path, and terminated while it works."""

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from harness.routes_server import Subscriber
from harness.streamlit_contract import contract
from harness.waiting import eventually
from lazyrich.web.stream.routes import SHUTDOWN_SECONDS

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A server under the base path /lab, with a visit to it; killed at the end if it is still there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {
        "server.port": port,
        "server.address": "127.0.0.1",
        "server.baseUrlPath": "lab",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    words = [f"--{name}={value}" for name, value in options.items()]
    log = tmp_path_factory.mktemp("served") / "log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "tests/web/app_for_tests.py", *words],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    place = f"127.0.0.1:{port}"

    def there():
        assert process.poll() is None, log.read_text()
        with suppress(OSError):
            return fetch(place, "/lab/lazyrich/health").status == 200

    try:
        eventually(there, seconds=30)
        visit = json.loads(fetch(place, "/lab/tests/visit").read())
        yield SimpleNamespace(place=place, process=process, log=log, **visit)
    finally:
        process.kill()
        process.wait()


def fetch(place, path, **headers):
    request = urllib.request.Request(f"http://{place}{path}", headers=headers)
    return urllib.request.urlopen(request, timeout=10)


@contextmanager
def open_socket(served):
    url = f"ws://{served.place}{served.socket}"
    with connect(url, origin=f"http://{served.place}", max_size=None, close_timeout=0.5) as connection:
        connection.send(json.dumps({"token": served.token}))
        yield connection


def test_everything_is_found_under_the_base_path_and_compressed_once(served):
    assert served.socket == "/lab/lazyrich/live"
    assert served.file.startswith("/lab/lazyrich/static/")
    answer = fetch(served.place, served.file, **{"Accept-Encoding": "gzip"})
    assert answer.headers.get_all("Content-Encoding") == ["gzip"]
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    body = gzip.decompress(answer.read())
    assert body == (ROOT / "lazyrich/web/static/entry/load.js").read_bytes()
    page = fetch(served.place, "/lab/")
    assert page.headers.get_content_type() == "text/html"
    assert served.torch is False


@contract("uvicorn_server")
def test_the_server_that_streamlit_starts_is_found_and_waits_for_no_browser_for_ever(served):
    assert served.patience == SHUTDOWN_SECONDS


def test_a_server_terminated_during_runs_ends_within_five_seconds_and_leaves_no_process(served):
    """Runs last, since it ends the server."""
    with open_socket(served) as watching, open_socket(served) as asleep, open_socket(served) as silent:
        viewer = Subscriber(watching)
        viewer.follow(served.run, until=lambda entry: entry.header["first"] > 50)
        for _ in range(400):  # more than 80 MB of answers, far beyond all buffers, none of which it reads
            asleep.send(json.dumps({"after": {served.run: 0}}))
        silent.ping()
        served.process.send_signal(signal.SIGTERM)
        code = served.process.wait(5)
        with pytest.raises(ConnectionClosed):
            viewer.follow(served.run)
    assert code in (0, -signal.SIGTERM)
    eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in served.pids))
    log = served.log.read_text()
    assert "Traceback" not in log, log
    assert served.token not in log
