"""The list of everything that the app installs: `python -m docs.dependencies` writes docs/dependencies.md anew.

For audits where the databases of `make audit` cannot be reached. It follows requirements.txt in the environment that it
runs in, down to the last dependency.
"""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LIST = Path(__file__).with_suffix(".md")


def direct() -> list[str]:
    """The names in requirements.txt."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return [canonicalize_name(Requirement(line).name) for line in lines if line and not line.startswith("#")]


def installed() -> dict[str, str]:
    """Name and version of all that is installed for them."""
    found: dict[str, str] = {}
    wanted = direct()
    while wanted:
        name = wanted.pop()
        if name in found:
            continue
        try:
            package = distribution(name)
        except PackageNotFoundError:  # for another platform
            continue
        found[name] = package.version
        for text in package.requires or []:
            requirement = Requirement(text)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                wanted.append(canonicalize_name(requirement.name))
    return dict(sorted(found.items()))


def table() -> str:
    """The document."""
    rows = [f"| {name} | {version} | {'yes' if name in direct() else ''} |" for name, version in installed().items()]
    return "\n".join(
        [
            "# What the app installs",
            "",
            f"As tested on {platform.system()} with Python {platform.python_version()} and torch for the CPU.",
            "`python -m docs.dependencies` writes this list; `make audit` looks an installation up in the databases of",
            "known vulnerabilities.",
            "",
            "| package | version | pinned in requirements.txt |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    LIST.write_text(table(), encoding="utf-8")
