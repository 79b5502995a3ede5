"""Taking turns: many runs on one core, one frame at a time, the earliest due first, so that all progress fairly.

    turns = Scheduler(report, frames_per_second=150)
    serve(commands, turns)              on the one thread that trains, until told to quit

Commands come in as tuples and reports go out as tuples, so that the same loop serves in a worker process behind a pipe
and on a thread behind a queue:

    ("start", RUN, pickled config, s)   ("frame", RUN, Frame)                  s: processor seconds it may take
    ("rest", RUN), ("resume", RUN)      ("finished", RUN)
    ("stop", RUN)                       ("failed", RUN, message, remedy, lasting)    it cannot go on, with the reason
    ("warm", pickled config)            ("starved", RUN)                       there was no memory for it now
    ("quit",)                           ("raised", RUN, traceback)             it failed with an unexpected exception
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
from typing import Any, Final

from lazyrich.config.schema import Config
from lazyrich.frame import CannotRun, Frame
from lazyrich.moment import moment_of

Message = tuple[Any, ...]

MOST: Final = 120.0
"""Frames per second of a run that has the machine for itself: twice what a screen shows; it is over in seconds."""

LEAST: Final = 10.0
"""Frames per second below which a run is not slowed down on purpose, however many there are."""

IDLE: Final = 0.5
"""Seconds between two checks that the main thread is alive, when there is nothing else to do."""

HEAD_START: Final = 0.5
"""Seconds by which a new run's first frame is taken to be overdue: it goes before others, but not before those that
have waited longer still. Otherwise visitors who start run upon run would leave all others without a frame."""

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Run:
    """A run that has a turn to come.

    due: when, by its share of the time. ready: when it may have it earlier, if the thread is idle. new: whether it has
    had no frame yet. resting: whether it gets no turn.
    """

    frames: Iterator[Frame]
    due: float
    ready: float
    new: bool = True
    resting: bool = False


class Scheduler:
    """Runs that share one thread. A new run's first frame has a head start; then each run has its own pace.

    From its second frame on a run is due when its share of the thread's time allows: one whose frames take long has
    fewer of them, and the others keep their pace. What time is left over goes to those that would be slower than their
    pace otherwise; but a frame that came before it was due is followed by none such for as long as it took, so that
    what is due has half of the time at least.

    report: called with each message to the pool. frames_per_second: what this thread may yield for all runs together.
    clock: seconds, never going back. spent: seconds of computing that this thread has done. whose: told the run before
    each of its turns, and "" after it.
    """

    def __init__(
        self,
        report: Callable[[Message], object],
        frames_per_second: float,
        clock: Callable[[], float] = time.monotonic,
        spent: Callable[[], float] = time.thread_time,
        whose: Callable[[str], None] = lambda run: None,
    ):
        self._report = report
        self._whose = whose
        self._clock, self._spent = clock, spent
        self._capacity = frames_per_second
        self._runs: dict[str, _Run] = {}
        self._spare = -math.inf
        """From when on a frame may come before it is due."""

    @property
    def period(self) -> float:
        """Seconds from one frame of a run to its next: the capacity shared out, between 1/MOST and 1/LEAST."""
        return 1 / min(MOST, max(LEAST, self._capacity / self._playing))

    @property
    def _playing(self) -> int:
        """The runs that get turns; 1 if there are none."""
        return max(1, sum(not run.resting for run in self._runs.values()))

    def obey(self, order: str, *arguments: Any) -> None:
        """Carry out a command: start, rest, resume, stop or warm."""
        orders: dict[str, Callable[..., None]]
        orders = {"start": self.start, "rest": self.rest, "resume": self.resume, "stop": self.stop, "warm": self.warm}
        orders[order](*arguments)

    def start(self, run: str, config: bytes, seconds: float = math.inf) -> None:
        """Take up a run that may compute for so many seconds. Its frames are made when its turn comes."""
        now = self._clock()
        self._runs[run] = _Run(_frames(config, seconds), due=now - HEAD_START, ready=now)

    def rest(self, run: str) -> None:
        """Give a run no turns until it is resumed: nobody is watching it. Nothing if it is not here."""
        if run in self._runs:
            self._runs[run].resting = True

    def resume(self, run: str) -> None:
        """Give a resting run its turns again, from now on."""
        if run in self._runs and self._runs[run].resting:
            resumed = self._runs[run] = self._runs.pop(run)
            now = self._clock()
            resumed.resting = False
            # it has not waited for a turn meanwhile
            resumed.due, resumed.ready = max(resumed.due, now), max(resumed.ready, now)

    def stop(self, run: str) -> None:
        """Let go of a run; nothing if it is not here (any more)."""
        self._runs.pop(run, None)

    def warm(self, config: bytes) -> None:
        """Compute the first frame of a config for nobody: what it imports and sets up is there when a visitor comes."""
        try:
            next(_frames(config), None)
        except Exception:
            # The visitor who asks for this config is told what is wrong with it.
            logger.debug("warming up failed", exc_info=True)

    def wait(self) -> float | None:
        """Seconds until a frame may be taken; None if there is no run."""
        first = min((self._from(run) for run in self._runs.values() if not run.resting), default=None)
        return None if first is None else max(0.0, first - self._clock())

    def _from(self, run: _Run) -> float:
        """When a run may have its turn."""
        return min(run.due, max(run.ready, self._spare))

    def take(self) -> None:
        """One frame of the run that is due earliest, of those that may have their turn now; nothing if none may."""
        began, spent = self._clock(), self._spent()
        able = [name for name, run in self._runs.items() if not run.resting and self._from(run) <= began]
        if not able:
            return
        name = min(able, key=lambda name: self._runs[name].due)
        # Put last: of those that are due at the same moment, the one is taken whose last turn is longest ago.
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
                # The first frame comes with all that is set up once, which is no measure of those that follow.
                cost = 0.0 if run.new else self._spent() - spent
                if run.due > began:
                    self._spare = 2 * self._clock() - began
                # Counted from now, not from when it was due: then runs are due in the order in which they last had a
                # turn, so they stay level when there is too much to do, and none catches up in a burst.
                run.ready = began + self.period
                run.due = began + max(self.period, self._playing * cost)
                run.new = False
                return
            self._report(("finished", name))
        self._runs.pop(name, None)

    def _next(self, run: str) -> Frame | None:
        """The run's next frame; None at its end."""
        self._whose(run)
        try:
            return next(self._runs[run].frames, None)
        except RuntimeError as error:
            # torch's own for memory of the host, which has no class for it
            if "can't allocate memory" in str(error):
                raise MemoryError from error
            raise
        finally:
            self._whose("")


