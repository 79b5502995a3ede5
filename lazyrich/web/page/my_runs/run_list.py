"""The runs of one visitor, in the order in which their pages asked for them, within bounds on number and memory.

runs = RunList(limits)
runs.add(run, config, link)                 a page has asked for a run
runs.settle()                               record the results of runs that are over
runs.entries                                newest last

A list holds no frames, so it never keeps memory that the pool frees: it refers to runs weakly, and keeps the settings,
curves and last numbers of those that are over. It belongs to the visitor's session and ends with it. Several threads
may use it, as Streamlit starts the next run of a page's script before the last one has ended.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakKeyDictionary, WeakSet, ref

from lazyrich.config.limits import MB, Limits
from lazyrich.config.schema import Config
from lazyrich.run_archive.recorded_run import MAX_NOTE, RecordedRun, now
from lazyrich.serving.run import Run

__all__ = ["Entry", "RunList"]

logger = logging.getLogger(__name__)

Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")

_LISTS: Final[WeakSet[RunList]] = WeakSet()
_RECORDED: Final[WeakKeyDictionary[Run, RecordedRun]] = WeakKeyDictionary()
"""Results of runs that are over; all visitors of a run share the same table."""

_LOCK: Final = threading.Lock()


@dataclass(eq=False)
class Entry:
    """A run of the list.

    Attributes:
        number: Its place in the order of requests.
        config: Settings for its page; None if this version does not accept those of an archive.
        key: Key of the config that was trained.
        began: Date and time of its request.
        link: Address of its page.
        note: The visitor's note.
        asked: Time of its request on the monotonic clock; None for a run of an archive.
        id: Identifier of the last requested run.
        own: Which of "task" and "start" are the visitor's own.
        recorded: Its result; None before its first frame.
        lost: Reason why there is no result although the run is over; else empty.
        came: Name of the archive from which it was opened.
    """

    number: int
    config: Config | None
    key: str
    began: str
    link: str = ""
    note: str = ""
    asked: float | None = None
    id: str = ""
    own: tuple[str, ...] = ()
    recorded: RecordedRun | None = None
    lost: str = ""
    came: str = ""
    _run: ref[Run] | None = None

    @property
    def run(self) -> Run | None:
        """Return the run until it is recorded; None after that, or if the pool has dropped it."""
        return None if self._run is None else self._run()

    @property
    def followed(self) -> bool:
        """Return whether a result is still to come, or to be recorded."""
        return self._run is not None

    def follow(self, run: Run) -> None:
        """Take the result of another run of the same settings from now on."""
        self.id, self.own, self.lost, self._run = run.id, run.config.own, "", ref(run)

    def settle(self) -> None:
        """Record the result if the run is over, and what there is of one that its last viewer has left."""
        if self._run is None:
            return
        run = self._run()
        if run is None:
            self._run = None
            self.lost = "dropped by the server"
            if self.recorded is not None and self.recorded.status in ("waiting", "running"):
                self.recorded = replace(self.recorded, status="stopped", message="Dropped by the server.")
        elif run.over:
            self._run = None
            if recorded := _record(run):
                self.recorded = recorded
            elif run.frames:
                self.lost = "its result cannot be read"
        elif run.resting and self.recorded is None:
            # it gets no turns, and may be dropped before a page looks again
            self.recorded = _record(run)

    @property
    def now(self) -> RecordedRun | None:
        """Return the current state of the run; None before its first frame."""
        run = self.run
        return (None if run is None else _record(run)) or self.recorded

    @property
    def for_archive(self) -> RecordedRun | None:
        """Return the same with the additions of this visitor's list."""
        return (found := self.now) and replace(found, note=self.note, link=self.link, began=self.began)


def _one_at_a_time(
    method: Callable[Concatenate[RunList, Arguments], Returned],
) -> Callable[Concatenate[RunList, Arguments], Returned]:
    """Let one thread at a time call these methods of a list."""

    @wraps(method)
    def locked(self: RunList, *args: Arguments.args, **named: Arguments.kwargs) -> Returned:
        with self._lock:
            return method(self, *args, **named)

    return locked


