"""Read from the address which step of which lesson a page shows.

/playground?tau=2&delta=0&show=seed&lesson=which-one-learns&step=2
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from lazyrich.config.plain_values import short
from lazyrich.lessons import Lesson, Step, library, step_query

LESSON: Final = "lesson"
STEP: Final = "step"


@dataclass(frozen=True)
class Place:
    """A step of a lesson.

    name: of the lesson, as in addresses. number: of the step, from 1.
    """

    name: str
    lesson: Lesson
    number: int

    @property
    def step(self) -> Step:
        """Return the step."""
        return self.lesson.steps[self.number - 1]

    @property
    def id(self) -> str:
        """Return what the browser keeps the answer under."""
        return f"{self.name}/{self.number}"

    def query(self, number: int) -> dict[str, str | list[str]]:
        """Return the query of the address of a step of this lesson."""
        return step_query(self.name, self.lesson, number)


def read(query: Mapping[str, str]) -> tuple[Place | None, str]:
    """Return the place that an address asks for, None if none, and a sentence if there is no such place."""
    name, number = query.get(LESSON, ""), query.get(STEP, "1")
    if not name:
        return None, ""
    lessons = library().lessons
    lesson = lessons.get(name)
    if lesson is None:
        near = get_close_matches(name[:80], lessons, n=1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(lessons)}."
        return None, f"lesson names {short(name)}, and there is no such lesson: {meant}"
    count = len(lesson.steps)
    if not (number.isascii() and number.isdecimal() and len(number) < 4 and 1 <= int(number) <= count):
        return None, f"step must be a whole number from 1 to {count} in this lesson, got {short(number)}."
    return Place(name, lesson, int(number)), ""
