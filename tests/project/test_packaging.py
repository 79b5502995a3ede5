"""Requirement files, pyproject.toml, imports and settings agree, so that users install the tested versions."""

from __future__ import annotations

import ast
import fnmatch
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from streamlit import config as streamlit_config

from harness.sources import imports
from lazyrich import __version__
from lazyrich.tasks.packages import PACKAGES

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

IMPORT_NAMES = {
    "pydantic_core": "pydantic",
    "xdist": "pytest-xdist",
    "yaml": "pyyaml",
    "zxingcpp": "zxing-cpp",
    **PACKAGES,
}
"""Packages that are imported under another name than they are installed, or that come with another one."""


NOT_IMPORTED = {"uvloop"}
"""Streamlit runs on this event loop where it finds it, and on Python's own elsewhere."""


def requirements(lines: list[str]) -> dict[str, Requirement]:
    listed = [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-r"))]
    by_name = {canonicalize_name(requirement.name): requirement for requirement in listed}
    assert len(by_name) == len(listed), "something is listed twice"
    return by_name


BOUNDS = requirements(PROJECT["project"]["dependencies"])
PINS = requirements((ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines())
TEST_PINS = requirements((ROOT / "requirements-test.txt").read_text(encoding="utf-8").splitlines())
TEST_PINS |= requirements((ROOT / "requirements-cluster.txt").read_text(encoding="utf-8").splitlines())


def pinned_version(requirement: Requirement) -> str:
    [specifier] = requirement.specifier
    assert specifier.operator == "=="
    assert "*" not in specifier.version
    return specifier.version


def imported(paths: list[Path]) -> set[str]:
    """Distributions outside the standard library and this project that files import."""
    found = set()
    for path in paths:
        for node in imports(path).all:
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif node.module:
                found.add(node.module.split(".")[0])
    ours = {"lazyrich", "benchmarks", "docs", "harness", "tests", "app"}
    return {canonicalize_name(IMPORT_NAMES.get(name, name)) for name in found - set(sys.stdlib_module_names) - ours}


def test_the_app_pins_exactly_the_dependencies_of_the_library():
    assert PINS.keys() == BOUNDS.keys()


@pytest.mark.parametrize("name", BOUNDS)
def test_pinned_versions_lie_within_the_bounds_of_the_library(name):
    assert pinned_version(PINS[name]) in BOUNDS[name].specifier
    assert any(bound.operator == ">=" for bound in BOUNDS[name].specifier)
    assert not any(bound.operator in ("==", "===") for bound in BOUNDS[name].specifier)


def test_the_list_of_installed_packages_has_all_pins():
    listed = (ROOT / "docs/dependencies.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\S+) \| ([^+ ]+)\S* \| yes \|$", listed, flags=re.MULTILINE))
    assert rows == {name: pinned_version(pin) for name, pin in PINS.items()}


def test_requirements_of_tests_are_pinned_separately():
    assert TEST_PINS.keys().isdisjoint(PINS)
    for requirement in TEST_PINS.values():
        pinned_version(requirement)


def test_the_library_depends_on_exactly_its_imports():
    found = imported([*ROOT.glob("lazyrich/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("app.py")])
    assert found | set(PACKAGES.values()) | NOT_IMPORTED == set(BOUNDS)


def test_all_imports_of_tests_and_benchmarks_are_pinned():
    files = [*ROOT.glob("tests/**/*.py"), *ROOT.glob("benchmarks/**/*.py")]
    local = {canonicalize_name(path.stem) for path in files}
    assert imported(files) - local <= BOUNDS.keys() | TEST_PINS.keys()


def test_every_file_of_the_package_is_installed_with_it():
    patterns = PROJECT["tool"]["setuptools"]["package-data"]
    for path in (ROOT / "lazyrich").rglob("*"):
        if path.is_dir() or path.suffix == ".py" or "__pycache__" in path.parts:
            continue
        owners = [
            path.relative_to(ROOT / package.replace(".", "/")).as_posix()
            for package in patterns
            if path.is_relative_to(ROOT / package.replace(".", "/"))
        ]
        taken = [name for name in owners if any(fnmatch.fnmatch(name, p) for group in patterns.values() for p in group)]
        assert taken, f"{path.relative_to(ROOT)} is in no package-data of pyproject.toml"


def test_every_folder_with_modules_is_a_package_and_so_is_installed():
    for path in (ROOT / "lazyrich").rglob("*.py"):
        assert (path.parent / "__init__.py").exists(), f"{path.parent.relative_to(ROOT)} has no __init__.py"


def test_the_version_is_written_once_and_cited_as_it_is():
    assert PROJECT["project"]["dynamic"] == ["version"]
    assert PROJECT["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "lazyrich.version.__version__"}
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert cited and cited.group(1) == __version__


def test_streamlit_knows_every_option_that_is_set_here():
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    names = [
        f"{section}.{option}.{inner}" if isinstance(value, dict) else f"{section}.{option}"
        for section, options in settings.items()
        for option, value in options.items()
        for inner in (value if isinstance(value, dict) else [""])
    ]
    assert "runner.postScriptGC" in names
    assert "theme.dark.primaryColor" in names
    known = streamlit_config.get_config_options()
    assert [name for name in names if name not in known] == []
