"""Files and modules that comments, docstrings and guides name exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = [ROOT / "app.py"] + [
    path
    for folder in ("lazyrich", "pages", "docs", "benchmarks")
    for path in sorted((ROOT / folder).rglob("*"))
    if path.suffix in {".py", ".js", ".css", ".md"}
]

MODULE = re.compile(r"(?<![\w./@:-])lazyrich(?:\.[a-zA-Z_]\w*)+")
FILE = re.compile(r"(?<![\w*{}<./-])[a-z_]\w*\.(?:py|js|css)\b(?![\w(])")

NO_FILES = {"plotly.js", "modules.js"}
"""A library, and the name of a bundle that is made in memory."""

NO_MODULES = {"lazyrich.service", "lazyrich.readable"}
"""A unit of systemd, and the name of a display hook."""


def missing(text: str) -> Iterator[str]:
    """Yield dotted names of which no file below lazyrich/ holds the first part that is no module."""
    for name in MODULE.findall(text):
        path, parts = ROOT, name.split(".")
        while parts and (path / parts[0]).is_dir():
            path /= parts.pop(0)
        if parts and (module := path / f"{parts[0]}.py").is_file():
            parts, files = parts[1:], [module]
        else:
            files = list(path.glob("__init__.py*"))
        if parts and not any(re.search(rf"\b{parts[0]}\b", file.read_text()) for file in files):
            yield name


def test_modules_that_are_named_exist() -> None:
    found = {(str(path.relative_to(ROOT)), name) for path in SOURCES for name in missing(path.read_text())}
    assert {(path, name) for path, name in found if name not in NO_MODULES} == set()
    assert list(missing("lazyrich.frame.Frame, lazyrich.train and lazyrich.serving.pool")) == []
    assert list(missing("lazyrich.gone, lazyrich.frame.Gone")) == ["lazyrich.gone", "lazyrich.frame.Gone"]


def test_files_that_are_named_exist() -> None:
    folders = [ROOT / name for name in ("lazyrich", "pages", "docs", "benchmarks", "harness", "tests")]
    there = {path.name for folder in folders for path in folder.rglob("*")} | {path.name for path in ROOT.iterdir()}
    named = {(str(path.relative_to(ROOT)), name) for path in SOURCES for name in FILE.findall(path.read_text())}
    assert len(named) > 30
    assert {(path, name) for path, name in named if name not in there | NO_FILES} == set()
