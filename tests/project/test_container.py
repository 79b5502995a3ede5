"""The files that build and start the container: read-only file system but for /tmp, no capabilities.

tests/web/test_whole_app.py starts the app under such limits.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
import yaml

from harness.server import ROOT


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
        ended = subprocess.run(["docker", "compose", *words, "config", "-q"], cwd=ROOT, capture_output=True, text=True)
        assert ended.returncode == 0, ended.stderr
