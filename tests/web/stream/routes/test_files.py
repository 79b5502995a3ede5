"""Files and health over HTTP: compressed, at addresses of their content, with their types."""

import gzip
import json
import re
from urllib.parse import urljoin

import pytest

from harness.experiments import Counter
from harness.routes_server import Server
from lazyrich.config.limits import Limits
from lazyrich.web.components.assets import assets
from lazyrich.web.stream.routes import asset
from tests.web.stream.routes.answers import get


def test_every_file_is_served_compressed_once_for_ever_and_with_its_type(server):
    types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8"}
    for name in ("entry/live.js", "plotly.min.js", *(name for name in assets() if name.endswith(".css"))):
        status, headers, body = get(server, asset(name), Accept_Encoding="gzip, br")
        assert (status, headers["content-encoding"]) == (200, "gzip")
        assert headers["content-type"] == types[name.rpartition(".")[2]]
        assert headers["cache-control"] == "public, max-age=31536000, immutable"
        assert int(headers["content-length"]) == len(body)
        plain = get(server, asset(name), Accept_Encoding="identity")
        assert "content-encoding" not in plain[1]
        assert gzip.decompress(body) == plain[2]


def test_plotly_is_the_one_of_the_installed_package(server):
    import plotly.offline

    assert get(server, asset("plotly.min.js"))[2].decode() == plotly.offline.get_plotlyjs()


def test_modules_are_at_the_addresses_of_their_imports(server):
    for entry in ("entry/live.js", "entry/picker.js", "entry/figure_view.js"):
        wanted, scripts = [asset(entry)], set()
        while wanted:
            page = wanted.pop()
            if page in scripts:
                continue
            scripts.add(page)
            status, _, body = get(server, page)
            assert status == 200, page
            imported = re.findall(r'^import .*?"(\.[^"]+)"|await import\("(\.[^"]+)"', body.decode(), re.M)
            wanted += [urljoin(page, first or other) for first, other in imported]
        # a page would wait if it requested a hundred modules one by one, level by level
        assert asset("modules.js") in scripts and len(scripts) <= 6


def test_other_versions_and_other_files_are_not_there(server):
    page = asset("entry/live.js")
    version = page.split("/")[3]
    for path in (
        page.replace(version, "0" * 12),
        page.replace("entry/live.js", "missing.js"),
        page.replace("entry/live.js", "plotly.min.js"),
        page.replace("entry/live.js", "%2e%2e%2fassets.py"),
    ):
        assert get(server, path)[0] in (400, 404), path
    with pytest.raises(KeyError, match=r"live\.js"):
        asset("missing.js")


def test_the_health_address_returns_counts(server):
    status, _, body = get(server, "/lazyrich/health")
    report = json.loads(body)
    assert status == 200
    assert report["healthy"] is True
    assert report["workers"] == 1


def test_the_health_address_reports_missing_workers_and_the_socket_its_end():
    server = Server(Limits(workers=0))
    server.start()
    try:
        visit = server.visit(Counter(steps=10_000))
        (run,) = visit.runs
        with server.viewer(visit.token) as viewer:
            viewer.ask({run.id: 0})
            viewer.read()
            server.pool.stop()
            assert get(server, "/lazyrich/health")[0] == 503
            assert viewer.follow(run.id)[-1].header["status"] == "stopped"
    finally:
        server.stop()
