"""Taking turns: many runs on one core, one frame at a time, the earliest due first, so that all progress fairly.

    turns = Turns(report, frames_per_second=150)
    serve(commands, turns)              on the one thread that trains, until told to quit

Commands come in as tuples and reports go out as tuples, so that the same loop serves in a worker process behind a pipe
and on a thread behind a queue:

    ("start", RUN, pickled config, s)   ("frame", RUN, Frame)                  s: processor seconds it may take
    ("rest", RUN), ("resume", RUN)      ("finished", RUN)
    ("stop", RUN)                       ("failed", RUN, message, remedy)       it cannot go on, and says why
    ("warm", pickled config)            ("starved", RUN)                       there was no memory for it now
    ("quit",)                           ("raised", RUN, traceback)             it failed in a way that nobody foresaw
"""

from __future__ import annotations

import heapq
import itertools
import logging
import math
import pickle
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Final

from lazyrich.frame import CannotRun, Frame
from lazyrich.schema import Config

Message = tuple[Any, ...]

MOST: Final = 120.0
"""Frames per second of a run that has the machine for itself: twice what a screen shows; it is over in seconds."""

LEAST: Final = 10.0
"""Frames per second below which a run is not slowed down on purpose, however many there are."""

IDLE: Final = 0.5
"""Seconds between two looks at whether the interpreter is still there, when there is nothing else to do."""

HEAD_START: Final = 0.5
"""Seconds by which a new run's first frame is taken to be overdue: it goes before others, but not before those that
have waited longer still. Otherwise visitors who start run upon run would leave all others without a frame."""

logger = logging.getLogger(__name__)


class Turns:
    """Runs that share one thread. A new run's first frame has a head start; then each run has its own pace.

    From its second frame on a run gets its share of the thread's time at most: one whose frames take long has fewer of
    them, and the others keep their pace.

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
        self._runs: dict[str, Iterator[Frame]] = {}
        self._due: list[tuple[float, int, str]] = []
        self._order = itertools.count()
        self._new: set[str] = set()
        """Runs that have had no frame yet."""
        self._resting: dict[str, bool] = {}
        """Runs that get no turn -> whether they have left the heap."""

    @property
    def period(self) -> float:
        """Seconds from one frame of a run to its next: the capacity shared out, between 1/MOST and 1/LEAST."""
        return 1 / min(MOST, max(LEAST, self._capacity / self._playing))

    @property
    def _playing(self) -> int:
        """The runs that get turns; 1 if there are none."""
        return max(1, len(self._runs) - len(self._resting))

    def obey(self, order: str, *arguments: Any) -> None:
        """Carry out a command: start, rest, resume, stop or warm."""
        orders: dict[str, Callable[..., None]]
        orders = {"start": self.start, "rest": self.rest, "resume": self.resume, "stop": self.stop, "warm": self.warm}
        orders[order](*arguments)

    def start(self, run: str, config: bytes, seconds: float = math.inf) -> None:
        """Take up a run that may compute for so many seconds. Its frames are made when its turn comes."""
        self._runs[run] = _frames(config, seconds)
        self._new.add(run)
        heapq.heappush(self._due, (self._clock() - HEAD_START, next(self._order), run))

    def rest(self, run: str) -> None:
        """Give a run no turns until it is resumed: nobody is watching it. Nothing if it is not here."""
        if run in self._runs:
            self._resting.setdefault(run, False)

    def resume(self, run: str) -> None:
        """Give a resting run its turns again, from now on."""
        if self._resting.pop(run, False):
            heapq.heappush(self._due, (self._clock(), next(self._order), run))

    def stop(self, run: str) -> None:
        """Let go of a run; nothing if it is not here (any more). Its place in the heap is skipped when it comes up."""
        self._runs.pop(run, None)
        self._new.discard(run)
        self._resting.pop(run, None)

    def warm(self, config: bytes) -> None:
        """Compute the first frame of a config for nobody: what it imports and sets up is there when a visitor comes."""
        try:
            next(_frames(config), None)
        except Exception:
            # What is wrong with it will be told to the visitor who asks for it.
            logger.debug("warming up failed", exc_info=True)

    def wait(self) -> float | None:
        """Seconds until a frame is due; None if there is no run."""
        while self._due and (self._due[0][2] not in self._runs or self._due[0][2] in self._resting):
            _, _, run = heapq.heappop(self._due)
            if run in self._resting:
                self._resting[run] = True
        return max(0.0, self._due[0][0] - self._clock()) if self._due else None

    def take(self) -> None:
        """One frame of the run that is due earliest, if one is due."""
        if self.wait() != 0:
            return
        _, _, run = heapq.heappop(self._due)
        first = run in self._new
        self._new.discard(run)
        # Counted from now, not from when it was due: then runs are due in the order in which they last had a turn, so
        # they stay level when there is too much to do, and none catches up in a burst.
        began, spent = self._clock(), self._spent()
        try:
            frame = self._next(run)
        except CannotRun as error:
            self._report(("failed", run, str(error), error.remedy))
        except MemoryError:
            self._report(("starved", run))
        except Exception:
            self._report(("raised", run, traceback.format_exc()))
        else:
            if frame is not None:
                self._report(("frame", run, frame))
                # The first frame comes with all that is set up once, which is no measure of those that follow.
                cost = 0.0 if first else self._spent() - spent
                following = began + max(self.period, self._playing * cost)
                heapq.heappush(self._due, (following, next(self._order), run))
                return
            self._report(("finished", run))
        self._runs.pop(run, None)

    def _next(self, run: str) -> Frame | None:
        """The run's next frame; None at its end."""
        self._whose(run)
        try:
            return next(self._runs[run], None)
        except RuntimeError as error:
            # torch's own for memory of the host, which has no class for it; that of a card has
            if type(error).__name__ == "OutOfMemoryError" or "can't allocate memory" in str(error):
                raise MemoryError from error
            raise
        finally:
            self._whose("")


def serve(commands: SimpleQueue[Message], turns: Turns) -> None:
    """Obey commands and, between them, take turns. Returns on ("quit",) and when the main thread has ended.

    The latter is for a thread that trains in a process which exits without having stopped it: torch aborts an
    interpreter that is torn down under it, so this must be no daemon thread, and any other would be waited for forever.
    """
    main = threading.main_thread()
    while main.is_alive():
        wait = turns.wait()
        command = None
        with suppress(Empty):
            command = commands.get(timeout=IDLE if wait is None else min(wait, IDLE))
        if command is None:
            turns.take()
        elif command[0] == "quit":
            return
        else:
            turns.obey(*command)


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
    while True:
        late = spent > seconds
        began = time.thread_time()
        frame = next(frames, None)
        spent += time.thread_time() - began
        if frame is None:
            return
        yield frame
        if late:
            # a frame later than it could be: before, the last one is not told from others
            from lazyrich.admission import advice, compute_seconds, time_in_words  # which workers can start without

            raise TookTooLong(
                f"Stopped at step {frame.step:,}: it has computed for {time_in_words(seconds)}, which is all that one "
                f"run may; what it has is kept. {advice(described, compute_seconds)}"
            )
