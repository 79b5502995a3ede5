"""RunPool trains runs and keeps their logs; a Run is the log of one config's frames.

    with RunPool(Limits(workers=2)) as pool:
        run = pool.request(StudentTeacher(tau=0.1, delta=1.0))      # the same Run for all who ask for the same config
        pool.watch(run)                                             # runs that nobody watches are ended after a while
        run.status, run.progress, run.frames

Training happens in worker processes, kept by a thread of this process (`serving.workers.supervisor`): a thread rather
than readers on an event loop, so that the pool serves a script and a test as it serves a server, and reading a large
frame never holds an event loop up.
"""

from __future__ import annotations

import atexit
import logging
import math
import pickle
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final, Self

from lazyrich.config.limits import MB, Limits, from_environment
from lazyrich.config.schema import Config
from lazyrich.frame import Frame
from lazyrich.moment import moment_of
from lazyrich.serving.admission import Busy, Refused, TooMuchWork, admit, log_bytes, time_in_words
from lazyrich.serving.queue import Left, QueuedRun, RunQueue
from lazyrich.serving.queue_messages import COMING_BACK, full, place_in_queue
from lazyrich.serving.rate_limit import RateLimit
from lazyrich.serving.run import Run, Status
from lazyrich.serving.run_cache import Room, RunCache
from lazyrich.serving.workers.scheduler import LEAST, MOST, Message
from lazyrich.serving.workers.supervisor import Supervisor
from lazyrich.serving.workers.worker import Worker

__all__ = ["Busy", "Refused", "Run", "RunPool", "TooMuchWork"]

FRAMES_PER_SECOND: Final = 300.0
"""What all workers together aim at. With 2 runs each has 120 frames/s, with 20 it has 15, and never less than
`turns.LEAST` on purpose: more than this the web process does not pass on to fifty browsers without falling behind."""

STOP_SECONDS: Final = 2.0
"""How long the pool takes to stop at most; a container is killed ten seconds after it was asked to stop."""

MAX_REPEATS: Final = 2
"""How often a run is computed anew because its worker died of something else."""

MAX_KILLS: Final = 3
"""Workers that may die while they compute one config, which never came to its end, before it is not tried any more."""

OUT_OF_MEMORY = "This run needed more memory than there was for it: choose a smaller one, or try again later."

SHUT_DOWN = "The server was shut down before this run was over."

logger = logging.getLogger(__name__)


