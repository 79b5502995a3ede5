"""The container and the files that start it: read-only file system but for /tmp, no capabilities."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import yaml

from harness.server import ROOT, Server
from harness.visitor import Visitor, on_its_own_thread

PAGES = (
    "",
    "playground",
    "exact-solutions",
    "linear-networks",
    "which-solution",
    "linear-or-relu",
    "phase-portrait",
    "study",
    "deep-networks",
    "filters",
    "hierarchy",
    "grokking",
)

TRY = """
import json, os, sys
def may(path):
    try:
        open(path, "w").close()
        return True
    except OSError:
        return False
print(json.dumps([may(os.path.join(folder, "tried")) for folder in sys.argv[1:]]))
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """A HOME and a /tmp."""
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    return home, temporary


def test_the_app_writes_nothing_but_into_tmp_and_needs_no_rights(tmp_path: Path, folders: tuple[Path, Path]):
    home, temporary = folders
    confined = [sys.executable, str(ROOT / "harness" / "confined.py"), str(temporary)]
    told = subprocess.run(
        [*confined, sys.executable, "-c", TRY, str(home), str(tmp_path), str(temporary)],
        capture_output=True, text=True, timeout=30, check=True,
    ).stdout.splitlines()  # fmt: skip
    confines = not told[0].startswith("not confined")
    if confines:
        assert json.loads(told[0]) == [False, False, True]
        (temporary / "tried").unlink()

    log = tmp_path / "log.txt"
    settings = {"HOME": str(home), "TMPDIR": str(temporary), "PYTHONDONTWRITEBYTECODE": "1", "LAZYRICH_WORKERS": "1"}
    with Server(log, under=confined, **settings) as server:
        on_its_own_thread(visit_all_pages(server.url))
        for pid in (server.process.pid, *children(server.process.pid)):
            rights = dict(re.findall(r"^(Cap\w+|NoNewPrivs):\s*(\S+)$", Path(f"/proc/{pid}/status").read_text(), re.M))
            assert rights.pop("NoNewPrivs") == "1"
            if os.geteuid() == 0:  # others have an empty set of their own, and a bounding set that they cannot use
                assert {int(value, 16) for value in rights.values()} == {0}, rights
            else:
                assert int(rights["CapEff"], 16) == 0
    assert "Traceback" not in log.read_text(), log.read_text()
    assert list(home.iterdir()) == []
    assert list(temporary.iterdir()) == []
    if not confines:
        pytest.skip(f"{told[0]}: that HOME stays empty was all that there was to see")


async def visit_all_pages(url: str) -> None:
    """Every page draws itself without an error, and the playground streams."""
    for name in PAGES:
        async with Visitor(url, page=name) as visitor:
            await visitor.run()
            assert not visitor.texts("exception") and not visitor.texts("alert"), name
            if name == "playground":
                async with aclosing(visitor.watch()) as answers:
                    async for entries in answers:
                        if entries[0]["count"]:
                            break


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    assert found, "the worker is a process of its own"
    return [int(child) for child in found]


# ---- compose files


def merged(*names: str) -> dict[str, Any]:
    """The service of these files, as compose merges them: tables key by key, all else replaced."""

    def merge(one: Any, other: Any) -> Any:
        if not (isinstance(one, dict) and isinstance(other, dict)):
            return other
        return one | {key: merge(one.get(key), value) for key, value in other.items()}

    whole: Any = {}
    for name in names:
        whole = merge(whole, yaml.safe_load((ROOT / name).read_text(encoding="utf-8")))
    assert list(whole) == ["services"]
    assert list(whole["services"]) == ["lazyrich"]
    return whole["services"]["lazyrich"]


@pytest.mark.parametrize("names", [("compose.yaml",), ("compose.yaml", "deploy/compose.gpu.yaml")], ids=["cpu", "gpu"])
def test_compose_starts_a_container_without_rights_that_is_watched_and_bounded(names: tuple[str, ...]):
    service = merged(*names)
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"] and "cap_add" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "volumes", "network_mode", "pid", "user"} & service.keys()
    [tmpfs] = service["tmpfs"]
    assert tmpfs.startswith("/tmp:") and "size=" in tmpfs
    assert service["restart"] == "unless-stopped"
    limits = service["deploy"]["resources"]["limits"]
    assert re.fullmatch(r"\$\{LAZYRICH_MEMORY:-\d+g\}", limits["memory"]) and limits["pids"] <= 1024
    kind, _, program = service["healthcheck"]["test"]
    assert kind == "CMD" and (ROOT / program).is_file()
    # SIGTERM ends the app within five seconds
    assert int(service["stop_grace_period"].removesuffix("s")) > 5


def test_compose_reserves_the_gpu_and_takes_the_wheel_that_has_cuda():
    service = merged("compose.yaml", "deploy/compose.gpu.yaml")
    [device] = service["deploy"]["resources"]["reservations"]["devices"]
    assert device == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
    assert service["build"]["args"]["TORCH_INDEX"] == ""
    assert "reservations" not in merged("compose.yaml")["deploy"]["resources"]
    # every worker loads CUDA's libraries
    assert service["deploy"]["resources"]["limits"]["memory"] == "${LAZYRICH_MEMORY:-16g}"
    assert service["environment"]["LAZYRICH_WORKERS"] == "${LAZYRICH_WORKERS:-2}"


def test_compose_and_image_ask_the_same_health_and_port():
    docker = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    service = merged("compose.yaml")
    asked = re.search(r"^HEALTHCHECK .*CMD (\[.+\])$", docker, flags=re.MULTILINE)
    assert asked is not None
    assert service["healthcheck"]["test"] == ["CMD", *json.loads(asked.group(1))]
    port = re.search(r"STREAMLIT_SERVER_PORT=(\d+)", docker)
    assert port is not None
    assert [entry.rpartition(":")[2] for entry in service["ports"]] == [port.group(1)]
    assert re.search(r"^USER [1-9]\d*$", docker, flags=re.MULTILINE)


def test_docker_reads_the_compose_files():
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("no docker compose here; the tests above have read the files by themselves")
    for names in (["compose.yaml"], ["compose.yaml", "deploy/compose.gpu.yaml"]):
        words = [word for name in names for word in ("-f", name)]
        told = subprocess.run(["docker", "compose", *words, "config", "-q"], cwd=ROOT, capture_output=True, text=True)
        assert told.returncode == 0, told.stderr
