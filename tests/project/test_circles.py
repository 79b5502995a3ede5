"""No two files of the package import each other, directly or by way of others, not even within functions."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

from tests.project.test_ranks import FILES, module_of

MODULES = {module_of(path): path for path in FILES}


def used(name: str) -> set[str]:
    """The files of the package that one of them imports; what only type checkers import does not count."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    for_types = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    ]
    left_out = {id(inner) for node in for_types for inner in ast.walk(node)}
    found = set()
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            within = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in MODULES else node.module for one in within}
    return (found & MODULES.keys()) - {name}


def test_no_file_imports_itself_by_way_of_others():
    try:
        TopologicalSorter({name: used(name) for name in MODULES}).prepare()
    except CycleError as error:
        raise AssertionError(f"a circle of imports: {' -> '.join(error.args[1])}") from None
