"""Find lessons by name: those of the project, and those of the administrator's folder."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from lazyrich.lessons.lesson import NAME, Lesson
from lazyrich.lessons.reader import MAX_BYTES, read_lesson

FOLDER: Final = "LAZYRICH_LESSONS"
"""Environment variable that names a folder with further lessons."""

MAX_LESSONS: Final = 100
"""Largest number of files of a folder that are read."""

SHIPPED: Final = ("which-one-learns", "scale", "who-learns-first", "sizes-or-rates", "no-kink", "deep-and-filters")
"""Names of the lessons of the project, in their intended order."""

_HERE: Final = Path(__file__).parent / "shipped"


@dataclass(frozen=True)
class Lessons:
    """Lessons, and errors in files that are not valid lessons.

    Attributes:
        lessons: Lessons by name, in their order.
        notices: A sentence for each file that could not be read.
    """

    lessons: Mapping[str, Lesson]
    notices: tuple[str, ...]


def library() -> Lessons:
    """Return the lessons of the project, then those of the folder that LAZYRICH_LESSONS names.

    A lesson of the folder replaces one of the project with the same name.
    """
    own = own_lessons(os.environ.get(FOLDER, ""))
    return Lessons({**shipped(), **own.lessons}, own.notices)


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Lesson]:
    """Return the lessons of the project by name."""
    return {name: _of_file(_HERE / f"{name}.md", 0) for name in SHIPPED}


def own_lessons(folder: str) -> Lessons:
    """Return the lessons of a folder, by their files' names without `.md`. A changed file is read again.

    Args:
        folder: Its path; no lessons if empty.
    """
    if not folder:
        return Lessons({}, ())
    lessons: dict[str, Lesson] = {}
    notices = []
    try:
        files = sorted(path for path in Path(folder).iterdir() if path.suffix == ".md")
    except OSError as error:
        return Lessons({}, (f"{FOLDER} names a folder that cannot be read: {error.strerror or error}.",))
    if len(files) > MAX_LESSONS:
        notices.append(f"{FOLDER} has {len(files)} files, and the first {MAX_LESSONS} are read.")
    for path in files[:MAX_LESSONS]:
        try:
            if not NAME.fullmatch(path.stem):
                raise ValueError("name it with lower-case letters, digits and hyphens.")
            lessons[path.stem] = _of_file(path, path.stat().st_mtime_ns)
        except (OSError, ValueError) as error:
            what = error.strerror if isinstance(error, OSError) else str(error)
            notices.append(f"{path.name[:80]} is left out: {what}")
    return Lessons(lessons, tuple(notices))


@lru_cache(maxsize=2 * MAX_LESSONS)
def _of_file(path: Path, _changed: int) -> Lesson:
    with path.open("rb") as file:
        read = file.read(MAX_BYTES + 1)
    try:
        return read_lesson(read.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("it is no text in UTF-8.") from None
