"""Read an archive of runs that may come from anywhere: check what it declares before unpacking it, and run nothing.

No name in it becomes a path: members are read by the names that `save_runs` gives them, and any other is refused. No
more is unpacked than the bounds allow, whatever a header declares.
"""

from __future__ import annotations

import io
import json
import math
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, get_args
from urllib.parse import urlsplit

from lazyrich.config.plain_values import short
from lazyrich.frame import Status
from lazyrich.run_archive.recorded_run import EXPERIMENTS, MAX_NOTE, RecordedRun
from lazyrich.run_archive.table import BadTable, read_table
from lazyrich.run_archive.writing import FORMAT, MANIFEST, SCHEMA, member

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["BadArchive", "Bounds", "memory_to_read", "open_runs", "read_runs"]


class BadArchive(ValueError):
    """A file that is no archive of runs, or a damaged one, with a sentence for people."""


@dataclass(frozen=True)
class Bounds:
    """Limits on the contents of an archive.

    Attributes:
        runs: Number of runs.
        manifest: Bytes of the manifest.
        table: Bytes of a table as it is written.
        unpacked: Bytes of all members together.
        held: Bytes of the curves of all runs in memory, 8 for each number.
    """

    runs: int = 1000
    manifest: int = 10_000_000
    table: int = 20_000_000
    unpacked: int = 500_000_000
    held: int = 500_000_000

    @classmethod
    def of_list(cls, runs: int, held: float) -> Bounds:
        """Return the bounds for a list of runs with room for `held` bytes of curves.

        Twice that is read, as the list drops the curves of the oldest runs itself. A number of 8 bytes has up to 24
        characters.
        """
        manifest, table = 2_000_000, round(3 * held)
        return cls(runs, manifest, table, manifest + 2 * table, round(2 * held))


MAX_TEXT: Final = 4000
"""Characters of a text in the manifest."""

MAX_NUMBERS: Final = 200
"""Final numbers of a run."""

NUMBER: Final = 8
"""Bytes of a number."""

ANY_MEMORY: Final = 1_000_000.0
"""Memory to read any archive: cells held as texts at a time, and the decompressor."""

MANIFEST_MEMORY: Final = 40.0
"""Memory to read a byte of the manifest: the largest that was measured, of lists in lists, is 36."""

TABLE_MEMORY: Final = 8.0
"""Memory to read a byte of a table: the largest that was measured, of columns of one digit and of texts, is 6."""

_ENCRYPTED: Final = 0x1
_NOT_READABLE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, struct.error, OverflowError,
    ValueError,
)  # fmt: skip
"""Errors that zipfile raises for broken or malicious files."""


def open_runs(path: str | os.PathLike[str]) -> list[RecordedRun]:
    """Return the runs of an archive that the page "My runs" or `save_runs` wrote, in its order.

    Args:
        path: Of the file.

    Returns:
        The runs; `run.config` trains the same again, `run.curves` is the table, `run.final` its last numbers.

    Raises:
        BadArchive: If it is no such archive, or a damaged one.
        OSError: If it cannot be read.

    Example:
        pandas.DataFrame([{**run.settings, **run.final} for run in open_runs("runs.zip")])
    """
    bounds = Bounds()
    name = os.fspath(path)
    with open(path, "rb") as file:
        content = file.read(bounds.unpacked + 1)
    if len(content) > bounds.unpacked:
        raise BadArchive(f"{name} has more than {bounds.unpacked / 1e6:,.0f} MB, which no archive of runs has.")
    return read_runs(os.path.basename(name), content, bounds)


def read_runs(name: str, content: bytes, bounds: Bounds) -> list[RecordedRun]:
    """Return the runs in the bytes of a file. Raises BadArchive with one sentence."""
    with _opened(name, content, bounds) as archive:
        return _Reader(name, archive, bounds).runs()


def memory_to_read(name: str, content: bytes, bounds: Bounds) -> float:
    """Return about how many bytes `read_runs` needs beside the file. Unpacks nothing.

    No member gives more than its header declares. Raises BadArchive where it can be told before unpacking.
    """
    with _opened(name, content, bounds) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
    manifest = min(sizes.pop(MANIFEST, 0), bounds.manifest)
    return ANY_MEMORY + MANIFEST_MEMORY * manifest + TABLE_MEMORY * min(sum(sizes.values()), bounds.unpacked)


