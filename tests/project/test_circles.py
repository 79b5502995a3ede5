"""The package has no import cycles, not even through imports within functions."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

from harness.sources import imports
from tests.project.test_ranks import FILES, module_of

MODULES = {module_of(path): path for path in FILES}


def used(name: str) -> set[str]:
    """The files of the package that one of them imports; what only type checkers import does not count."""
    statements = imports(MODULES[name])
    found = set()
    for node in statements.all:
        if node in statements.for_types:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif node.module:
            within = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in MODULES else node.module for one in within}
    return (found & MODULES.keys()) - {name}


def test_no_file_imports_itself_by_way_of_others():
    try:
        TopologicalSorter({name: used(name) for name in MODULES}).prepare()
    except CycleError as error:
        raise AssertionError(f"a circle of imports: {' -> '.join(error.args[1])}") from None
