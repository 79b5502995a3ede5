"""Read plain Markdown into paragraphs, lists and spans, for a browser to build as text nodes.

It supports paragraphs, lists with - or 1., **strong**, *emphasis* and `code`. Everything else, such as HTML, links,
pictures and formulas, is shown as the text that it is.
"""

from __future__ import annotations

import re
from typing import Final, Literal, TypedDict


class Span(TypedDict):
    """A piece of text in one style."""

    style: Literal["plain", "strong", "em", "code"]
    text: str


class Block(TypedDict):
    """A list, or a paragraph, which has one item."""

    kind: Literal["p", "ul", "ol"]
    items: list[list[Span]]


_ITEM: Final = re.compile(r"(?:(-|\*)|\d{1,3}[.)])\s+(.*)", re.DOTALL)
_STYLED: Final = re.compile(r"(?<!\\)(\*\*|\*|`)(?=\S)(.+?)(?<=\S)(?<!\\)\1", re.DOTALL)
_STYLES: Final[dict[str, Literal["strong", "em", "code"]]] = {"**": "strong", "*": "em", "`": "code"}


def blocks(text: str) -> list[Block]:
    """Return the blocks of a text; a blank line or the start of a list item begins a new block."""
    found: list[Block] = []
    for chunk in _chunks(text):
        item = _ITEM.match(chunk)
        if item is None:
            found.append({"kind": "p", "items": [spans(chunk)]})
            continue
        kind: Literal["ul", "ol"] = "ul" if item[1] else "ol"
        if not found or found[-1]["kind"] != kind:
            found.append({"kind": kind, "items": []})
        found[-1]["items"].append(spans(item[2]))
    return found


def _chunks(text: str) -> list[str]:
    chunks: list[list[str]] = [[]]
    for line in map(str.strip, text.splitlines()):
        if not line or _ITEM.match(line):
            chunks.append([])
        if line:
            chunks[-1].append(line)
    return [" ".join(lines) for lines in chunks if lines]


def spans(text: str) -> list[Span]:
    """Return the spans of a paragraph."""
    found: list[Span] = []
    at = 0
    for match in _STYLED.finditer(text):
        found += _plain(text[at : match.start()])
        found.append({"style": _STYLES[match[1]], "text": _literal(match[2])})
        at = match.end()
    return found + _plain(text[at:])


def _plain(text: str) -> list[Span]:
    return [{"style": "plain", "text": _literal(text)}] if text else []


def _literal(text: str) -> str:
    return re.sub(r"\\([\\*`{}])", r"\1", text)
