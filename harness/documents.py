"""Read the documents of the project: commands, links and code blocks in them.

for document in documents():
    print(document.name, document.commands)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]

_FENCED: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Document:
    """One Markdown file of the project.

    Args:
        path: Path of the file.
    """

    path: Path

    @property
    def name(self) -> str:
        """Return its path from the root of the project."""
        return self.path.relative_to(ROOT).as_posix()

    @cached_property
    def text(self) -> str:
        """Return its whole text."""
        return self.path.read_text(encoding="utf-8")

    def blocks(self, language: str) -> list[str]:
        """Return the contents of its fenced blocks in a language, in order."""
        return [block for kind, block in _FENCED.findall(self.text) if kind == language]

    @cached_property
    def prose(self) -> str:
        """Return the text outside fenced blocks."""
        return _FENCED.sub("", self.text)

    @cached_property
    def inline(self) -> list[str]:
        """Return the texts in backticks within sentences and tables, also across line ends."""
        return [" ".join(found.split()) for found in re.findall(r"`((?:[^`\n]|\n(?!\n))+)`", self.prose)]

    @cached_property
    def commands(self) -> list[str]:
        """Return the lines of its shell blocks without comments, and the texts in backticks."""
        lines = [line.partition("  #")[0].strip() for block in self.blocks("sh") for line in block.splitlines()]
        return [*lines, *self.inline]

    @cached_property
    def links(self) -> list[str]:
        """Return the targets of its links within the project, such as docs/theory.md or LICENSE#anchor."""
        found = re.findall(r"\]\(([^)\s]+)\)", self.prose)
        return [target for target in found if not re.match(r"\w+:", target)]

    @cached_property
    def anchors(self) -> set[str]:
        """Return the possible anchors of links within it: its headings as GitHub writes them in addresses."""
        headings = re.findall(r"^#+ (.+)$", self.prose, flags=re.MULTILINE)
        return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def documents() -> list[Document]:
    """Return README.md and its neighbours first, then those in docs/."""
    return [Document(path) for path in (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")))]


def document(name: str) -> Document:
    """Return one document by its path from the root of the project."""
    return Document(ROOT / name)
