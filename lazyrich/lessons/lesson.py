"""A lesson: a title, and steps that each ask for a prediction before they show the result."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from lazyrich.lessons.outcome import read_outcome
from lazyrich.lessons.pages import runs_of

MAX_STEPS: Final = 12
"""Largest number of steps of a lesson."""

MAX_ADDRESS: Final = 2000
"""Largest number of characters of a step's address."""

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
"""Names of lessons: those of their files without `.md`."""

NAMES: Final = frozenset({"lesson", "step"})
"""Parameters of an address that choose a lesson and its step."""

_PAGE: Final = re.compile(r"/[a-z0-9-]{1,40}")

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3000)]
Control = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,40}$")]


class Step(BaseModel):
    """One step: an explanation, a question, and the result shown after the answer.

    Attributes:
        title: Heading.
        address: Address of its page below the app's own, such as /playground?tau=0.1&delta=1.
        show: Controls of the page that are shown; the settings among them may be changed.
        highlight: Charts and controls of the page that are highlighted.
        text: The explanation, in Markdown.
        question: The question to answer before the run.
        answers: Answers to choose from; none is marked as correct.
        outcome: The result, in Markdown with numbers of the runs; see `lazyrich.lessons.outcome`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Words
    address: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=MAX_ADDRESS)]
    show: tuple[Control, ...] = Field((), max_length=20)
    highlight: tuple[Control, ...] = Field((), max_length=6)
    text: Prose
    question: Words
    answers: tuple[Words, ...] = Field(min_length=2, max_length=4)
    outcome: Prose

    @field_validator("address")
    @classmethod
    def _of_a_page(cls, address: str) -> str:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or parts.fragment or not _PAGE.fullmatch(parts.path):
            raise _sentence(f"address must be a page of this app, such as /playground?tau=0.1, got “{address[:80]}”")
        query = _query(parts.query)
        if taken := (NAMES | {"show", "view", "picture"}) & query.keys():
            raise _sentence(f"address must not have {', '.join(sorted(taken))}: a step says itself what is shown")
        try:
            runs_of(parts.path.strip("/"), query)
        except ValueError as error:
            raise _sentence(f"address {address[:80]}: {error}") from None
        return address

    @field_validator("answers")
    @classmethod
    def _differ(cls, answers: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(answers)) < len(answers):
            raise _sentence("answers must differ from each other")
        return answers

    @field_validator("outcome")
    @classmethod
    def _can_be_read(cls, outcome: str) -> str:
        try:
            read_outcome(outcome)
        except ValueError as error:
            raise _sentence(f"what happened cannot be read: {error}") from None
        return outcome

    @property
    def page(self) -> str:
        """Return the name of its page in the address, without slashes."""
        return urlsplit(self.address).path.strip("/")

    @property
    def query(self) -> dict[str, list[str]]:
        """Return the settings of its address, name -> all values."""
        return _query(urlsplit(self.address).query)


class Lesson(BaseModel):
    """A lesson: steps in their order.

    Attributes:
        title: Title.
        minutes: Approximate duration in minutes.
        summary: Its subject, in a sentence.
        steps: The steps.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Words
    minutes: int = Field(ge=1, le=120)
    summary: Words
    steps: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)


def _sentence(text: str) -> Exception:
    # pass the text as a value: braces in a template would be read as names of values
    return PydanticCustomError("sentence", "{text}", {"text": text})


def _query(text: str) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return query