@contextmanager
def _opened(name: str, content: bytes, bounds: Bounds) -> Iterator[zipfile.ZipFile]:
    """Open the file, and turn errors of zipfile into a sentence."""
    if content[:4] not in (b"PK\x03\x04", b"PK\x05\x06"):
        raise BadArchive(f"{name} is no archive of runs: open a .zip that “Download all” or save_runs has written.")
    # counted before zipfile makes an object of each
    if content.count(b"PK\x01\x02") > bounds.runs + 1:
        raise BadArchive(f"{name} holds more than {bounds.runs:,} runs, which is the most that is read.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except BadArchive:
        raise
    except _NOT_READABLE as error:
        raise BadArchive(f"{name} is damaged ({error or type(error).__name__}): download it again.") from None


class _Reader:
    """The members of one archive."""

    def __init__(self, name: str, archive: zipfile.ZipFile, bounds: Bounds):
        self._name, self._archive, self._bounds = name, archive, bounds
        self._left, self._held = bounds.unpacked, bounds.held
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in archive.infolist():
            if info.filename in self._members:
                raise BadArchive(f"{name} holds {short(info.filename)} twice: download it again.")
            self._members[info.filename] = info

    def runs(self) -> list[RecordedRun]:
        entries = self._manifest()
        if len(entries) > self._bounds.runs:
            raise BadArchive(f"{self._name} holds {len(entries):,} runs; at most {self._bounds.runs:,} are read.")
        allowed = {MANIFEST, *(member(number) for number in range(1, len(entries) + 1))}
        if others := [name for name in self._members if name not in allowed]:
            raise BadArchive(
                f"{self._name} holds {short(others[0])}, which is no part of an archive of runs: it was made or "
                "changed by another program."
            )
        return [self._run(number, entry) for number, entry in enumerate(entries, 1)]

    def _manifest(self) -> list[Any]:
        name = self._name
        if MANIFEST not in self._members:
            there = ", ".join(short(one) for one in list(self._members)[:3]) or "nothing"
            raise BadArchive(f"{name} is no archive of runs: it holds {there}, and no {MANIFEST}.")
        text = self._bytes(MANIFEST, self._bounds.manifest)
        try:
            found = json.loads(text, parse_constant=self._refuse_constant)
            # numbers that overflow and texts with half a character pass json.loads, and could not be written again
            json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
        except BadArchive:
            raise
        except UnicodeEncodeError:
            raise BadArchive(
                f"{name} has a text in its {MANIFEST} that is no Unicode (half a pair of surrogates): correct it there."
            ) from None
        except (ValueError, RecursionError):
            raise BadArchive(f"{name} is damaged: its {MANIFEST} is no JSON. Download it again.") from None
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise BadArchive(f"{name} is no archive of runs: its {MANIFEST} is that of another program.")
        if found.get("schema") != SCHEMA:
            raise BadArchive(
                f"{name} has schema {short(found.get('schema'))}; this version reads schema {SCHEMA}. Open it with the "
                f"version that wrote it, {short(found.get('version'))}."
            )
        if not isinstance(found.get("runs"), list):
            raise BadArchive(f"{name} is damaged: its {MANIFEST} has no list of runs.")
        return list(found["runs"])

    def _refuse_constant(self, constant: str) -> Any:
        raise BadArchive(
            f"{self._name} has {constant} in its {MANIFEST}, which is no number: leave it out or write a finite one."
        )

    def _run(self, number: int, entry: Any) -> RecordedRun:
        def wrong(what: str) -> BadArchive:
            return BadArchive(f"{self._name}: run {number} {what}.")

        if not isinstance(entry, dict):
            raise wrong("is no run")
        experiment = entry.get("experiment")
        if not isinstance(experiment, str) or experiment not in EXPERIMENTS:
            raise wrong(f"is of {short(experiment)}, an experiment that is not known here")
        if not isinstance(entry.get("settings"), dict) or not all(map(_is_setting, entry["settings"].values())):
            raise wrong("has settings that are none")
        if entry.get("status") not in get_args(Status):
            raise wrong(f"has status {short(entry.get('status'))}; one of {', '.join(get_args(Status))} is needed")
        texts = {key: entry.get(key, "") for key in ("moment", "message", "verdict", "note", "link", "began")}
        for key, text in texts.items():
            if not isinstance(text, str) or len(text) > (MAX_NOTE if key == "note" else MAX_TEXT):
                raise wrong(f"has no text as its {key}, or too long a one")
        final = entry.get("final", {})
        if not _is_mapping(final, float) or len(final) > MAX_NUMBERS:
            raise wrong("has final numbers that are none")
        environment = entry.get("environment", {})
        if not _is_mapping(environment, str):
            raise wrong("has an environment that is none")
        own = entry.get("own", [])
        if not isinstance(own, list) or not all(one in ("task", "start") for one in own):
            raise wrong(f"has own data of a kind that is none: {short(own)}")
        if texts["link"] and urlsplit(texts["link"]).scheme not in ("http", "https"):
            raise wrong(f"has {short(texts['link'])} as its link, which is no address of a page")
        table = entry.get("curves")
        if table not in (None, member(number)):
            raise wrong(f"names {short(table)} as its curves; {member(number)} is needed")
        if entry["status"] in ("waiting", "running"):
            # nothing trains it any more
            entry = entry | {"status": "stopped"}
            texts["message"] = texts["message"] or "It was still training when the archive was written."
        found = RecordedRun(
            experiment=experiment,
            settings=entry["settings"],
            status=entry["status"],
            final={key: float(value) for key, value in final.items()},
            environment=environment,
            own=tuple(own),
            curves=None if table is None else self._table(table),
            **texts,
        )
        if clock := _clock_of_texts(found):
            raise wrong(f"has texts in the column {clock} of its curves, where numbers are needed")
        return found

    def _table(self, name: str) -> pd.DataFrame:
        if name not in self._members:
            raise BadArchive(f"{self._name} is damaged: {name} is missing. Download it again.")
        try:
            table = read_table(self._bytes(name, self._bounds.table), self._held // NUMBER)
        except BadTable as error:
            raise BadArchive(f"{self._name}: {name} {error}.") from None
        self._held -= table.size * NUMBER
        return table

    def _bytes(self, name: str, most: int) -> bytes:
        """Return a member. Read with a limit, for what a header declares need not be true."""
        info = self._members[name]
        if info.flag_bits & _ENCRYPTED:
            raise BadArchive(f"{self._name} is encrypted: write it without a password.")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            # the other methods unpack as much as there is, whatever was asked for
            raise BadArchive(f"{self._name} is packed in another way than “Download all” does: download it again.")
        most = min(most, self._left)
        with self._archive.open(info) as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise BadArchive(
                f"{self._name} unpacks to more than is read: {name} has over {most / 1e6:,.3g} MB. Split it into "
                "several archives."
            )
        self._left -= len(content)
        return content


def _is_setting(value: Any) -> bool:
    """Return whether a value can be that of a setting: a number, a text, a truth value, nothing or a list of such."""
    single = (str, int, float, bool, type(None))
    if isinstance(value, list):
        return len(value) <= MAX_NUMBERS and all(isinstance(one, single) for one in value)
    return isinstance(value, single) and (not isinstance(value, str) or len(value) <= MAX_TEXT)


def _clock_of_texts(run: RecordedRun) -> str:
    """Return the column of the time if it holds texts; "" if it holds numbers, is missing or is not known."""
    try:
        clock = run.config.columns.clock
    except ValueError:
        return ""
    if run.curves is None or clock not in run.curves or run.curves[clock].dtype.kind in "iuf":
        return ""
    return clock


def _is_mapping(value: Any, kind: type) -> bool:
    """Return whether a value maps names to texts or to finite numbers."""
    if not isinstance(value, Mapping) or not all(len(key) <= 100 for key in value):
        return False
    if kind is str:
        return all(isinstance(one, str) and len(one) <= 200 for one in value.values())
    return all(type(one) in (int, float) and abs(one) < 1e308 and math.isfinite(one) for one in value.values())
