"""A real nginx on loopback with the configuration from docs/operate.md.

    with Nginx(folder, CONF.read_text(), [8501]) as nginx: ...       nginx.url, nginx.requests()

Ports and certificate are changed, as a test must not use port 443; the rest of the configuration is unchanged.
"""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path
from typing import NamedTuple, Self

from harness.server import ROOT, free_port

CONF = ROOT / "deploy" / "nginx.conf"
SEVERAL = ROOT / "deploy" / "nginx-several.conf"

AROUND = """
daemon off;
user {user};
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
events {{ worker_connections 512; }}
http {{
    log_format upstreams '$upstream_addr $cookie_lazyrich_seat $request_uri $status';
    access_log {folder}/access.log upstreams;
    {temporary}
    include {folder}/lazyrich.conf;
}}
"""


class Request(NamedTuple):
    """A line of the access log."""

    upstream: str
    seat: str
    path: str
    status: str


class Nginx:
    """nginx with this configuration. conf: its text. ports: of the app, in the order of those in conf."""

    def __init__(self, folder: Path, conf: str, ports: list[int]):
        program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
        assert program, "There is no nginx: run harness/install_nginx.sh, or install it with your package manager."
        self.folder = folder
        self.place = f"127.0.0.1:{free_port()}"
        self.url = f"https://{self.place}/lab/"
        certificate(folder)
        changes = {
            "listen 443 ssl": f"listen {self.place} ssl",
            "/etc/ssl/lazyrich.": f"{folder}/lazyrich.",
            **{f"127.0.0.1:{8501 + i}": f"127.0.0.1:{port}" for i, port in enumerate(ports)},
        }
        for before, after in changes.items():
            assert before in conf, f"{before} is not in the configuration"
            conf = conf.replace(before, after)
        (folder / "lazyrich.conf").write_text(conf)
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        text = AROUND.format(folder=folder, user=getpass.getuser(), temporary=temporary)
        (folder / "nginx.conf").write_text(text)
        command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(folder / "nginx.conf")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self) -> Self:
        host, _, port = self.place.partition(":")
        for _ in range(100):
            try:
                socket.create_connection((host, int(port)), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
            if self.process.poll() is not None:
                break
        self.__exit__()
        raise RuntimeError(f"nginx did not come up:\n{(self.folder / 'error.log').read_text()}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)

    def requests(self) -> list[Request]:
        """Return the requests answered so far."""
        return [Request(*line.split(" ")[:4]) for line in (self.folder / "access.log").read_text().splitlines()]


def certificate(folder: Path) -> None:
    """Write lazyrich.pem and lazyrich.key, self-signed, for this test alone."""
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", "-days", "1", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", str(folder / "lazyrich.key"), "-out", str(folder / "lazyrich.pem")],
        check=True, capture_output=True,
    )  # fmt: skip
