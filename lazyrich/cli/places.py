"""Check, before training, that the output file can be written and is not a file that the run reads."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lazyrich.config.schema import Config
from lazyrich.experiments.filters.config import CIFAR_VARIABLE, Filters
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.results.target import obstacle

__all__ = ["cannot_go_there", "place_of_table"]


def cannot_go_there(out: str, config: Config, data: str | None) -> str:
    """Return a sentence on why `out` cannot take the file of a run; empty if it can.

    Files are compared by their identity in the file system, not by name: a link, a hard link, another spelling of the
    path and, if the file system ignores case, other capitals are the same file.

    Args:
        out: The path given to --out.
        config: The run.
        data: The path given to --data, if any.
    """
    from lazyrich.results import export

    try:
        if not isinstance(config, PhasePortrait):  # a portrait has suffixes of its own
            export.writer_for(out)
    except ValueError as error:
        return f"--out: {error}"
    for flag, path in _inputs(config, data):
        if _same(out, path):
            return f"--out: {out} is the file of {flag}, which would be lost: choose another place."
    return place_of_table(out)


def place_of_table(out: str) -> str:
    """Return a sentence on why `out` cannot take a file with any content; empty if it can."""
    from lazyrich.sweeps.parts_file import JOURNAL, parts_of

    if os.path.realpath(out).endswith(JOURNAL) or _same(out, parts_of(out)):
        return f"--out: {out} is a file with finished parts of a long run, which would be lost: choose another place."
    reason = obstacle(out)
    if reason.startswith("there is no folder"):
        return f"--out: {reason}: make it first or choose another."
    return f"--out: {out} cannot be written there: choose another place, for {reason}." if reason else ""


def _inputs(config: Config, data: str | None) -> Iterator[tuple[str, str | Path]]:
    """Yield the files that a run reads, each with the flag or setting that names it."""
    if data is not None:
        yield "--data", data
    if isinstance(config, Filters) and config.data == "cifar10" and (named := os.environ.get(CIFAR_VARIABLE)):
        images = Path(named).expanduser()
        for path in (images, *images.glob("*"), *images.glob("cifar-10-batches-*/*")):
            yield CIFAR_VARIABLE, path


def _same(one: str, other: str | Path) -> bool:
    with suppress(OSError, ValueError):
        return os.path.samefile(one, other)
    return False