def serve(commands: SimpleQueue[Message], scheduler: Scheduler) -> None:
    """Obey commands and, between them, take turns. Returns on ("quit",) and when the main thread has ended.

    The latter is for a thread that trains in a process which exits without having stopped it: torch aborts an
    interpreter that is torn down under it, so this must be no daemon thread, and any other would be waited for forever.
    """
    main = threading.main_thread()
    while main.is_alive():
        wait = scheduler.wait()
        command = None
        with suppress(Empty):
            command = commands.get(timeout=IDLE if wait is None else min(wait, IDLE))
        if command is None:
            scheduler.take()
        elif command[0] == "quit":
            return
        else:
            scheduler.obey(*command)


class TookTooLong(CannotRun):
    """The run has used up its processor time."""


def _frames(config: bytes, seconds: float = math.inf) -> Iterator[Frame]:
    """A generator, so that whatever goes wrong goes wrong in `next`, where it is reported: unpickling, too.

    Raises TookTooLong once the frames have taken `seconds` of this thread's time on the processor: what other runs
    and other programs take does not count.
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
            # a frame later than it could be: before, the last one is not told from others
            from lazyrich.serving.admission import (  # which workers can start without
                advice,
                compute_seconds,
                time_in_words,
            )

            raise TookTooLong(
                f"Stopped at {moment_of([first, frame])}: it has computed for {time_in_words(seconds)}, which is all "
                f"that one run may; what it has is kept. {advice(described, compute_seconds)}"
            )
