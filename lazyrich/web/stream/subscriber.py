"""Serve one connected viewer: the runs its browser requested, what it has received, and what is new."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final
from weakref import WeakKeyDictionary

from pydantic import ValidationError

from lazyrich.client import protocol
from lazyrich.config.schema import Config, complaints
from lazyrich.serving.pool import Run, RunPool

MAX_CHARACTERS: Final = 4096
"""Largest number of characters of a message; five runs with their cursors take 200."""

MAX_RUNS: Final = 16
"""Largest number of runs in one request; a page shows at most five."""

ANSWER_BYTES: Final = 256_000
"""Bytes of frames in one answer. A viewer that is far behind catches up in steps, and its browser paints in between."""

BAD_MESSAGE, UNKNOWN_TOKEN, UNKNOWN_RUN, TOO_MANY = 4400, 4403, 4404, 4429
"""Close codes of the socket."""


CAN_CONTINUE: Final = ("falling", "plateau")
"""Endings after which further training may change a loss."""


NO_PREVIEWS: Final = "Pictures of this page change when a control is released."

OnPreviewRequest = Callable[[int, Config | str], None]
"""Callback with the serial number of a request and the config of its preview, or the reason for a refusal."""


class Refusal(Exception):
    """Raised to close the socket with this code and reason."""

    def __init__(self, code: int, reason: str):
        super().__init__(reason)
        self.code = code


class PackedFrames:
    """The packed frames of runs, packed once for all viewers and forgotten with the run."""

    def __init__(self) -> None:
        self._rows: WeakKeyDictionary[Run, list[bytes]] = WeakKeyDictionary()

    def of(self, run: Run) -> list[bytes]:
        """Return all rows that the run has now."""
        rows = self._rows.setdefault(run, [])
        rows.extend(map(protocol.pack_frame, run.frames[len(rows) :]))
        return rows


class Subscriber:
    """A reader of runs, with a cursor in each. The runs it named last are the ones it watches.

    may_read: whether the visitor may read the run with this id. on_preview_request: what to do about previews.
    """

    def __init__(
        self, pool: RunPool, may_read: Callable[[str], bool], rows: PackedFrames, on_preview_request: OnPreviewRequest
    ):
        self._pool, self._may_read, self._rows, self._on_preview_request = pool, may_read, rows, on_preview_request
        self._watched: dict[str, Run] = {}
        self._cursors: dict[str, int] = {}
        self._versions: dict[str, int] = {}
        self._notes: dict[str, str] = {}
        # Runs whose end was answered without a frame, which tells a browser that the frame it holds is the last one.
        self._closed: set[str] = set()
        self.request_pending = False
        """Whether a request waits for its response."""

    def handle(self, text: str | None) -> None:
        """Handle one message of the browser. Raises Refusal if the socket must be closed for it."""
        match _parse(text):
            case {"after": dict() as after, **others} if not others:
                self._ask(after)
            case {"stop": str() as run, **others} if not others:
                self._stop(run)
            case {"preview": str() as run, "with": dict() as settings, "serial": int() as serial, **others} if (
                not others
            ):
                self._preview(run, settings, serial)
            case _:
                raise Refusal(
                    BAD_MESSAGE,
                    'A message is {"after": {run: frames held}}, {"stop": run} or {"preview": run, "with": settings, '
                    '"serial": number}.',
                )

    def has_news(self) -> bool:
        """Return whether there is something to answer."""
        return any(self._has_news(run) for run in self._watched.values())

    def answer(self) -> bytes:
        """Return the news of the requested runs, as one binary message."""
        new = [run for run in self._watched.values() if self._has_news(run)]
        self.request_pending = False
        return protocol.pack_answer([self._entry(run, ANSWER_BYTES // len(new)) for run in new])

    def check(self) -> None:
        """Check that the visitor may still read the runs they watch. Raises Refusal if not."""
        for id in self._watched:
            self._run(id)

    def close(self) -> None:
        """Stop watching all runs."""
        for run in self._watched.values():
            self._pool.unwatch(run)
        self._watched = {}

    def _ask(self, after: dict[str, Any]) -> None:
        if len(after) > MAX_RUNS:
            raise Refusal(BAD_MESSAGE, f"At most {MAX_RUNS} runs can be asked for at once.")
        if not all(type(held) is int and 0 <= held < 2**31 for held in after.values()):
            raise Refusal(BAD_MESSAGE, "Frames held must be whole numbers from 0.")
        watched = {id: self._run(id) for id in after}
        for id, run in watched.items():
            if id not in self._watched:
                self._pool.watch(run)
        for id, run in self._watched.items():
            if id not in watched:
                self._pool.unwatch(run)
                self._versions.pop(id, None)
                self._notes.pop(id, None)
                self._closed.discard(id)
        self._watched, self._cursors, self.request_pending = watched, after, True

    def _stop(self, id: str) -> None:
        run = self._run(id)
        if id not in self._watched:
            return  # only viewers of a run may stop it
        if not self._pool.stop_run(run):
            self._notes[id] = f"Not stopped, because {run.viewers} viewers are watching this run."
            self._versions.pop(id, None)

    def _preview(self, id: str, settings: dict[str, Any], serial: int) -> None:
        if isinstance(serial, bool) or not 0 <= serial < 2**53:
            raise Refusal(BAD_MESSAGE, "A serial number is a whole number from 0.")
        config = self._run(id).config
        parameters = config.parameters()
        if not any(parameter.preview for parameter in parameters.values()):
            self._on_preview_request(serial, NO_PREVIEWS)
            return
        if not all(name in parameters and parameters[name].preview for name in settings):
            raise Refusal(BAD_MESSAGE, "A preview changes settings that may follow a control, and no others.")
        try:
            self._on_preview_request(serial, config.changed(**settings))
        except ValidationError as error:
            self._on_preview_request(serial, complaints(type(config), error, page=True)[0])

    def _run(self, id: str) -> Run:
        run = self._pool.get(id) if self._may_read(id) else None
        if run is None:
            raise Refusal(UNKNOWN_RUN, "This run is not here, or not any more. Ask for it on the page again.")
        return run

    def _has_news(self, run: Run) -> bool:
        if len(run.frames) > self._cursors[run.id] or run.version != self._versions.get(run.id):
            return True
        return run.over and run.id not in self._closed

    def _entry(self, run: Run, most_bytes: int) -> tuple[dict[str, Any], list[bytes]]:
        # Read version and status before the frames, so that frames added in between count as news.
        self._versions[run.id] = run.version
        status, message, remedy = run.status, run.message, run.remedy
        progress, left = run.progress, run.remaining
        first = self._cursors[run.id]
        rows = self._rows.of(run)[first:]
        if rows:
            rows = rows[: max(1, most_bytes // len(rows[0]))]
        elif run.over:
            self._closed.add(run.id)
        ending = run.ending if status == run.status else None
        entry = protocol.describe_frames(
            run.id,
            status,
            first,
            run.frames[first : first + len(rows)],
            message=message or (self._notes.get(run.id, "") if status == "running" and run.viewers > 1 else ""),
            remedy=remedy,
            progress=progress,
            left=left,
            ending=ending,
            onward=ending is not None and ending.state in CAN_CONTINUE and run.config.onward() is not None,
        )
        if rows and first == 0:
            config = run.config
            entry["header"] = protocol.describe_run(
                run.frames[0], run.expected, config.model_dump(mode="json"), config.caption
            )
        return entry, rows


def read_token(text: str | None) -> str:
    """Return what the browser's first message says. Raises Refusal if it says anything else."""
    match _parse(text):
        case {"token": str() as token, **others} if not others:
            return token
        case _:
            raise Refusal(BAD_MESSAGE, 'The first message is {"token": token}.')


def _parse(text: str | None) -> Any:
    if text is None or len(text) > MAX_CHARACTERS:
        raise Refusal(BAD_MESSAGE, f"A message is text of at most {MAX_CHARACTERS} characters.")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Refusal(BAD_MESSAGE, "A message is JSON.") from None