class RunList:
    """See the module. limits: of the server, whose `listed_runs`, `list_mb` and `all_lists_mb` hold here."""

    def __init__(self, limits: Limits):
        self._limits = limits
        self._lock = threading.RLock()
        self._entries: dict[int, Entry] = {}
        self._count = 0
        self.left = 0
        """Runs that have left the list because it was full."""
        self.nbytes = 0
        with _LOCK:
            _LISTS.add(self)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Return all entries, newest last."""
        with self._lock:
            return tuple(self._entries.values())

    @_one_at_a_time
    def add(self, run: Run, config: Config, link: str) -> None:
        """Add a run that a page shows.

        Args:
            run: The page's run; a repeated request for the same settings is the same entry.
            config: The settings on the page, which may differ from those trained by the visitor's own data.
            link: Address that reproduces the page.
        """
        entry = next((one for one in self._entries.values() if one.key == run.config.key), None)
        if entry is None:
            entry = self._new(config, run.config.key, now(), link)
            entry.asked = time.monotonic()
        if run.id != entry.id:
            entry.follow(run)
            entry.settle()

    @_one_at_a_time
    def settle(self) -> None:
        """Record the results of runs that are over, and release their frames."""
        for entry in self._entries.values():
            entry.settle()
        self._weigh()

    @_one_at_a_time
    def take_in(self, runs: Sequence[RecordedRun], name: str) -> int:
        """Add the runs of an archive; those in the list already keep their place.

        Args:
            runs: Runs of the archive.
            name: Name of the archive.

        Returns:
            Number of new runs.

        Raises:
            ValueError: If the list would become too long.
        """
        if len(runs) > self._limits.listed_runs:
            raise ValueError(
                f"{name} has {len(runs):,} runs, and this list has room for {self._limits.listed_runs:,}: read it in "
                "Python with lazyrich.open_runs."
            )
        new = 0
        for run in runs:
            config: Config | None
            try:
                config = run.config
                key = config.key if not run.own else f"{config.key} on data of their own"
            except ValueError:
                config, key = None, f"{run.experiment} {sorted(run.settings.items())}"
            if (there := next((one for one in self._entries.values() if one.key == key), None)) is not None:
                there.note = there.note or run.note
                continue
            entry = self._new(config, key, run.began, run.link)
            entry.recorded, entry.note, entry.came, entry.own = run, run.note, name, run.own
            new += 1
        self._weigh()
        return new

    @_one_at_a_time
    def note(self, number: int, text: str) -> None:
        """Set the note of an entry; do nothing if the entry does not exist."""
        if number in self._entries:
            self._entries[number].note = text[:MAX_NOTE]

    @_one_at_a_time
    def delete(self, number: int) -> None:
        """Remove an entry from the list; do nothing if it does not exist."""
        self._entries.pop(number, None)
        self._weigh()

    @_one_at_a_time
    def clear(self) -> None:
        """Remove all entries from the list."""
        self._entries.clear()
        self.left = 0
        self._weigh()

    def _new(self, config: Config | None, key: str, began: str, link: str) -> Entry:
        self._count += 1
        entry = self._entries[self._count] = Entry(self._count, config, key, began, link)
        while len(self._entries) > self._limits.listed_runs:
            del self._entries[next(iter(self._entries))]
            self.left += 1
        return entry

    def _weigh(self) -> None:
        """Count the bytes, and drop the oldest curves while they are too many. Their pictures stay."""
        with _LOCK:
            others = sum(other.nbytes for other in _LISTS if other is not self)
        most = min(self._limits.list_mb * MB, self._limits.all_lists_mb * MB - others)
        self.nbytes = sum(entry.recorded.nbytes for entry in self._entries.values() if entry.recorded)
        for entry in self._entries.values():
            if self.nbytes <= most:
                return
            if entry.recorded is not None and entry.recorded.curves is not None:
                self.nbytes -= entry.recorded.nbytes
                entry.recorded = entry.recorded.without_curves()
                self.nbytes += entry.recorded.nbytes


def _record(run: Run) -> RecordedRun | None:
    """Return the result of a run so far; None before its first frame, or if it cannot be read."""
    if (found := _RECORDED.get(run)) is not None:
        return found
    over = run.over
    try:
        result = run.result()
        if not result.frames:
            return None
        recorded = RecordedRun.of(result)
    except Exception:  # every page records all runs of the list: one run must not break the pages of a session
        logger.exception("The result of a run of %s cannot be read.", run.config.name)
        return None
    if over:
        _RECORDED[run] = recorded
    return recorded
