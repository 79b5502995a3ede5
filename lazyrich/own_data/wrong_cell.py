"""Explain why a cell of a table is not a number, and what to write instead.

    explain("5,25")     "'5,25' in column {column}; numbers have a decimal point: write 5.25."

Each kind of cell that occurs in files has its own sentence, as wrong advice, such as to read thousands as decimals,
leads to wrong numbers.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

MISSING: Final = frozenset(
    {"na", "n/a", "<na>", "#n/a", "#n/a n/a", "#na", "-1.#ind", "1.#ind", "1.#qnan", "-1.#qnan", "nan", "-nan", "nat"}
    | {"none", "null", "nil", "missing", "undefined", "void", "?", "-", "--", "---", ".", "..", "*", "n.a.", "n.d."}
)
"""Marks of a missing value in programs, in lower case."""

_ERRORS: Final = frozenset({"#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!", "#error!", "#spill!", "#calc!"})
_TRUTHS: Final = frozenset({"true", "false", "yes", "no", "t", "f", "y", "n", "wahr", "falsch", "vrai", "faux"})
_BLANK: Final = " \t\r\n"
_SPACES: Final = "\u00a0\u202f\u2009\u2007 '\u2019"
_MINUS: Final = "\u2212\u2013\u2014\u2012\ufe63\uff0d"
_NUMBER: Final = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_CURRENCY: Final = "$€£¥₹₩₽¢"
_MONTHS: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"


def is_number(cell: str) -> bool:
    """Return whether a cell is a number in ASCII digits with a decimal point, optionally with a power of ten."""
    if "_" in cell or not cell.isascii():
        return False
    try:
        float(cell)
    except ValueError:
        return False
    return True


def is_missing(cell: str) -> bool:
    """Return whether a cell marks a missing value."""
    return not cell.strip() or cell.strip().lower() in MISSING


def is_error(line: str) -> bool:
    """Return whether a line begins with the error of a spreadsheet or with its mark of a missing value."""
    return bool(re.match(r"#(?:n/?a|div/0!|value!|ref!|name\?|num!|null!|error!|spill!|calc!)(?![\w ])", line.lower()))


def is_meant_as_number(cell: str) -> bool:
    """Return whether a cell is a number in another notation, so that it cannot be a name."""
    return bool(_rewritten(cell.strip(_BLANK)))


def explain(cell: str) -> str:
    """Explain in a sentence why a cell is not a number and what to write instead.

    Args:
        cell: Text of the cell.

    Returns:
        For example "'5 kg' in column {column} has a unit: write 5, and the unit in the column's name.", in which the
        caller fills in `{column}`.
    """
    text = cell.strip(_BLANK)
    given = _quoted(text)
    here = f"{given} in column {{column}}"
    if not text.strip():
        return "nothing in column {column}; every row has a number in each column: fill it in or leave the row out."
    lower = text.lower()
    if lower in MISSING:
        return f"{here} marks a missing value; every row has a number in each column: fill it in or leave the row out."
    if lower in _ERRORS:
        return f"{here} is an error of a spreadsheet: mend its formula and export the table again."
    if rewritten := _rewritten(text):
        return f"{here}{rewritten}"
    if lower in _TRUTHS:
        return f"{here} is a truth value: write 1 for true and 0 for false."
    return f"{here} {_other(text)}"


def _rewritten(text: str) -> str:
    """Explain a number in another notation; empty for any other text."""
    if re.search(f"^[{_MINUS}]", text) and is_number("-" + text[1:]):
        return f" is not a number: its minus sign is none of the keyboard's: write -{text[1:]}."
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3}){2,}(\.\d*)?", text) or re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+\.\d*", text):
        return f" has commas between thousands: write {text.replace(',', '')}."
    if re.fullmatch(r"[+-]?[1-9]\d{0,2},\d{3}", text):
        return (
            f" has a comma that may be of thousands or of decimals: write {text.replace(',', '')} or "
            f"{text.replace(',', '.')}, whichever it is."
        )
    if re.fullmatch(r"[+-]?\d*,\d+([eE][+-]?\d+)?|[+-]?\d+,", text):
        return f"; numbers have a decimal point: write {text.replace(',', '.').rstrip('.')}."
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3})+,\d*", text):
        return f" has points between thousands and a decimal comma: write {text.replace('.', '').replace(',', '.')}."
    if re.fullmatch(r"[+-]?\d{1,3}(\.\d{3}){2,}", text):
        return f" has points between thousands: write {text.replace('.', '')}."
    if re.fullmatch(rf"[+-]?\d{{1,3}}([{_SPACES}]\d{{3}})+([.,]\d*)?", text):
        return f" has spaces or marks between thousands: write {re.sub(f'[{_SPACES}]', '', text).replace(',', '.')}."
    if re.fullmatch(r"[+-]?[\d.]+[dDqQ][+-]?\d+", text) and is_number(re.sub("[dDqQ]", "E", text)):
        return f" has Fortran's exponent: write {re.sub('[dDqQ]', 'E', text)}."
    if re.fullmatch(r"[+-]?\d?\.\d+[+-]\d{3}", text):
        return f" has Fortran's exponent without its letter: write {text[:-4]}E{text[-4:]}."
    if re.fullmatch(r"[+-]?0[xX][0-9a-fA-F]+|[+-]?0[bB][01]+|[+-]?0[oO][0-7]+", text):
        return f" is a whole number in another base: write {int(text, 0)}."
    if re.fullmatch(r"\d+(_\d+)+(\.\d+)?", text):
        return f" is not a number here: write {text.replace('_', '')}."
    if re.fullmatch(r"\((?:\d[\d,]*\.?\d*)\)", text):
        return f" is a negative number as accountants write it: write -{text[1:-1].replace(',', '')}."
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    if seen != text and is_number(seen):
        return f" has characters that cannot be seen: write {seen}."
    plain = unicodedata.normalize("NFKC", text).strip()
    for mark in _MINUS:
        plain = plain.replace(mark, "-")
    if not text.isascii() and any(c.isdigit() for c in text):
        plain = "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in plain)
        if is_number(plain):
            return f" has characters that only look like those of a number: write {plain}."
    return ""


def _other(text: str) -> str:
    """Describe a cell that is not only a number."""
    if text.startswith("="):
        return "is a formula of a spreadsheet: export its value."
    if "∞" in text or re.fullmatch(r"[+-]?inf\w*", text.lower()):
        return "is infinite; only finite numbers can be trained on: leave the row out."
    if re.fullmatch(rf"[+-]?[{_CURRENCY}]\s*[\d.,]+|[+-]?[\d.,]+\s*[{_CURRENCY}]", text):
        return f"is an amount of money: write {_bare(text)}, and the currency in the column's name."
    if re.fullmatch(rf"{_NUMBER}\s*%", text):
        return f"is a percentage: write {_bare(text)} in all rows, or its hundredth part in all."
    if _is_date(text):
        return "is a date or a time: write a number, such as the days since the first row."
    if re.fullmatch(rf"{_NUMBER}\s*/\s*{_NUMBER}", text):
        return "is a fraction: write it as a decimal number."
    if re.fullmatch(rf"\(?{_NUMBER}\s*[+-]\s*(?:\d+\.?\d*|\.\d+)?(?:[eE][+-]?\d+)?\s*[ij]\)?|{_NUMBER}[ij]", text):
        return "is a complex number: write real and imaginary part in columns of their own."
    if re.match(r"[<>≤≥~≈±]", text):
        return "is a bound or an estimate: write a number alone, or leave the row out."
    if re.match(r"[\[({]", text) and re.search(r"\d", text):
        return "holds several numbers or brackets: write each number in a column of its own."
    if re.fullmatch(rf"{_NUMBER}\s*[–-]\s*{_NUMBER}", text):
        return "is a range: write a number, or its two ends in two columns."
    if re.match(r"#|//|%|--", text) or re.search(r"\s(#|//)", text):
        return "is a comment; comments are lines that begin with #: delete it, or write it in a line of its own."
    if re.fullmatch(r"['‘’`´“”].*", text) and is_number(text.strip("'‘’`´“” ")):
        return f"has quotation marks that CSV does not know: write {text.strip(chr(39) + '‘’`´“” ')}."
    if re.fullmatch(rf"{_NUMBER}\s*[^\W\d_].*|{_NUMBER}\s*[°Ωµ].*", text):
        return f"has a unit or a word beside its number: write {_bare(text)}, and the unit in the column's name."
    if re.search(r"\d\s+[+-]?[\d.]", text):
        return "holds several numbers with spaces between them: separate all columns by commas."
    if re.fullmatch(rf"{_NUMBER}\s*(?:[x×*·]\s*)?10\s*(?:\^|\*\*)?\s*[({{]?[+-]?\d+[)}}]?|.*10[⁻⁺]?[⁰¹²³⁴-⁹]+", text):
        return "is a power of ten: write it as 1.5e3."
    return "is not a number: leave columns of text out, or write them as numbers."


def _bare(text: str) -> str:
    """Return the number in a cell with further text, without commas between thousands."""
    found = re.search(r"[\d.,]*\d\.?(?:[eE][+-]?\d+)?", text)
    number = found[0] if found else text
    sign = "-" if text.lstrip().startswith("-") else ""
    whole = re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d*)?", number)
    return sign + (number.replace(",", "") if whole else number.replace(",", ".")).rstrip(".")


def _is_date(text: str) -> bool:
    lower = text.lower()
    return bool(
        re.fullmatch(r"\d{4}[-/.]\d{1,2}([-/.]\d{1,2})?([t ].*)?", lower)
        or re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}( .*)?", lower)
        or re.fullmatch(r"\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[ap]m)?", lower)
        or re.fullmatch(rf"\d{{1,2}}[. -]*{_MONTHS}\.?[ -]*(\d{{2,4}})?|{_MONTHS}\.? +\d{{1,2}}(,? +\d{{4}})?", lower)
        or re.fullmatch(r"(\d+ days?,? )?\d{1,2}:\d{2}:\d{2}.*", lower)
    )


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")
