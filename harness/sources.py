"""Read the imports of source files, each file once for all tests that ask."""

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple


class Imports(NamedTuple):
    """All import statements of a file, and those of them that only type checkers read."""

    all: tuple[ast.Import | ast.ImportFrom, ...]
    for_types: tuple[ast.Import | ast.ImportFrom, ...]


@cache
def imports(path: Path) -> Imports:
    """Return the import statements of a file, within functions too."""
    found: list[ast.Import | ast.ImportFrom] = []
    for_types: list[ast.Import | ast.ImportFrom] = []

    def read(node: ast.AST, typed: bool) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found.append(node)
            for_types.extend([node] if typed else [])
        # imports are statements, so skip expressions, which are most of a file
        for statements in ("body", "handlers", "orelse", "finalbody", "cases"):
            inner = getattr(node, statements, ())
            for one in inner if isinstance(inner, list) else ():
                read(one, typed or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)))

    read(ast.parse(path.read_text(encoding="utf-8")), False)
    return Imports(tuple(found), tuple(for_types))
