"""Read numbers as people type them: with a decimal comma, grouped thousands, a typographic minus, a power of ten.

What cannot be read, or is out of range, gives a sentence for the visitor.

    number, sentence = typed_number(StudentTeacher.parameters()["delta"], "0,25", -1.0)     # 0.25, ""

Python's `float` reads none of these, and the browser's own number field silently drops text that it cannot read
(streamlit/streamlit#5686 and #12886). A text that may mean two numbers, or none, leaves the field unchanged, with a
sentence.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

from lazyrich.config.schema import Parameter, show

MINUS: Final = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-"))
"""Signs that stand for a minus in texts: hyphens, the figure and the en dash, the minus sign itself."""

MARKS: Final = str.maketrans({"\uff0c": ",", "\uff0e": ".", "\u066b": ".", "\u066c": "'", "\u2019": "'", "\uff0b": "+"})
RAISED: Final = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
POWER: Final = re.compile(
    r"(?P<digits>.*?)\s*[×x*·⋅]\s*10\s*(?:(?:\^|\*\*)\s*(?P<flat>[-+]?\d+)|(?P<raised>[⁻⁺]?[⁰¹²³⁴-⁹]+))"
)
BARE_POWER: Final = re.compile(r"10\s*(?:(?:\^|\*\*)\s*(?P<flat>[-+]?\d+)|(?P<raised>[⁻⁺]?[⁰¹²³⁴-⁹]+))")
"""A power of ten without a number before it, 10^5 or 10⁵."""

EXPONENT: Final = re.compile(r"(?P<digits>.*?[\d.,])\s*[eE](?P<power>[-+]?\d{1,4})")
FRACTION: Final = re.compile(r"(\d+)\s*[/\u2044]\s*(\d+)")

GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:(?P<mark>[,.'_ ])\d{3})(?:(?P=mark)\d{3})*")
"""Digits in groups of three, separated by the same mark."""

INDIAN: Final = re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}")

LONGEST: Final = 60
"""Largest number of characters read, as no number needs more."""


def typed_number(parameter: Parameter, text: str | None, before: Any) -> tuple[Any, str]:
    """Read what was typed into the field of a parameter that is a whole or a real number.

    Returns the number and a sentence for the visitor, empty if the text is clear. If the text means no allowed number,
    or may mean two, the number is the previous one, and the sentence says what is allowed.
    """
    text = (text or "").strip()
    if parameter.unit:
        text = text.removesuffix(parameter.unit).rstrip()
    stays = f"It stays {show(before)}."
    if not text:
        return before, f"{parameter.title} cannot be empty: it must be {parameter.allowed}. {stays}"
    found = readings(text, whole=parameter.type is int)
    inside = [number for number in found if parameter.within(number)]
    if len(inside) == 1:
        (number,) = inside
        taken = f"{parameter.title}: {text} was read as {show(number)}." if len(found) > 1 else ""
        return number, taken
    short = text if len(text) <= 40 else text[:40] + "…"
    if len(inside) > 1:
        ways = " or ".join(show(number) for number in inside)
        return before, f"{parameter.title}: {short} may mean {ways}; write it without the comma. {stays}"
    return before, f"{parameter.title} must be {parameter.allowed}, got {short}. {stays}"


def typed_list(parameter: Parameter, text: str) -> tuple[str, str]:
    """Write what was typed into the field of a list as the schema reads it: with points, and commas between entries.

    Semicolons separate entries with decimal commas. Returns the text and a sentence if it can be read in several ways,
    as 1, 2,5.
    """
    text = text.translate(MINUS).translate(MARKS)
    if ";" in text:
        found = [readings(part, whole=parameter.each is int) for part in text.split(";") if part.strip()]
        inside = [[number for number in numbers if parameter.within(number)] for numbers in found]
        return (show(tuple(numbers for (numbers,) in inside)) if all(len(one) == 1 for one in inside) else text), ""
    if "." not in text and re.search(r",\s", text) and re.search(r"\d,\d", text):
        return text, f"{parameter.title}: {text[:40]} can be read in two ways; put semicolons between the numbers."
    return text, ""


def readings(text: str, whole: bool) -> list[Any]:
    """Return the numbers that a text may mean: none, one, or two where a comma may be of either kind.

    whole: only whole numbers are meant, so that a comma or point before three digits parts thousands.
    """
    text = " ".join(text.translate(MINUS).translate(MARKS).split())
    text = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)
    if len(text) > LONGEST:
        return []
    sign = -1 if text.startswith("-") else 1
    text = text[1:].strip() if text[:1] in ("-", "+") else text
    given, (text, power) = text, _without_power(text)
    numbers = []
    # before a power, 1.234e3, a point is that of decimals in whole numbers too
    for digits in _plain(text, whole and text == given):
        number = float(f"{digits}e{power}")
        if number in (float("inf"), float("-inf")):
            continue
        if not whole:
            numbers.append(sign * number + 0.0)  # 0 for -0
        elif number == int(number):
            # without a float, which has only 15 digits
            numbers.append(sign * (int(digits) if digits.isdigit() and not power else int(number)))
    return numbers


def _without_power(text: str) -> tuple[str, int]:
    """Return what stands before a power of ten, and the power."""
    if match := POWER.fullmatch(text) or BARE_POWER.fullmatch(text):
        power = match["flat"] or match["raised"].translate(RAISED)
        return match.groupdict().get("digits", "1"), int(power) if len(power) < 5 else 0
    if match := EXPONENT.fullmatch(text):
        return match["digits"], int(match["power"])
    return text, 0


def _plain(text: str, whole: bool) -> list[str]:
    """Return the numbers without sign and power that a text may mean, as Python writes them."""
    if re.fullmatch(r"\d+", text):
        return [text]
    if INDIAN.fullmatch(text):
        return [text.replace(",", "")]
    if match := GROUPED.fullmatch(text):
        mark = match["mark"]
        grouped = text.replace(mark, "")
        if whole or mark in "'_ " or text.count(mark) > 1:
            return [grouped]
        # for a real number 1.500 has decimals, but 1,500 may be fifteen hundred or one and a half
        return [text] if mark == "." else [grouped, text.replace(",", ".")]
    for decimal, others in ((",", ".'_ "), (".", ",'_ ")):
        before, mark, after = text.rpartition(decimal)
        if mark and re.fullmatch(r"\d*", after) and (before or after):
            group = GROUPED.fullmatch(before)
            if re.fullmatch(r"\d*", before):
                return [f"{before or 0}.{after or 0}"]
            if group and group["mark"] in others:
                return [f"{before.replace(group['mark'], '')}.{after or 0}"]
    if match := FRACTION.fullmatch(text):
        above, below = (int(part) for part in match.groups())
        return [f"{above / below:.25f}"] if below else []
    return _of_one_sign(text)


def _of_one_sign(text: str) -> list[str]:
    """Read ½ and 1½, whose fraction is a single character."""
    if not re.fullmatch(r"\d*.", text) or "fraction" not in unicodedata.decomposition(text[-1]):
        return []
    return [f"{float(text[:-1] or 0) + unicodedata.numeric(text[-1]):.25f}"]
