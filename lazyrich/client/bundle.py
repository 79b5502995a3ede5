"""The modules of the browser in one file, and its styles in another.

So a page does not ask for each of a hundred, level by level.

The files stay what a browser can load as they are, and tests load them so. Joined, each module is a function that is
called once, after those that it imports from:

    const stream__eta = (() => {
    class Eta { ... }
    return { Eta };
    })();

Modules in entry/ are served one by one: a component loads one of them, which sends for plotly.js first of all.

A file without a server cannot import: `script` joins one module and all that it needs into a script without imports.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Final

BUNDLE: Final = "modules.js"

_IMPORT: Final = re.compile(r'^import (?:\{([^{}]*)\} from )?"(\.[^"]+)";$', re.MULTILINE)
_LAZY: Final = re.compile(r'\bimport\("(\.[^"]+)"\)')
_EXPORT: Final = re.compile(r"^export (?=(?:(?:async )?function|class|const) (\w+))", re.MULTILINE)
_SHEET: Final = re.compile(r'^@import "(\.[^"]+)";$', re.MULTILINE)
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_FILE: Final = re.compile(r'new URL\("([^"]+)", import\.meta\.url\)\.href')
_OTHER: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(modules: Mapping[str, str]) -> dict[str, str]:
    """Join modules, by their paths below one folder, into BUNDLE, and those in entry/ as they import from it.

    Raises:
        ValueError: If a module imports or exports in another form than the ones here, from a file that is not there,
            or from itself by way of others.
    """
    joined = {name: text for name, text in modules.items() if not _is_entry(name)}
    order, uses = _ordered(modules, list(joined))
    entries = sorted({used for names in uses.values() for used in names if _is_entry(used)})
    order = [name for name in order if name in joined]
    parts = [f'import * as {_variable(name)} from "./{name}";' for name in entries]
    parts += [_function(name, joined[name], modules) for name in order]
    parts.append(f"export {{ {', '.join(map(_variable, order))} }};")
    served = {name: _entry(name, text, modules) for name, text in modules.items() if _is_entry(name)}
    return {BUNDLE: "\n".join(parts) + "\n", **served}


def join_styles(sheets: Mapping[str, str]) -> dict[str, str]:
    """Put what a style sheet imports in its place; a sheet that another one imports is not served by itself.

    Raises:
        ValueError: If a sheet is imported that is not there.
    """
    imported = set()

    def text(name: str) -> str:
        def placed(match: re.Match[str]) -> str:
            target = _target(name, match[1], sheets)
            imported.add(target)
            return text(target)

        return _SHEET.sub(placed, sheets[name])

    joined = {name: text(name) for name in sheets}
    return {name: whole for name, whole in joined.items() if name not in imported}


def script(modules: Mapping[str, str], start: str, file: Callable[[str], str]) -> str:
    """Join the module `start` and all that it imports, by way of others too, into a script without imports.

    Args:
        modules: Text of each module by its path below one folder.
        start: Path of the module that is run last.
        file: Gives the address of a file, such as a style sheet, from its path below that folder.

    Raises:
        ValueError: As in `bundle`.
    """
    needed: list[str] = [start]
    for name in needed:
        targets = [_target(name, match[2], modules) for match in _IMPORT.finditer(modules[name])]
        needed += [target for target in targets if target not in needed]
    order, _ = _ordered(modules, needed)

    def addressed(name: str, text: str) -> str:
        path = posixpath.dirname(name)
        return _FILE.sub(lambda match: f'"{file(posixpath.normpath(posixpath.join(path, match[1])))}"', text)

    parts = [_function(name, addressed(name, modules[name]), modules) for name in order]
    return "\n".join(["(() => {", '"use strict";', *parts, "})();"]) + "\n"


def _ordered(modules: Mapping[str, str], names: Sequence[str]) -> tuple[list[str], dict[str, list[str]]]:
    """The modules in an order in which each comes after those that it imports, and which those are."""
    variables: dict[str, str] = {}
    for name in modules:
        if (other := variables.setdefault(_variable(name), name)) != name:
            raise ValueError(f"{other} and {name} would have one name in the bundle.")
    uses = {name: [_target(name, match[2], modules) for match in _IMPORT.finditer(modules[name])] for name in names}
    try:
        return list(TopologicalSorter(uses).static_order()), uses
    except CycleError as error:
        raise ValueError(f"Modules import each other in a circle: {' -> '.join(error.args[1])}.") from None


def _function(name: str, text: str, modules: Mapping[str, str]) -> str:
    """A module as a function, called at once, that returns what the module exports."""
    exports = _EXPORT.findall(text)

    def imported(match: re.Match[str]) -> str:
        target = _target(name, match[2], modules)
        return f"const {{{_renamed(match[1])}}} = {_variable(target)};" if match[1] else ""

    body = _checked(name, _EXPORT.sub("", _IMPORT.sub(imported, text)))
    # files are found by their place beside the module
    body = body.replace("import.meta.url", f'new URL("./{name}", import.meta.url).href')
    return f"const {_variable(name)} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();"


def _entry(name: str, text: str, modules: Mapping[str, str]) -> str:
    """A module of entry/ that takes from BUNDLE what is there."""
    up = posixpath.relpath(BUNDLE, posixpath.dirname(name))

    def imported(match: re.Match[str]) -> str:
        target = _target(name, match[2], modules)
        if _is_entry(target):
            return match[0]
        variable = _variable(target)
        return f'import {{ {variable} }} from "{up}"; const {{{_renamed(match[1])}}} = {variable};'

    def lazily(match: re.Match[str]) -> str:
        return f'import("{up}").then((all) => all.{_variable(_target(name, match[1], modules))})'

    return _LAZY.sub(lazily, _IMPORT.sub(imported, text))


def _checked(name: str, text: str) -> str:
    """The text, which has no import or export any more, but for those of types in comments."""
    code = _COMMENT.sub("", text)
    if left := _OTHER.search(code) or _LAZY.search(code):
        raise ValueError(f"{name} has {left[0]!r}: import {{names}} from a file; export functions, classes, consts.")
    return text


def _target(name: str, address: str, modules: Mapping[str, str]) -> str:
    """The path of a module that another imports."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
    if target not in modules:
        raise ValueError(f"{name} imports {address}, which is not there.")
    return target


def _is_entry(name: str) -> bool:
    return name.startswith("entry/")


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name.removesuffix(".js").replace("/", "__"))


def _renamed(names: str) -> str:
    """The names of an import as those of a destructuring: `a as b` is `a: b` there."""
    return re.sub(r"(\w+) as (\w+)", r"\1: \2", names)
