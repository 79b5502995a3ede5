"""A lesson: a title, and steps that each ask before they show."""

from __future__ import annotations

import re
from typing import Annotated, Final
from urllib.parse import parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from lazyrich.lessons.outcome import read_outcome
from lazyrich.lessons.pages import runs_of

MAX_STEPS: Final = 12
"""Steps of a lesson."""

MAX_ADDRESS: Final = 2000
"""Characters of the address of a step."""

NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
"""Names of lessons, which are those of their files without `.md`."""

NAMES: Final = frozenset({"lesson", "step"})
"""Parameters of an address that say which step of which lesson it shows."""

_PAGE: Final = re.compile(r"/[a-z0-9-]{1,40}")

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3000)]
Control = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,40}$")]


class Step(BaseModel):
    """One step: what to look at, a question, and what has happened once it is answered.

    Attributes:
        title: Its heading.
        address: Of the page that it is about, below the app's own, such as /playground?tau=0.1&delta=1.
        show: Controls of the page that are shown; settings among them may be changed.
        highlight: Charts and controls of the page that it speaks of.
        text: What to look at, in Markdown.
        question: What to predict.
        answers: Those to choose from; none is marked as the right one.
        outcome: What has happened, in Markdown with numbers of the runs; see `lazyrich.lessons.outcome`.
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
        """Return the name of its page in addresses, without slashes."""
        return urlsplit(self.address).path.strip("/")

    @property
    def query(self) -> dict[str, list[str]]:
        """Return the settings of its address, name -> all values."""
        return _query(urlsplit(self.address).query)


class Lesson(BaseModel):
    """A lesson: steps in their order.

    Attributes:
        title: What it is called.
        minutes: How long it takes, about.
        summary: What it is about, in a sentence.
        steps: The steps.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Words
    minutes: int = Field(ge=1, le=120)
    summary: Words
    steps: tuple[Step, ...] = Field(min_length=1, max_length=MAX_STEPS)


def _sentence(text: str) -> Exception:
    # the text as a value, as braces in it would be read as names of values
    return PydanticCustomError("sentence", "{text}", {"text": text})


def _query(text: str) -> dict[str, list[str]]:
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    return query
