"""The public names for editors and readers: `python -m docs.public_names` writes what lists them anew.

`lazyrich/__init__.pyi` says where each name of `lazyrich` comes from; a table in docs/library.md has those of all
public modules.
"""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import lazyrich

ROOT = Path(__file__).parents[1]
STUB = ROOT / "lazyrich" / "__init__.pyi"
DOCUMENT = ROOT / "docs" / "library.md"

WHOLE = ("lazyrich", *(f"lazyrich.{module}" for module in ("theory", "kernels", "metrics", "training")))
"""Modules of which all names in `__all__` are public; of the others the table has some."""

HEAD = "# What `from lazyrich import ...` finds. Written by `python -m docs.public_names` from lazyrich/__init__.py.\n"


def stub() -> str:
    """Return the whole stub: an import for each module with public names, and the list of all names."""
    imports = sorted(f"from {module} import {name} as {name}\n" for name, module in lazyrich._HOME.items())
    names = "".join(f'    "{name}",\n' for name in lazyrich.__all__)
    return f"{HEAD}\n{''.join(imports)}\n__all__ = [\n{names}]\n"


def table(text: str) -> str:
    """Return docs/library.md with the names that the modules have now."""
    for module in WHOLE:
        names = ", ".join(f"`{name}`" for name in import_module(module).__all__)
        row = rf"^\| `{re.escape(module)}` \| `.+` \|$"
        text, found = re.subn(row, f"| `{module}` | {names} |", text, flags=re.MULTILINE)
        assert found == 1, f"docs/library.md has {found} rows for {module}"
    return text


if __name__ == "__main__":
    STUB.write_text(stub(), encoding="utf-8")
    DOCUMENT.write_text(table(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
