"""Join the JavaScript modules into one file, and the style sheets into another.

A page then does not request a hundred modules one by one, level by level.

A browser can also load the separate files as they are, and tests do. In the bundle each module is a function that is
called once, after the modules that it imports:

    const stream__eta = (() => {
    class Eta { ... }
    return { Eta };
    })();

JSDoc comments are left out: they are a quarter of what a browser would have to load.

Modules in entry/ are served one by one: a component loads one of them, which requests plotly.js first.

A file without a server cannot import: `script` joins a module and its dependencies into a script without imports.
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
_JSDOC: Final = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.DOTALL | re.MULTILINE)
_FILE: Final = re.compile(r'new URL\("([^"]+)", import\.meta\.url\)\.href')
_OTHER: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(modules: Mapping[str, str]) -> dict[str, str]:
    """Join modules into BUNDLE; keep those in entry/ separate, with imports from it.

    Args:
        modules: Text of each module by its path below one folder.

    Returns:
        Text of each file to serve by its path.

    Raises:
        ValueError: If a module uses a form of import or export that is not supported here, imports a file that does
            not exist, or is part of an import cycle.
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
    """Replace each import in a style sheet by the imported text; a sheet that another one imports is not kept.

    Args:
        sheets: Text of each sheet by its path below one folder.

    Returns:
        Text of each sheet to serve by its path.

    Raises:
        ValueError: If an imported sheet does not exist.
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
    """Join the module `start` and all its direct and indirect imports into a script without imports.

    Args:
        modules: Text of each module by its path below one folder.
        start: Path of the module that runs last.
        file: Function from the path of a file below that folder, such as a style sheet, to its address.

    Returns:
        The script.

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
    """Return the modules in an order in which each follows its imports, and the imports of each."""
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
    """Return a module as a function, called at once, that returns the module's exports."""
    exports = _EXPORT.findall(text)

    def imported(match: re.Match[str]) -> str:
        target = _target(name, match[2], modules)
        return f"const {{{_renamed(match[1])}}} = {_variable(target)};" if match[1] else ""

    body = _checked(name, _EXPORT.sub("", _IMPORT.sub(imported, _JSDOC.sub("", text))))
    # a module finds other files relative to its own address
    body = body.replace("import.meta.url", f'new URL("./{name}", import.meta.url).href')
    return f"const {_variable(name)} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();"


def _entry(name: str, text: str, modules: Mapping[str, str]) -> str:
    """Return a module of entry/ that imports the bundled modules from BUNDLE."""
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
    """Return the text after checking that no import or export is left, except imports of types in comments."""
    code = _COMMENT.sub("", text)
    if left := _OTHER.search(code) or _LAZY.search(code):
        raise ValueError(f"{name} has {left[0]!r}: import {{names}} from a file; export functions, classes, consts.")
    return text


def _target(name: str, address: str, modules: Mapping[str, str]) -> str:
    """Return the path of an imported module."""
    target = posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
    if target not in modules:
        raise ValueError(f"{name} imports {address}, which is not there.")
    return target


def _is_entry(name: str) -> bool:
    return name.startswith("entry/")


def _variable(name: str) -> str:
    return re.sub(r"\W", "_", name.removesuffix(".js").replace("/", "__"))


def _renamed(names: str) -> str:
    """Return the names of an import in the form of a destructuring: `a as b` becomes `a: b`."""
    return re.sub(r"(\w+) as (\w+)", r"\1: \2", names)
