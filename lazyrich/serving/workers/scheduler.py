"""Schedule many runs on one core: one frame at a time, earliest deadline first, so that all progress fairly.

    turns = Scheduler(report, frames_per_second=150, most=120)
    serve(commands, turns)              on the one thread that trains, until told to quit

Commands come in as tuples and reports go out as tuples, so that the same loop serves in a worker process behind a pipe
and on a thread behind a queue:

    ("start", RUN, pickled config, s)   ("frame", RUN, Frame)                  s: processor seconds it may take
    ("rest", RUN), ("resume", RUN)      ("finished", RUN)
    ("stop", RUN)                       ("failed", RUN, message, remedy, lasting)    it cannot go on, with the reason
    ("warm", pickled config)            ("starved", RUN)                       there was no memory for it now
    ("preview", KEY, pickled, Plan)     ("raised", RUN, traceback)             it failed with an unexpected exception
    ("quit",)                           ("previewed", KEY, Preview | None, why)     why: for people, if there is none
"""

from __future__ import annotations

import logging
import math
import pickle
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Final

from lazyrich.config.schema import Config
from lazyrich.frame import CannotRun, Frame
from lazyrich.moment import moment_of

if TYPE_CHECKING:
    from lazyrich.serving.previews.plan import Plan

Message = tuple[Any, ...]

MIN_FRAMES_PER_SECOND: Final = 10.0
"""Frames per second below which no run is slowed down on purpose, however many runs there are."""

IDLE_SECONDS: Final = 0.5
"""Seconds between two checks that the main thread is alive, when there is nothing else to do."""

PREVIEW_YIELD: Final = 2.0
"""Factor by which the length of a preview is multiplied for the time after it in which due frames go before the next
preview. Frames thus get two thirds of the time, however many previews are requested."""

PREVIEW: Final = "preview"
"""Name of a preview's turn, in place of a run."""

HEAD_START: Final = 0.5
"""Seconds by which a new run's first frame counts as overdue. It goes before others, but not before those that have
waited longer; otherwise visitors who start run after run would stop all other runs."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    """A run that waits for its next turn.

    due: time of its next turn, by its share. ready: time from which it may have that turn early, if the thread is
    idle. new: whether it has had no frame yet. resting: whether it gets no turn.
    """

    frames: Iterator[Frame]
    due: float
    ready: float
    new: bool = True
    resting: bool = False


class Scheduler:
    """Runs that share one thread. A new run's first frame has a head start; then each run has its own pace.

    From its second frame on a run is due when its share of the thread's time allows: one whose frames take long has
    fewer of them, and the others keep their pace. Spare time goes to runs that would be slower than their pace
    otherwise; but after an early frame no other comes early for as long as that one took, so that due frames get at
    least half of the time.

    report: called with each message to the pool. frames_per_second: what this thread may yield for all runs together.
    most: frames per second of a run that has the thread for itself.
    clock: seconds, never going back. spent: seconds of computing that this thread has done. on_turn: called with the
    run before each of its turns, and with "" after it.
    """

    def __init__(
        self,
        report: Callable[[Message], object],
        frames_per_second: float,
        most: float,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.thread_time,
        on_turn: Callable[[str], None] = lambda run: None,
    ):
        self._report = report
        self._on_turn = on_turn
        self._clock, self._spent = clock, spent
        self._capacity, self._most = frames_per_second, most
        self._runs: dict[str, _Run] = {}
        self._spare = -math.inf
        """Time from which a frame may come before it is due."""
        self._previews: dict[str, tuple[bytes, Plan]] = {}
        """Previews to compute, by key, first come first served."""
        self._yield_until = -math.inf
        """Time until which due frames go before previews."""
        self._last_preview = (math.inf, math.inf)
        """Start and end of the last preview."""

    @property
    def period(self) -> float:
        """Return the seconds between frames of a run: the capacity divided evenly, with bounds for one run."""
        return 1 / min(self._most, max(MIN_FRAMES_PER_SECOND, self._capacity / self._active))

    @property
    def _active(self) -> int:
        """Return the number of runs that get turns; 1 if there are none."""
        return max(1, sum(not run.resting for run in self._runs.values()))

    def handle(self, command: str, *arguments: Any) -> None:
        """Carry out a command: start, rest, resume, stop, warm or preview."""
        handlers: dict[str, Callable[..., None]]
        handlers = {"start": self.start, "rest": self.rest, "resume": self.resume, "stop": self.stop, "warm": self.warm}
        handlers["preview"] = self.preview
        handlers[command](*arguments)

    def start(self, run: str, config: bytes, seconds: float = math.inf) -> None:
        """Add a run that may compute for so many seconds. Its frames are computed in its turns."""
        now = self._clock()
        self._runs[run] = _Run(_frames(config, seconds), due=now - HEAD_START, ready=now)

    def rest(self, run: str) -> None:
        """Give an unwatched run no turns until it is resumed; do nothing if it is not here."""
        if run in self._runs:
            self._runs[run].resting = True

    def resume(self, run: str) -> None:
        """Give a resting run its turns again, from now on."""
        if run in self._runs and self._runs[run].resting:
            resumed = self._runs[run] = self._runs.pop(run)
            now = self._clock()
            resumed.resting = False
            # the time of its rest does not count as waiting
            resumed.due, resumed.ready = max(resumed.due, now), max(resumed.ready, now)

    def stop(self, run: str) -> None:
        """Drop a run; do nothing if it is not here (any more)."""
        self._runs.pop(run, None)

    def warm(self, config: bytes) -> None:
        """Compute and discard the first frame of a config, so that imports and setup are done for the first visitor."""
        try:
            next(_frames(config), None)
        except Exception:
            # The visitor who requests this config gets the error.
            logger.debug("warming up failed", exc_info=True)

    def preview(self, key: str, config: bytes, plan: Plan) -> None:
        """Add a preview, which is computed in one turn."""
        self._previews[key] = config, plan

    def wait(self) -> float | None:
        """Return the seconds until there may be something to compute; None if there is nothing."""
        if self._previews:
            return 0.0
        first = min((self._earliest_turn(run) for run in self._runs.values() if not run.resting), default=None)
        return None if first is None else max(0.0, first - self._clock())

    def _earliest_turn(self, run: _Run) -> float:
        """Return the time from which a run may have its turn."""
        return min(run.due, max(run.ready, self._spare))

    def compute_next(self) -> None:
        """Compute a preview, or one frame of the run that is due earliest, of those that may have a turn now.

        Previews go first, because a visitor moves a control meanwhile; but after each of them due frames get their
        share.
        """
        began, spent = self._clock(), self._spent()
        if self._previews and (began >= self._yield_until or not self._is_late(began)):
            self._preview()
            ended = self._clock()
            self._yield_until = ended + PREVIEW_YIELD * (ended - began)
            self._last_preview = began, ended
            return
        able = [name for name, run in self._runs.items() if not run.resting and self._earliest_turn(run) <= began]
        if not able:
            return
        name = min(able, key=lambda name: self._runs[name].due)
        # Put it last: of runs due at the same moment, take the one whose last turn is longest ago.
        run = self._runs[name] = self._runs.pop(name)
        try:
            frame = self._next(name)
        except CannotRun as error:
            self._report(("failed", name, str(error), error.remedy, error.lasting))
        except MemoryError:
            self._report(("starved", name))
        except Exception:
            self._report(("raised", name, traceback.format_exc()))
        else:
            if frame is not None:
                self._report(("frame", name, frame))
                # The first frame includes all setup, so its time does not predict that of later ones.
                cost = 0.0 if run.new else self._spent() - spent
                if run.due > began:
                    self._spare = 2 * self._clock() - began
                # Counted from now, not from the time at which it was due: under overload runs are then due in the order
                # of their last turns, so they progress equally, and none catches up in a burst. A frame that became due
                # during a preview may catch up: it keeps its pace, and the burst is as short as a preview.
                start, end = self._last_preview
                now = run.due if start <= run.due < end else began
                run.ready = now + self.period
                run.due = now + max(self.period, self._active * cost)
                run.new = False
                return
            self._report(("finished", name))
        self._runs.pop(name, None)

    def _is_late(self, now: float) -> bool:
        """Return whether a frame is due."""
        return any(run.due <= now for run in self._runs.values() if not run.resting)

    def _preview(self) -> None:
        """Compute the preview that has waited longest."""
        from lazyrich.serving.previews.compute import compute

        key = next(iter(self._previews))
        preview, why = None, ""
        self._on_turn(PREVIEW)
        try:
            preview = compute(*self._previews.pop(key))
        except CannotRun as error:
            why = str(error)
        except Exception:
            logger.exception("a preview failed")
            why = "This picture could not be computed; the server's log has the reason."
        finally:
            self._on_turn("")
        self._report(("previewed", key, preview, why))

    def _next(self, run: str) -> Frame | None:
        """Return the run's next frame; None at its end."""
        self._on_turn(run)
        try:
            return next(self._runs[run].frames, None)
        except RuntimeError as error:
            # torch's message for lack of host memory, for which it has no exception class
            if "can't allocate memory" in str(error):
                raise MemoryError from error
            raise
        finally:
            self._on_turn("")