class RunPool:
    """Runs and the workers that train them.

    limits: see `config.limits`; from the environment if None. warm: configs whose first frame every worker computes
    when it starts, so that what they import is there when the first visitor comes. All methods may be called from any
    thread.
    """

    def __init__(self, limits: Limits | None = None, warm: Sequence[Config] = ()):
        self.limits = from_environment() if limits is None else limits
        self._warm = [pickle.dumps(config) for config in warm]
        self._lock = threading.RLock()
        self._cache = RunCache(self.limits.log_mb * MB)
        self._waiting = RunQueue(self.limits.max_runs, self.limits.all_scratch_mb * MB)
        self._starts = RateLimit(self.limits.max_starts)
        self._trainers: dict[str, Worker] = {}
        self._queued: dict[str, QueuedRun] = {}
        """What the active runs need."""
        self._supervisor: Supervisor | None = None
        self._kills: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the workers; nothing if they are started. Raises OSError if no process is to be had."""
        with self._lock:
            if self._supervisor is not None:
                return
            self._supervisor = Supervisor(
                self.limits,
                FRAMES_PER_SECOND,
                self._warm,
                received=self._received,
                died=self._died,
                tick=self._tick,
            )
        # A torch thread that is alive when the interpreter is torn down aborts it.
        atexit.register(self.stop)

    def stop(self) -> None:
        """End all training and the workers within about 2 s; nothing if that is done. Logs stay until the pool goes."""
        with self._lock:
            supervisor, self._supervisor = self._supervisor, None
            for run in list(self._cache.runs.values()):
                self._end(run, "stopped", SHUT_DOWN)
        if supervisor is not None:
            supervisor.end(STOP_SECONDS)
            atexit.unregister(self.stop)

    def request(self, config: Config) -> Run:
        """The run of this config: the one there is, if it is of use, or else a new one.

        A run that was stopped, or whose process died, starts anew, or goes on from its frames if its config can
        (`going_on(frames)` gives what computes the rest of them); one that diverged would diverge again and is
        returned. Raises TooMuchWork if it would cost more than one run may, Busy if the server has no room now (both
        are Refused), RuntimeError if the pool is not started.
        """
        key = config.key
        with self._lock:
            if (run := self._cache.asked(key)) is not None:
                return self._wanted(run)
        work = admit(config, self.limits)
        pickled = pickle.dumps(config)
        with self._lock:
            if self._supervisor is None:
                raise RuntimeError("The run pool is not started: call start() first.")
            if (run := self._cache.asked(key)) is not None:
                return self._wanted(run)
            before = self._cache.begun(key)
            self._take_in(log_bytes(config))
            run = Run(config)
            if before is not None and (going_on := getattr(config, "going_on", None)) is not None:
                for frame in before.frames:
                    run.append(frame)
                run.given = run.sent = len(run.frames)
                pickled = pickle.dumps(going_on(before.frames))
            self._cache.put(run)
            self._waiting.add(run.id, QueuedRun(pickled, work, run.expected))
            self._dispatch()
            return self._wanted(run)

    def there(self, config: Config) -> bool:
        """Whether a request for this config would get a run that is there, and start none."""
        with self._lock:
            return self._cache.asked(config.key) is not None

    def get(self, id: str) -> Run | None:
        """The run with this id, None if there is none (any more)."""
        return self._cache.runs.get(id)

    def watch(self, run: Run) -> None:
        """One viewer more. While anyone watches, a run is neither ended nor dropped."""
        with self._lock:
            run.viewers += 1
            run.ends_at = None
            self._cache.use(run)
            self._resume(run)

    def unwatch(self, run: Run) -> None:
        """One viewer less. After the last one the run rests, and ends after `grace_seconds` if nobody comes back."""
        with self._lock:
            if run.viewers == 0:
                raise ValueError("unwatch() was called more often than watch().")
            run.viewers -= 1
            self._cache.use(run)
            if run.viewers == 0:
                run.ends_at = time.monotonic() + self.limits.grace_seconds
                # What somebody watches has the machine until then.
                run.rest()
                if (worker := self._trainers.get(run.id)) is not None:
                    worker.send(("rest", run.id))

    def stop_run(self, run: Run) -> bool:
        """End this training and keep its frames, unless more than one viewer watches. Returns whether it has ended."""
        with self._lock:
            if run.viewers <= 1:
                self._end(run, "stopped", "Stopped; the frames so far are kept.")
            return run.over

    def leave(self, run: Run) -> None:
        """The only visitor who may watch this run has gone on to others: it is ended now, without a grace time."""
        with self._lock:
            self._abandon(run, "Ended because its visitor went on to other runs.")

    @property
    def trouble(self) -> list[str]:
        """What is wrong with the workers, in sentences; empty if all are there and kept."""
        supervisor = self._supervisor
        return ["The workers are not started, or were stopped."] if supervisor is None else supervisor.trouble

    @property
    def healthy(self) -> bool:
        """Whether all workers are there."""
        return not self.trouble

    def counts(self) -> dict[str, float]:
        """What there is, for the health address and for tests."""
        with self._lock:
            return {
                "workers": len(self._supervisor.workers) if self._supervisor else 0,
                "active": len(self._trainers),
                "waiting": len(self._waiting),
                "runs": len(self._cache.runs),
                "viewers": sum(run.viewers for run in self._cache.runs.values()),
                "log_mb": round(self._cache.held / MB, 3),
            }

    @property
    def worker_pids(self) -> list[int]:
        """The numbers of the worker processes."""
        supervisor = self._supervisor
        return [worker.pid for worker in supervisor.workers] if supervisor else []

    # What follows is called with the lock held.

    def _wanted(self, run: Run) -> Run:
        """Somebody asked for the run and will come to watch it: it must not be ended under them, and goes on."""
        self._cache.use(run)
        if run.viewers == 0:
            run.ends_at = time.monotonic() + max(self.limits.first_viewer_seconds, self.limits.grace_seconds)
        self._resume(run)
        return run

    def _resume(self, run: Run) -> None:
        """Give a run its turns again if it rests."""
        if run.resting and (worker := self._trainers.get(run.id)) is not None:
            worker.send(("resume", run.id))
        run.resume()

    def _take_in(self, size: float) -> None:
        """Make room for a run of `size` bytes. Raises Busy, and leaves all as it is, if there is none to be made."""
        # Runs wait for a place, and where there are places for working memory or for workers that come back.
        waits = self._waiting or len(self._trainers) >= self.limits.max_runs
        if waits and len(self._waiting) >= self.limits.max_waiting:
            raise Busy(full(len(self._trainers), len(self._waiting)), again=60.0)
        room = self._cache.room_for(size)
        if room is None:
            raise Busy(
                f"The server's memory for runs ({self.limits.log_mb:,.0f} MB) is taken by runs that are being watched. "
                "Try again when some of them are closed, or choose a smaller run.",
                again=self.limits.grace_seconds,  # by then what others have just left is over
            )
        if wait := self._starts.take():
            raise Busy(
                f"The server starts {self.limits.max_starts:,.0f} runs in a minute, and these are asked for already. "
                f"Try again in {time_in_words(math.ceil(wait))}.",
                again=wait,
            )
        self._clear(room)

    def _clear(self, room: Room) -> None:
        for run in room.drop:
            self._abandon(run, "Dropped to make room for other runs.")
            self._cache.drop(run)
        for run in room.drop_weights:
            run.drop_weights()
            self._cache.weigh(run)

    def _abandon(self, run: Run, message: str) -> None:
        """End a run that nobody has stopped: who comes back to it asks for it anew."""
        run.abandoned = run.abandoned or not run.over
        self._end(run, "stopped", message)

    def _dispatch(self) -> None:
        """Give waiting runs to workers as far as places are free, and tell the others their place."""
        workers = self._supervisor.workers if self._supervisor else ()
        while workers and (chosen := self._waiting.next([*self._queued.values()])) is not None:
            id, queued = chosen
            worker = min(workers, key=lambda worker: len(worker.runs))
            run = worker.runs[id] = self._cache.runs[id]
            self._trainers[id], self._queued[id] = worker, queued
            run.become("running", run.again)
            worker.send(("start", id, queued.pickled, self.limits.compute_seconds))
            if run.resting:
                worker.send(("rest", id))
        self._tell_places()

    def _tell_places(self) -> None:
        """Tell those that wait their place and, where a place among the active runs is all they lack, how long."""
        if not self._waiting:
            return
        count = len(self._trainers)
        seconds: list[float] | None = None
        if count >= self.limits.max_runs:
            seconds = self._waiting.seconds(self._left(), self.limits.workers, self._pace)
        for place, id in enumerate(self._waiting, 1):
            run = self._cache.runs[id]
            left = None if seconds is None else seconds[place - 1]
            message = run.again or place_in_queue(place, len(self._waiting), count, left)
            if not (self._supervisor and self._supervisor.workers):
                message = COMING_BACK
            if run.message != message:
                run.become("waiting", message)

    def _left(self) -> list[Left]:
        """What the active runs have still to do."""
        found = []
        for id, queued in self._queued.items():
            run = self._cache.runs[id]
            found.append(Left((1 - run.progress) * queued.work.seconds, run.expected - len(run.frames)))
        return found

    @property
    def _pace(self) -> float:
        """Frames per second of an active run when all places are taken."""
        return min(MOST, max(LEAST, FRAMES_PER_SECOND / self.limits.max_runs))

    def _end(
        self, run: Run, status: Status, message: str = "", remedy: dict[str, Any] | None = None, final: bool = False
    ) -> None:
        """The run is over; its place goes to the next one that waits. Nothing if it was over."""
        if run.over:
            return
        self._waiting.remove(run.id)
        worker = self._trainers.pop(run.id, None)
        self._queued.pop(run.id, None)
        if worker is not None:
            worker.runs.pop(run.id, None)
            if status != "finished":
                worker.send(("stop", run.id))
        run.final = final
        run.become(status, message, remedy)
        self._cache.weigh(run)
        self._dispatch()

    # What follows is called by the supervisor.

    def _received(self, worker: Worker, message: Message) -> bool:
        """Returns whether it was of use: after a run was stopped here some of it is still on its way."""
        kind, id, *content = message
        with self._lock:
            run = worker.runs.get(id)
            if run is None:
                return False
            if kind == "frame":
                self._take_up(run, *content)
            elif kind == "finished":
                self._kills.pop(run.config.key, None)
                self._end(run, "finished", final=True)
            elif kind == "failed":
                text, remedy, lasting = content
                self._end(run, "failed", text, remedy, final=lasting)
            elif kind == "starved":
                self._end(run, "failed", OUT_OF_MEMORY)
            elif kind == "raised":
                logger.error("%r failed:\n%s", run, *content)
                self._end(run, "failed", "This run failed for a reason that was not foreseen; the server's log has it.")
            else:
                raise ValueError(f"a message of kind {kind!r:.40}")
            return True

    def _take_up(self, run: Run, frame: Frame) -> None:
        """A frame that is new, or that another worker computed before."""
        place, run.sent = run.sent, run.sent + 1
        if place == len(run.frames):
            if run.again:
                run.again = ""
                run.become("running")
            self._append(run, frame)
        elif not run.frames[place].same(frame):
            self._end(
                run, "failed", f"{run.again} It cannot be repeated to the last bit here, so it is over: start it anew."
            )

    def _append(self, run: Run, frame: Frame) -> None:
        run.append(frame)
        self._cache.weigh(run)
        if run.nbytes > self.limits.run_mb * MB:
            self._end(
                run, "stopped", f"Stopped at {moment_of(run.frames)}: its frames take {self.limits.run_mb:,.0f} MB."
            )
        elif (room := self._cache.room_for()) is not None:
            self._clear(room)
        else:
            self._end(run, "stopped", f"Stopped at {moment_of(run.frames)}: the server's memory for runs is full.")

    def _died(self, worker: Worker, how: str, turn: str) -> None:
        """The run whose turn it was is over; for the others nothing is lost but time."""
        told = f"The process that computed this run {how}."
        with self._lock:
            for run in list(worker.runs.values()):
                if run.id == turn:
                    self._kills[run.config.key] += 1
                    final = self._kills[run.config.key] >= MAX_KILLS
                    advice = (
                        "It did so each time, so it is not tried again: choose another setting."
                        if final
                        else "What it had is kept; ask for the run again to start it anew."
                    )
                    self._end(run, "failed", f"{told} {advice}", final=final)
                elif run.repeats >= MAX_REPEATS:
                    self._end(run, "failed", f"{told} What it had is kept; ask for the run again to start it anew.")
                else:
                    self._repeat(run, f"{told} It is computed anew and goes on from where it was.")
            self._dispatch()

    def _repeat(self, run: Run, why: str) -> None:
        """Compute a run once more, before all that wait. The same config gives the same frames: viewers see a pause."""
        del self._trainers[run.id]
        run.repeats += 1
        run.sent, run.again = run.given, why
        run.become("waiting", why)
        self._waiting.add(run.id, self._queued.pop(run.id), first=True)

    def _tick(self) -> None:
        """End what nobody watches, and give what waits to workers that came back."""
        now = time.monotonic()
        with self._lock:
            for run in [self._cache.runs[id] for id in [*self._trainers, *self._waiting]]:
                if run.ends_at is not None and now >= run.ends_at:
                    self._abandon(run, "Ended because nobody was watching.")
            self._make_room()
            self._dispatch()

    def _make_room(self) -> None:
        """What waits takes the places of what rests: a visitor who moves controls leaves a resting run each time."""
        resting = [run for id in self._trainers if (run := self._cache.runs[id]).resting]
        resting.sort(key=lambda run: run.ends_at or 0.0)
        for run in resting[: len(self._waiting)]:
            self._abandon(run, "Ended because nobody was watching, and others were waiting.")
