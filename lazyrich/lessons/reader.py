"""Read a lesson from its file: Markdown with a front matter in TOML.

    +++
    title = "Which one learns?"
    minutes = 5
    summary = "Both losses fall; only one network makes features of its own."

    [[steps]]
    address = "/playground?tau=0.1&delta=1&method=flow"
    show = ["seed"]
    highlight = ["plane"]
    +++

    ## Title of the step

    What to look at.

    ### Question

    What will happen?

    - It will move.
    - It will stay.

    ### What happened

    It moved by {kernel_distance:.2f}.

There is one `##` section for each of `[[steps]]`, in the same order.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any, Final

from pydantic import ValidationError

from lazyrich.lessons.lesson import Lesson

MAX_BYTES: Final = 60_000
"""Largest size of a lesson's file in bytes."""

QUESTION: Final = "Question"
HAPPENED: Final = "What happened"

_FRONT: Final = re.compile(r"\A\s*\+\+\+[ \t]*\r?\n(.*?)^\+\+\+[ \t]*$(.*)\Z", re.DOTALL | re.MULTILINE)
_STEP: Final = re.compile(r"^##[ \t]+(.+)$", re.MULTILINE)
_PART: Final = re.compile(r"^###[ \t]+(.+)$", re.MULTILINE)
_ANSWER: Final = re.compile(r"^[ \t]*[-*][ \t]+", re.MULTILINE)


def read_lesson(text: str) -> Lesson:
    """Parse the file of a lesson.

    Args:
        text: Content of the file, at most MAX_BYTES.

    Raises:
        ValueError: If it is invalid, with a sentence for each error and its place.
    """
    if len(text.encode()) > MAX_BYTES:
        raise ValueError(f"A lesson has at most {MAX_BYTES:,} bytes; this one has {len(text.encode()):,}.")
    if not (parts := _FRONT.match(text)):
        raise ValueError("A lesson begins with its front matter, TOML between two lines of +++.")
    try:
        front: dict[str, Any] = tomllib.loads(parts[1])
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ValueError(f"The front matter is no TOML: {error}.") from None
    steps = front.get("steps")
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise ValueError("The front matter has no [[steps]].")
    before, *pieces = _STEP.split(parts[2])
    if before.strip():
        raise ValueError(f"“{before.strip()[:60]}” stands before the first step, which begins with ## and its title.")
    titles, bodies = pieces[::2], pieces[1::2]
    if len(titles) != len(steps):
        raise ValueError(
            f"The front matter has {len(steps)} of [[steps]] and the text {len(titles)} sections that begin with ##: "
            "there is one for each."
        )
    for number, (step, title, body) in enumerate(zip(steps, titles, bodies, strict=True), 1):
        try:
            step |= {"title": title.strip(), **_sections(body)}
        except ValueError as error:
            raise ValueError(f"Step {number}, “{title.strip()[:60]}”: {error}") from None
    try:
        return Lesson.model_validate(front)
    except ValidationError as error:
        raise ValueError(" ".join(_sentence_of(problem) for problem in error.errors()[:5])) from None


def _sections(body: str) -> dict[str, Any]:
    text, *pieces = _PART.split(body)
    names = [name.strip() for name in pieces[::2]]
    if names != [QUESTION, HAPPENED]:
        there = ", ".join(f"“{name[:40]}”" for name in names) or "none"
        raise ValueError(f"its sections are ### {QUESTION} and ### {HAPPENED}, in this order; there are {there}.")
    question, *answers = _ANSWER.split(pieces[1])
    return {
        "text": text,
        "question": " ".join(question.split()),
        "answers": [" ".join(answer.split()) for answer in answers],
        "outcome": pieces[3],
    }


def _sentence_of(problem: Any) -> str:
    place: Sequence[Any] = problem["loc"]
    step = f"Step {place[1] + 1}, " if place[:1] == ("steps",) and len(place) > 1 else ""
    name = ".".join(str(part) for part in (place[2:] if step else place))
    what = problem["msg"][:1].lower() + problem["msg"][1:]
    if problem["type"] == "extra_forbidden":
        return f"{step}{name} is no name that a lesson has."
    if problem["type"] == "sentence":
        return f"{step}{what.rstrip('.')}."
    return f"{step}{name}: {what}."
