"""Lessons: files that lead through pages of the app, ask for a prediction, and report the result of the runs.

lesson = read_lesson(Path("my-lesson.md").read_text())
lesson.steps[0].address
"""

from lazyrich.lessons.lesson import Lesson, Step
from lazyrich.lessons.library import SHIPPED, library, shipped
from lazyrich.lessons.pages import complete_query
from lazyrich.lessons.reader import read_lesson

__all__ = ["Lesson", "Step", "first_step", "library", "read_lesson", "shipped", "step_query"]


def first_step() -> dict[str, str | list[str]]:
    """Return the query of the page playground that opens the first lesson."""
    return step_query(SHIPPED[0], shipped()[SHIPPED[0]], 1)


def step_query(name: str, lesson: Lesson, number: int) -> dict[str, str | list[str]]:
    """Return the query of a page that opens a step there.

    Args:
        name: Name of the lesson.
        lesson: The lesson.
        number: Number of the step, from 1.
    """
    step = lesson.steps[number - 1]
    show = {"show": ",".join(step.show) or "none"}
    return {**complete_query(step.page, step.query), **show, "lesson": name, "step": str(number)}
