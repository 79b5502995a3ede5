"""Imports go from higher ranks to lower ones only, and heavy packages are imported only where they are allowed."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

from harness.documents import document
from harness.sources import imports

ROOT = Path(__file__).parents[2]

RANKS = [
    ("version", "citation", "palette", "frame", "arrays", "convergence", "ending", "geometry", "moment", "config"),
    ("console", "charts", "client", "experiment_folders"),
    ("networks", "tasks"),
    ("training", "kernels", "metrics", "theory"),
    ("experiments",),
    ("own_data",),
    ("results", "replay", "serving"),
    ("sweeps", "portrait_figures"),
    ("studies", "lessons"),
    ("run_archive",),
    ("web",),
    ("cli", "__main__", "__init__"),
]
"""The parts of lazyrich, lowest first; a part may use those of its own rank and below."""

FILES = sorted(ROOT.glob("lazyrich/**/*.py"))


def part(module: str) -> str:
    """lazyrich.client.protocol -> web; lazyrich itself -> __init__."""
    return [*module.split("."), "__init__"][1]


def rank(module: str) -> int:
    found = [level for level, parts in enumerate(RANKS) if part(module) in parts]
    assert found, f"{module} has no rank: say in this test where it belongs"
    return found[0]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imported(path: Path) -> set[str]:
    """All modules that a file imports, within functions too."""
    found = set()
    for node in imports(path).all:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        else:
            assert node.level == 0, f"{path}: imports are absolute here"
            # `from lazyrich import kernels` names a module, `from lazyrich.frame import Frame` does not
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names if node.module == "lazyrich" else {node.module}
    return found


def test_imports_point_down_the_ranks():
    upward = [
        f"{module_of(path)} imports {module}, which stands above it"
        for path in FILES
        if path != ROOT / "lazyrich" / "__init__.py"
        for module in sorted(imported(path))
        if (module == "lazyrich" or module.startswith("lazyrich.")) and rank(module) > rank(module_of(path))
    ]
    assert upward == []


def test_only_the_web_side_imports_streamlit():
    users = {path for path in FILES if any(name.split(".")[0] == "streamlit" for name in imported(path))}
    assert {module_of(path) for path in users if part(module_of(path)) != "web"} == set()


def test_importing_lazyrich_brings_no_heavy_package_nor_does_help_on_its_commands_beyond_numpy():
    script = (
        "import sys, lazyrich\n"
        "heavy = {'torch', 'streamlit', 'plotly', 'pandas', 'pyarrow'}\n"
        "assert not {'numpy', *heavy} & set(sys.modules)\n"
        "from lazyrich.cli.commands import main\n"
        "assert main([]) == 0\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=True)


NO_TORCH = (
    "lazyrich.experiments",
    "lazyrich.studies.command",
    "lazyrich.serving.pool",
    "lazyrich.results.export",
    "app",
)


def test_the_web_process_imports_no_torch():
    modules = [module_of(path) for path in FILES if part(module_of(path)) == "web"]
    script = (
        "import importlib, sys\n"
        f"for name in {[*modules, *NO_TORCH]}:\n"
        "    importlib.import_module(name)\n"
        "    assert 'torch' not in sys.modules, f'{name} brings torch'\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_the_picture_in_contributing_has_all_floors_and_folders_of_the_web_part():
    [picture] = [block for block in document("CONTRIBUTING.md").blocks("text") if block.startswith("app.py")]
    lines = [line.split("   ")[0].replace("/", "") for line in picture.splitlines()[1:] if line and line[0] != " "]
    assert [set(line.split()) for line in lines] == [set(parts) for parts in reversed(RANKS)]
    inner = set(re.findall(r"^    (\w+)/", picture, flags=re.MULTILINE))
    assert inner == {path.name for path in (ROOT / "lazyrich/web").iterdir() if path.is_dir() and path.name[0] != "_"}
