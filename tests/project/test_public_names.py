"""The public names: listed in order, importable, documented."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import lazyrich
from docs import public_names
from lazyrich.experiments import registry

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.glob("lazyrich/**/*.py"))


def test_all_public_names_are_listed_in_alphabetical_order():
    assert lazyrich.__all__ == sorted(lazyrich.__all__)


@pytest.mark.parametrize("name", lazyrich.__all__)
def test_every_public_name_is_there_and_documented(name):
    value = getattr(lazyrich, name)
    assert name == "__version__" or value.__doc__
    assert name in dir(lazyrich)


def test_type_checkers_see_the_same_names_in_the_same_modules_as_users():
    written = public_names.STUB.read_text(encoding="utf-8")
    assert written == public_names.stub(), "python -m docs.public_names writes it anew"
    tree = ast.parse(written)
    seen = {alias.name: node.module for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert sorted(seen) == lazyrich.__all__
    for name, module in seen.items():
        assert getattr(import_module(module), name) is getattr(lazyrich, name)


def test_every_experiment_can_be_imported_from_lazyrich():
    for name, config in registry.items():
        assert config.name == name
        assert re.sub(r"(?<!^)(?=[A-Z])", "-", config.__name__).lower() == name
        assert getattr(lazyrich, config.__name__) is config


def test_an_unknown_name_is_an_attribute_error_that_lists_the_names():
    with pytest.raises(AttributeError, match=r"lazyrich has no tarin; its public names are .*train"):
        _ = lazyrich.tarin


def public(body: list[ast.stmt], within: str = "") -> dict[str, ast.AST]:
    """Public functions and classes by dotted name, methods too; a Protocol's members are explained by its own text."""
    found: dict[str, ast.AST] = {}
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            found[within + node.name] = node
            if isinstance(node, ast.ClassDef) and "Protocol" not in map(ast.unparse, node.bases):
                found |= public(node.body, f"{within}{node.name}.")
    return found


def test_every_module_and_public_object_has_a_docstring():
    silent = []
    for path in FILES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        nodes = {"the module": tree, **public(tree.body)} if tree.body else {}
        silent += [f"{path.relative_to(ROOT)}: {name}" for name, node in nodes.items() if not ast.get_docstring(node)]
    assert silent == []
