"""The modules of the browser in one file, and its styles in another.

So a page does not ask for each of a hundred, level by level.

The files stay what a browser can load as they are, and tests load them so. Joined, each module is a function that is
called once, after those that it imports from:

    const stream__eta = (() => {
    class Eta { ... }
    return { Eta };
    })();

Modules in entry/ are served one by one: a component loads one of them, which sends for plotly.js first of all.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Final

BUNDLE: Final = "modules.js"

_IMPORT: Final = re.compile(r'^import (?:\{([^{}]*)\} from )?"(\.[^"]+)";$', re.MULTILINE)
_LAZY: Final = re.compile(r'\bimport\("(\.[^"]+)"\)')
_EXPORT: Final = re.compile(r"^export (?=(?:(?:async )?function|class|const) (\w+))", re.MULTILINE)
_SHEET: Final = re.compile(r'^@import "(\.[^"]+)";$', re.MULTILINE)
_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
_OTHER: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def bundle(modules: Mapping[str, str]) -> dict[str, str]:
    """Join modules, by their paths below one folder, into BUNDLE, and those in entry/ as they import from it.

    Raises:
        ValueError: If a module imports or exports in another form than the ones here, from a file that is not there,
            or from itself by way of others.
    """
    variables: dict[str, str] = {}
    for name in modules:
        if (other := variables.setdefault(_variable(name), name)) != name:
            raise ValueError(f"{other} and {name} would have one name in the bundle.")
    joined = {name: text for name, text in modules.items() if not _is_entry(name)}
    uses = {name: [_target(name, match[2], modules) for match in _IMPORT.finditer(joined[name])] for name in joined}
    try:
        order = [name for name in TopologicalSorter(uses).static_order() if name in joined]
    except CycleError as error:
        raise ValueError(f"Modules import each other in a circle: {' -> '.join(error.args[1])}.") from None
    entries = sorted({used for names in uses.values() for used in names if _is_entry(used)})
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
