"""Write runs into one file: a ZIP with a manifest in JSON and a table in CSV for each run.

    manifest.json       {"format": "lazyrich runs", "schema": 1, "runs": [{..., "curves": "curves/1.csv"}, ...]}
    curves/1.csv        the curves of the first run; nan for no number

Any program can read it; `open_runs` checks it and gives the runs.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import fields
from typing import IO, TYPE_CHECKING, Final

from lazyrich.results.atomic_write import whole_file
from lazyrich.run_archive.recorded_run import RecordedRun
from lazyrich.run_archive.table import NO_NUMBER
from lazyrich.version import __version__

if TYPE_CHECKING:
    from lazyrich.results.result import Result

__all__ = ["FORMAT", "MANIFEST", "SCHEMA", "archive", "member", "save_runs"]

FORMAT: Final = "lazyrich runs"
SCHEMA: Final = 1
"""Version of the manifest: grows when a reader of the one before could not read it."""

MANIFEST: Final = "manifest.json"

EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Time of the members: equal runs give equal files."""


def save_runs(path: str | os.PathLike[str], runs: Sequence[Result | RecordedRun]) -> None:
    """Write runs into one archive, over a file that was there before, all or nothing.

    Args:
        path: Of the file, `runs.zip`.
        runs: What `train` returned or `open_runs` gave.

    Raises:
        ValueError: If a run has no frame.
        CannotWrite: Where the system does not let it be written.

    Example:
        save_runs("runs.zip", [train(StudentTeacher(tau=tau)) for tau in (0.1, 1.0)])
    """
    recorded = [run if isinstance(run, RecordedRun) else RecordedRun.of(run) for run in runs]
    with whole_file(path) as file:
        _write(file, recorded)


def archive(runs: Sequence[RecordedRun]) -> bytes:
    """Return the bytes of the file that `save_runs` writes."""
    file = io.BytesIO()
    _write(file, runs)
    return file.getvalue()


def member(number: int) -> str:
    """Return the name of the table of a run, by its place from 1 on."""
    return f"curves/{number}.csv"


def _write(file: IO[bytes], runs: Sequence[RecordedRun]) -> None:
    entries = []
    for number, run in enumerate(runs, 1):
        entry = {field.name: getattr(run, field.name) for field in fields(run)}
        entries.append({**entry, "curves": None if run.curves is None else member(number)})
    manifest = {"format": FORMAT, "schema": SCHEMA, "version": __version__, "runs": entries}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        text = json.dumps(manifest, indent=1, ensure_ascii=False, allow_nan=False)
        made.writestr(zipfile.ZipInfo(MANIFEST, EPOCH), text, zipfile.ZIP_DEFLATED)
        for number, run in enumerate(runs, 1):
            if run.curves is not None:
                info = zipfile.ZipInfo(member(number), EPOCH)
                text = run.curves.to_csv(index=False, lineterminator="\n", na_rep=NO_NUMBER)
                made.writestr(info, text, zipfile.ZIP_DEFLATED)
