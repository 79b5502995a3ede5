"""Check the environment variables of the app before it reports that it is ready.

    for note in check():
        print(note)

A misspelt name would silently leave a limit at its default, so names that begin with LAZYRICH_ and are no setting are
reported. They are no error: other programs may have variables with that prefix.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from typing import Final

from lazyrich.config import machine
from lazyrich.config.limits import MB, PREFIX, Limits, from_environment
from lazyrich.experiments.filters.config import CIFAR_VARIABLE
from lazyrich.lessons.library import FOLDER, own_lessons
from lazyrich.web.hardening.headers import FRAME_ANCESTORS, frame_ancestors, read_ancestors

OF_COMPOSE: Final = (f"{PREFIX}MEMORY", f"{PREFIX}PORT")
"""Variables that compose.yaml reads from the file .env, all of which it passes on to the app."""

SETTINGS: Final = frozenset(
    (*(PREFIX + name.upper() for name in Limits.parameters()), FRAME_ANCESTORS, CIFAR_VARIABLE, FOLDER, *OF_COMPOSE)
)
"""All names that have a meaning."""


def check() -> list[str]:
    """Check the environment variables of the app.

    Returns:
        Sentences about names that are no settings, memory that does not suffice, and lessons that cannot be read; empty
        if all is well.

    Raises:
        ValueError: If values cannot be used, with a sentence for each.
    """
    wrong = []
    try:
        limits = from_environment()
    except ValueError as error:
        wrong.append(str(error))
    try:
        read_ancestors(frame_ancestors())
    except ValueError as error:
        wrong.append(str(error))
    if wrong:
        raise ValueError(" ".join(wrong))
    # settings are read whatever the case of their names
    names = {name.upper(): name for name in os.environ if name.upper().replace("_", "").startswith(PREFIX[:-1])}
    return [_unknown(names[name]) for name in sorted(names.keys() - SETTINGS)] + [
        *_short_of_memory(limits),
        *own_lessons(os.environ.get(FOLDER, "")).notices,
    ]


def _unknown(name: str) -> str:
    known = [setting.removeprefix(PREFIX) for setting in sorted(SETTINGS)]
    # LAZYRICH-WORKERS and LAZY_RICH_WORKERS are misspelt in their prefix
    rest = name.upper().replace("LAZY_RICH", PREFIX[:-1]).removeprefix(PREFIX[:-1]).lstrip("_-.")
    nearest = get_close_matches(rest, known, n=1)
    meant = f"did you mean {PREFIX}{nearest[0]}?" if nearest else "docs/limits.md and docs/operate.md list all of them."
    return f"{name[:60]} is not a setting and has no effect: {meant}"


def _short_of_memory(limits: Limits) -> list[str]:
    """Say whether memory is too small for the limits, or suffices only for fewer workers than there are cores."""
    there, needed, cores = machine.total() / MB, limits.megabytes(), machine.cores()
    if needed > there:
        return [
            f"The app may take up to {needed:,.0f} MB under its limits, and there are {there:,.0f} MB of memory: give "
            f"it more, or lower {PREFIX}LOG_MB, {PREFIX}ALL_SCRATCH_MB or {PREFIX}ALL_UPLOADS_MB."
        ]
    if "workers" not in limits.model_fields_set and limits.workers < cores and os.name != "nt":
        return [
            f"{limits.workers} of {cores} cores train, as {there:,.0f} MB of memory have room for no more workers: "
            f"give it more memory, or set {PREFIX}WORKERS."
        ]
    return []
