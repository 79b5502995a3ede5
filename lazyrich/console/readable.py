r"""Text for terminals and files that know few characters: τ becomes tau, ² becomes ^2, … becomes ...

    readable("τ = 0.1, |w|²", "ascii")          "tau = 0.1, |w|^2"

Only what the encoding lacks is replaced; what has no name here is written as Python escapes it, \u2603.
"""

from __future__ import annotations

import codecs
import unicodedata
from typing import Final

__all__ = ["readable"]

MARKS: Final = {
    **{"−": "-", "–": "-", "—": "-", "×": "x", "·": "*", "±": "+-", "⁄": "/", "√": "sqrt ", "∇": "grad ", "∞": "inf"},
    **{"≤": "<=", "≥": ">=", "≪": "<<", "≫": ">>", "≈": "~", "→": "->", "←": "<-", "⟨": "<", "⟩": ">", "‖": "||"},
    **{"’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "′": "'", "°": " degrees", "%": "%", "\u00a0": " "},
}
"""Marks of texts and formulas, in ASCII."""

HANDLER: Final = "lazyrich.readable"


def readable(text: str, encoding: str | None) -> str:
    """Return the text with what `encoding` cannot write replaced, and half characters of file names escaped."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, HANDLER).decode(encoding)


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(character: str) -> str:
    """One character in ASCII."""
    if character in MARKS:
        return MARKS[character]
    if "\udc80" <= character <= "\udcff":
        # a byte of a file's name that is no UTF-8, as Python hands it on
        return f"\\x{ord(character) - 0xDC00:02x}"
    kind, _, parts = unicodedata.decomposition(character).rpartition(">")
    if kind in ("<super", "<sub", "<fraction"):
        plain = "".join(_ascii(chr(int(part, 16))) for part in parts.split())
        return {"<super": "^", "<sub": "_"}.get(kind, "") + plain
    words = unicodedata.name(character, "").split()
    if len(words) == 4 and words[0] == "GREEK" and words[2] == "LETTER":
        return words[3].capitalize() if words[1] == "CAPITAL" else words[3].lower()
    return character if character.isascii() else character.encode("ascii", "backslashreplace").decode()


codecs.register_error(HANDLER, _replace)
