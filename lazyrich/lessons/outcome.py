"""Text with numbers of runs and with sentences that depend on them: the result that a lesson reports.

    The kernel moved by {kernel_distance:.2f}, the other's by {kept.kernel_distance:.4f}.

    {if kernel_distance > 10 * kept.kernel_distance}
    So this one made features of its own.
    {else}
    On this seed it made hardly more of them than the other: the effect is not there.
    {end}

Every condition has a text for when it holds and one for when it does not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from lazyrich.lessons.expression import Expression, Numbers, Unknown, read
from lazyrich.moment import rounded

MAX_CONDITIONS: Final = 12
"""Largest number of conditions of a text."""

_TAG: Final = re.compile(r"^[ \t]*\{(if [^{}]*|else|end)\}[ \t]*$", re.MULTILINE)
_NUMBER: Final = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
_FORMAT: Final = re.compile(r",?(\.\d[fg%])?")


@dataclass(frozen=True)
class Line:
    """Text with numbers: pieces of text, with an expression and its format between them."""

    texts: tuple[str, ...]
    numbers: tuple[tuple[Expression, str], ...]

    def written(self, numbers: Numbers) -> str:
        """Return the text with its numbers; raise Unknown if one is missing."""
        values = [write(expression(numbers), style) for expression, style in self.numbers]
        return "".join(part for pair in zip(self.texts, [*values, ""], strict=True) for part in pair)


@dataclass(frozen=True)
class Condition:
    """A condition with the text for each of its two outcomes."""

    holds: Expression
    then: Line
    otherwise: Line


@dataclass(frozen=True)
class Outcome:
    """A text of lines and conditions, in their order."""

    parts: tuple[Line | Condition, ...]

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Return the conditions."""
        return tuple(part for part in self.parts if isinstance(part, Condition))

    def written(self, numbers: Numbers) -> str:
        """Return the text for these numbers, as Markdown.

        Args:
            numbers: Numbers of the runs.

        Returns:
            The text; a part that needs a missing number is replaced by a sentence that says so.
        """
        return "\n\n".join(_written(part, numbers) for part in self.parts)


def _written(part: Line | Condition, numbers: Numbers) -> str:
    try:
        if isinstance(part, Condition):
            part = part.then if part.holds(numbers) else part.otherwise
        return part.written(numbers)
    except Unknown as error:
        return f"This cannot be said of what is on the page now: {error}"


def read_outcome(text: str) -> Outcome:
    """Parse an outcome.

    Raises:
        ValueError: If it is invalid, with a sentence.
    """
    parts: list[Line | Condition] = []
    pieces = _TAG.split(text)
    _add(parts, pieces[0])
    tags = list(zip(pieces[1::2], pieces[2::2], strict=True))
    while tags:
        begin, then = tags.pop(0)
        if not begin.startswith("if "):
            raise ValueError(f"{{{begin}}} stands where no {{if ...}} is open.")
        if [tag for tag, _ in tags[:2]] != ["else", "end"]:
            raise ValueError(
                f"{{{begin}}} is not followed by {{else}} and {{end}}, each on a line of its own: say also what is "
                "seen where it does not hold."
            )
        (_, otherwise), (_, after) = tags.pop(0), tags.pop(0)
        if not then.strip() or not otherwise.strip():
            raise ValueError(f"{{{begin}}} has an outcome without text.")
        parts.append(Condition(read(begin.removeprefix("if ")), read_line(then), read_line(otherwise)))
        _add(parts, after)
    outcome = Outcome(tuple(parts))
    if len(outcome.conditions) > MAX_CONDITIONS:
        raise ValueError(f"A text has at most {MAX_CONDITIONS} conditions; this one has {len(outcome.conditions)}.")
    return outcome


def _add(parts: list[Line | Condition], text: str) -> None:
    if text.strip():
        parts.append(read_line(text))


def read_line(text: str) -> Line:
    """Return a text with the numbers in its braces; raise ValueError if one cannot be read."""
    pieces = _NUMBER.split(text.strip())
    for piece in pieces[::3]:
        if "{" in piece or "}" in piece:
            raise ValueError(f"“{piece.strip()[:60]}” has a brace without its partner.")
    numbers = []
    for expression, style in zip(pieces[1::3], pieces[2::3], strict=True):
        if style is not None and not (style and _FORMAT.fullmatch(style)):
            raise ValueError(f"“:{style}” is no format of a number: write .2f, .3g, .0% or a comma for thousands.")
        numbers.append((read(expression), style or ""))
    return Line(tuple(pieces[::3]), tuple(numbers))


def write(value: float | bool, style: str = "") -> str:
    """Return a number as a lesson shows it.

    Args:
        value: The number.
        style: Format of Python's format strings; three significant digits if empty.
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if style:
        return f"{value:{style}}".replace("-", "−") if "g" not in style else _short(value, int(style[-2]))
    return _short(value, 3)


def _short(value: float, digits: int) -> str:
    # counts, such as 1,024, keep all their digits
    whole = 10.0 ** (digits - 1) <= abs(value) < 1e7
    return f"{value:,.0f}".replace("-", "−") if whole else rounded(value, digits)
