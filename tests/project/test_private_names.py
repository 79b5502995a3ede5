"""Private parts of Streamlit are used in lazyrich/web/streamlit_compat alone, those of plotly.js in one script."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import ModuleType

import pytest
import streamlit

ROOT = Path(__file__).parents[2]
COMPAT = ROOT / "lazyrich/web/streamlit_compat"
SOURCES = sorted(
    path
    for path in (ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("lazyrich/**/*.py"))
    if not path.is_relative_to(COMPAT)
)
FILES = sorted(path for path in COMPAT.glob("*.py") if path.stem != "__init__")
INTERNALS = ROOT / "lazyrich/web/static/core/plotly_internals.js"
SCRIPTS = sorted(path for path in ROOT.glob("lazyrich/web/static/**/*.js") if path != INTERNALS)

PUBLIC_MODULES = {"components", "column_config"}
"""Modules of Streamlit that its documentation names."""

UNUSUAL = {("streamlit", None)}
"""Imports without a short name by which their use can be found."""

WORDS = ("Private", "Why", "Public way")
"""Headings in the docstring of every file of streamlit_compat."""

ADDRESSES = re.compile(r"_stcore|_streamlit_|/media/|/component/")
"""Addresses of Streamlit, and a part of the names of its cookies."""

OF_OTHERS = {("connections.py", "listening._sock")}
"""Underscore names in the web part that belong to asyncio, not to Streamlit."""


def name_of(node: ast.expr) -> str:
    """st.session_state of `st.session_state`; "" for what is no chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{name_of(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def faults(path: Path, text: str) -> list[str]:
    """Return the private parts of Streamlit that a file with this text uses."""
    tree = ast.parse(text)
    found = []
    in_web = path.is_relative_to(ROOT / "lazyrich/web") or not path.is_relative_to(ROOT / "lazyrich")
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [one.name for one in node.names if one.name.startswith("streamlit.")]
            found += [f"{one.name} without its usual name" for one in node.names if (one.name, one.asname) in UNUSUAL]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "streamlit":
            found += [f"{node.module}.{one.name}" for one in node.names]
        elif isinstance(node, ast.Attribute):
            name, of = name_of(node), name_of(node.value)
            value = getattr(streamlit, node.attr, None)
            if of == "st" and isinstance(value, ModuleType) and node.attr not in PUBLIC_MODULES:
                found.append(name)
            private = node.attr.startswith("_") and not node.attr.startswith("__")
            if in_web and private and of not in ("self", "cls") and (path.name, name) not in OF_OTHERS:
                found.append(name or ast.unparse(node))
        elif isinstance(node, ast.Call) and name_of(node.func) in ("getattr", "setattr", "hasattr", "delattr"):
            asked = node.args[1].value if isinstance(node.args[1], ast.Constant) else ""
            if in_web and str(asked).startswith("_") and not str(asked).startswith("__"):
                found.append(ast.unparse(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and ADDRESSES.search(node.value):
            found.append(node.value)
    return found


@pytest.mark.parametrize(
    "text",
    [
        "import streamlit.runtime.stats",
        "import streamlit",
        "from streamlit import config",
        "from streamlit.web.server.server_util import get_url",
        "import streamlit as st\nst.runtime.exists()",
        "import streamlit as st\nst.session_state._state",
        "import streamlit as st\nlog = getattr(st.session_state, '_state')",
        "def of(manager):\n    return manager._file_metadata",
        "PATH = '/_stcore/stream'",
        "COOKIE = f'_streamlit_{1}'",
    ],
)
def test_private_parts_are_found(text):
    assert faults(ROOT / "lazyrich/web/page/some.py", text)


def test_only_streamlit_compat_uses_private_parts_of_streamlit():
    found = {str(path.relative_to(ROOT)): faults(path, path.read_text(encoding="utf-8")) for path in SOURCES}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_each_private_part_has_its_reason_its_public_way_and_a_contract(path):
    document = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert [re.search(rf"^{word}: \S", document, flags=re.MULTILINE) is not None for word in WORDS] == [True] * 3
    tests = [test.read_text(encoding="utf-8") for test in ROOT.glob("tests/web/streamlit_compat/test_*.py")]
    assert any(f'contract("{path.stem}")' in text for text in tests), f"{path.stem} has no contract test"


def test_no_other_script_reads_a_private_part_of_plotly():
    # texts and comments apart, no script here has names that begin with an underscore
    private = re.compile(r"(?<![\w}$`])_[A-Za-z]\w*|\[[\"'`]_\w+")
    found = {str(path.relative_to(ROOT)): private.findall(path.read_text(encoding="utf-8")) for path in SCRIPTS}
    assert {path: names for path, names in found.items() if names} == {}
    assert set(private.findall(INTERNALS.read_text(encoding="utf-8"))) == {"_fullLayout", "_offset", "_length"}
