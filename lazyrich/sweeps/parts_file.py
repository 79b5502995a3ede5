"""Manage the file of finished parts beside the output file, from which an interrupted command is resumed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from lazyrich.console import interrupts
from lazyrich.results.target import is_stream
from lazyrich.sweeps.files import read_record
from lazyrich.sweeps.journal import InUse, Journal, in_use

__all__ = ["JOURNAL", "finished_before", "open_parts", "parts_of"]

JOURNAL = ".parts"
"""Suffix of the file of finished parts, added to the name of the output file."""

J = TypeVar("J", bound=Journal)


def parts_of(out: str) -> str:
    """Return the path of the finished parts of the table at `out`.

    It lies beside the target of a link, so that the path is the same whichever name is used.
    """
    return f"{os.path.realpath(out) if os.path.islink(out) else out}{JOURNAL}"


def finished_before(out: str, config: Any) -> str:
    """Return a sentence if the file exists and is complete: it has no parts beside it, and its record has this config.

    Raises:
        ValueError: If it holds something else.
    """
    if Path(parts_of(out)).exists() or not Path(out).exists() or Path(out).suffix.lower() != ".parquet":
        return ""
    try:
        there = read_record(out).get("config")
    except (OSError, ValueError):
        there = None
    if there == config:
        return f"{out} is complete: nothing to resume."
    raise ValueError(f"{out} is there and holds something else: without --resume it would be replaced.")


@contextmanager
def open_parts(out: str | None, resume: bool, begin: Callable[[str], J]) -> Iterator[J | None]:
    """Return the journal of finished parts; None if no output file is given.

    Args:
        out: The file to write, None for none.
        resume: Whether to continue from existing parts.
        begin: Opens the journal at a path.

    Raises:
        ValueError: If parts exist and `resume` is false, or another process writes to them.
    """
    if out is None or is_stream(out):
        yield None
        return
    place = parts_of(out)
    if in_use(place):
        raise ValueError(_under_way(out))
    if not resume and Path(place).exists():
        raise ValueError(
            f"{place} holds the finished parts of a run that was interrupted: add --resume to go on with it, or delete "
            "it to begin anew."
        )
    journal: J | None = None
    try:
        with interrupts.deferred():
            try:
                journal = begin(place)
            except InUse:
                raise ValueError(_under_way(out)) from None
        yield journal
    finally:
        if journal is not None:
            with interrupts.deferred():
                if not journal.done:
                    # there is nothing to resume from
                    journal.remove()
                journal.close()


def _under_way(out: str) -> str:
    return f"Another run is under way that writes to {out}: wait until it has ended, or choose another --out."