def serve(commands: SimpleQueue[Message], scheduler: Scheduler) -> None:
    """Obey commands and, between them, compute frames. Returns on ("quit",) and when the main thread has ended.

    The latter covers a training thread in a process that exits without stopping it: torch aborts an interpreter that
    is torn down while it runs, so this cannot be a daemon thread, and any other thread would be joined forever.
    """
    main = threading.main_thread()
    while main.is_alive():
        wait = scheduler.wait()
        command = None
        with suppress(Empty):
            command = commands.get(timeout=IDLE_SECONDS if wait is None else min(wait, IDLE_SECONDS))
        if command is None:
            scheduler.compute_next()
        elif command[0] == "quit":
            return
        else:
            scheduler.handle(*command)


class TimeLimitExceeded(CannotRun):
    """A run has used up its processor time."""


def _frames(config: bytes, seconds: float = math.inf) -> Iterator[Frame]:
    """Yield the frames. As a generator it raises all errors, of unpickling too, in `next`, where they are reported.

    Raises:
        TimeLimitExceeded: Once the frames have taken `seconds` of this thread's processor time, without that of other
            runs and programs.
    """
    described: Config = pickle.loads(config)
    frames = described.frames()
    spent = 0.0
    first: Frame | None = None
    while True:
        late = spent > seconds
        began = time.thread_time()
        frame = next(frames, None)
        spent += time.thread_time() - began
        if frame is None:
            return
        first = first or frame
        yield frame
        if late:
            # checked one frame later than possible, because only then is it known that the last frame was not the end
            from lazyrich.serving.admission import (  # which workers can start without
                advice,
                compute_seconds,
                time_in_words,
            )

            raise TimeLimitExceeded(
                f"Stopped at {moment_of([first, frame])}: it has computed for {time_in_words(seconds)}, which is all "
                f"that one run may; what it has is kept. {advice(described, compute_seconds)}"
            )
