"""The container's health check finds the app by the settings that Streamlit reads: flags, environment, config file."""

from __future__ import annotations

import http.server
import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harness.proxy import certificate
from harness.server import ROOT
from lazyrich.web.server import healthcheck
from lazyrich.web.server.healthcheck import addresses, flags


class Healthy(http.server.BaseHTTPRequestHandler):
    """A healthy app below the path /lab."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/lab/lazyrich/health" else 404)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(host: str, encrypted: Path | None = None) -> Iterator[int]:
    """The port on which it listens."""
    family = {"address_family": socket.AF_INET6 if ":" in host else socket.AF_INET}
    server = type("Server", (http.server.HTTPServer,), family)((host, 0), Healthy)
    if encrypted:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(encrypted / "lazyrich.pem", encrypted / "lazyrich.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def asked(*words: str, **settings: str) -> int:
    command = [sys.executable, "lazyrich/web/server/healthcheck.py", *words]
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, timeout=30)
    assert b"Traceback" not in ended.stderr
    return ended.returncode


def test_the_health_check_uses_ipv4_or_ipv6_and_tls_like_the_app(tmp_path):
    certificate(tmp_path)
    base = {"STREAMLIT_SERVER_BASE_URL_PATH": "/lab/"}
    for host in ("127.0.0.1", "::1"):
        with serving(host) as port:
            assert asked(f"--server.port={port}", **base) == 0
            assert asked("--server.address", host, STREAMLIT_SERVER_PORT=str(port), **base) == 0
            assert asked(f"--server.port={port}", "--server.baseUrlPath=elsewhere", **base) == 1
    with serving("127.0.0.1", tmp_path) as port:
        plain = ("--server.port", str(port), "--server.address=0.0.0.0")
        assert asked(*plain, "--server.sslCertFile=lazyrich.pem", **base) == 0
        assert asked(*plain, **base) == 1


def test_a_proxy_of_the_environment_is_not_asked():
    proxies = {name: "http://127.0.0.1:9" for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy")}
    with serving("127.0.0.1") as port:
        settings = {"STREAMLIT_SERVER_BASE_URL_PATH": "lab", "no_proxy": "", "NO_PROXY": "", **proxies}
        assert asked(f"--server.port={port}", **settings) == 0


def test_a_base_path_is_asked_for_as_browsers_do():
    given = {"baseUrlPath": "/lab 1/ü", "address": "127.0.0.1", "port": "80"}
    assert addresses(given) == ["http://127.0.0.1:80/lab%201/%C3%BC/lazyrich/health"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("", ["http://127.0.0.1:8501", "http://[::1]:8501"]),
        ("streamlit run app.py --server.port=9000", ["http://127.0.0.1:9000", "http://[::1]:9000"]),
        ("streamlit run app.py --server.port 9000 --server.address 0.0.0.0", ["http://127.0.0.1:9000"]),
        ("tini -- python /bin/streamlit run app.py --server.address=::1", ["http://[::1]:8501"]),
        ("streamlit run app.py --server.address=lab.example --server.sslCertFile=a", ["https://lab.example:8501"]),
    ],
)
def test_flags_of_the_app_win(monkeypatch, command, expected):
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "8501")
    assert addresses(flags(command.split())) == [f"{place}/lazyrich/health" for place in expected]


APP = "python /bin/streamlit run app.py --server.port=9000"


@pytest.mark.parametrize(
    ("processes", "expected"),
    [
        ({"1": (APP, ROOT)}, APP),
        ({"1": ("tini -- sh start.sh", Path("/")), "7": (APP, ROOT)}, APP),
        ({"1": ("tini -- sh start.sh", ROOT), "7": ("python -m worker", ROOT), "8": (APP, ROOT)}, APP),
        ({"1": (APP, Path("/other/app"))}, ""),
        ({"1": ("python -m streamlit hello", ROOT)}, ""),
        ({"1": ("tini", ROOT), "7": None}, ""),
        ({}, ""),
    ],
    ids=["alone", "started by another", "beside others", "another app", "another command", "gone", "no processes"],
)
def test_the_app_is_the_first_process_or_a_child_of_it(tmp_path, monkeypatch, processes, expected):
    for number, process in processes.items():
        (tmp_path / number).mkdir()
        if process is not None:
            command, folder = process
            (tmp_path / number / "cmdline").write_bytes("\0".join(command.split()).encode())
            (tmp_path / number / "cwd").symlink_to(folder)
    if processes:
        (tmp_path / "1/task/1").mkdir(parents=True)
        (tmp_path / "1/task/1/children").write_text(" ".join(number for number in processes if number != "1"))
    monkeypatch.setattr(healthcheck, "PROCESSES", tmp_path)
    assert healthcheck.command() == expected.split()
