r"""Text for terminals and files with a small character set: τ becomes tau, ² becomes ^2, … becomes ...

    readable("τ = 0.1, |w|²", "ascii")          "tau = 0.1, |w|^2"

Only characters that the encoding lacks are replaced; one without a name here becomes an escape of Python, \u2603.
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
    """Return text that an encoding can write.

    Args:
        text: Any text; bytes of a file name that are not UTF-8 (lone surrogates) are escaped.
        encoding: Name of the encoding; None for ASCII.

    Returns:
        The text with all other characters replaced.
    """
    encoding = encoding or "utf-8"
    return text.encode(encoding, HANDLER).decode(encoding)


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(character: str) -> str:
    """Return one character in ASCII."""
    if character in MARKS:
        return MARKS[character]
    if "\udc80" <= character <= "\udcff":
        # a byte of a file name that is not UTF-8, which Python represents as a lone surrogate
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
