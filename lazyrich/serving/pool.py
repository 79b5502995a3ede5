"""RunPool trains runs and keeps their logs; a Run is the log of one config's frames.

    with RunPool(Limits(workers=2)) as pool:
        run = pool.request(StudentTeacher(tau=0.1, delta=1.0))      # the same Run for all who ask for the same config
        pool.watch(run)                                             # unwatched runs are ended after a while
        run.status, run.progress, run.frames

Training happens in worker processes, which a thread of this process supervises (`serving.workers.supervisor`). It is a
thread and not a reader on an event loop, so that the pool also serves scripts and tests, and so that reading a large
frame never blocks an event loop.
"""

from __future__ import annotations

import atexit
import math
import pickle
import threading
import time
from collections.abc import Sequence
from typing import Final, Self

from lazyrich.config.limits import MB, Limits, from_environment
from lazyrich.config.schema import Config
from lazyrich.serving.admission import Busy, Refused, TooMuchWork, admit, log_bytes, time_in_words
from lazyrich.serving.previews.previews import Previews
from lazyrich.serving.queue import QueuedRun
from lazyrich.serving.queue_messages import full
from lazyrich.serving.rate_limit import RateLimit
from lazyrich.serving.registry import Registry
from lazyrich.serving.reports import Reports
from lazyrich.serving.run import Run
from lazyrich.serving.run_states import Event
from lazyrich.serving.workers.scheduler import PREVIEW, Message
from lazyrich.serving.workers.supervisor import Supervisor
from lazyrich.serving.workers.worker import Worker

__all__ = ["Busy", "Refused", "Run", "RunPool", "TooMuchWork"]

STOP_SECONDS: Final = 2.0
"""Seconds that stopping the pool may take: a container is killed ten seconds after it is asked to stop."""

SHUT_DOWN: Final = "The server was shut down before this run was over."


class RunPool:
    """Runs, and the workers that train them. All methods may be called from any thread.

    Args:
        limits: Limits of the server, see `config.limits`; from the environment if None.
        warm: Configs whose first frame every worker computes when it starts, so that their imports are done before the
            first visitor comes.

    Attributes:
        previews: Previews of runs, computed by the same workers.
    """

    def __init__(self, limits: Limits | None = None, warm: Sequence[Config] = ()):
        self.limits = from_environment() if limits is None else limits
        self._warm = [pickle.dumps(config) for config in warm]
        self._lock = threading.RLock()
        self.previews = Previews(self.limits.kept_preview_mb * MB, self._workers)
        self._registry = Registry(self.limits, self._workers, self.previews)
        self._cache, self._dispatcher = self._registry.cache, self._registry.dispatcher
        self._reports = Reports(self._registry)
        self._starts = RateLimit(self.limits.max_starts)
        self._supervisor: Supervisor | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the workers; do nothing if they run.

        Raises:
            OSError: If no process can be started.
        """
        with self._lock:
            if self._supervisor is not None:
                return
            self._supervisor = Supervisor(
                self.limits,
                self._warm,
                on_message=self._on_message,
                on_death=self._on_death,
                on_tick=self._on_tick,
            )
        # A torch thread that is alive at the interpreter's shutdown aborts the process.
        atexit.register(self.stop)

    def stop(self) -> None:
        """End all training and the workers within about 2 s; do nothing if they have ended. Logs stay readable."""
        with self._lock:
            supervisor, self._supervisor = self._supervisor, None
            for run in list(self._cache.runs.values()):
                self._registry.end(run, Event.STOP, SHUT_DOWN)
        self.previews.stop()
        if supervisor is not None:
            supervisor.end(STOP_SECONDS)
            atexit.unregister(self.stop)

    def request(self, config: Config) -> Run:
        """Return the run of this config: the existing one if it can be used, otherwise a new one.

        A run that was stopped, or whose process died, starts again, or continues from its frames if its config supports
        that (`continuation(frames)` returns a config that computes the rest). A run that diverged would diverge again
        and is returned.

        Args:
            config: The settings.

        Returns:
            The run.

        Raises:
            TooMuchWork: If it would cost more than one run may (a Refused).
            Busy: If the server has no room now (a Refused).
            RuntimeError: If the pool is not started.
        """
        key = config.key
        with self._lock:
            if (run := self._cache.usable(key)) is not None:
                return self._keep_for_visitor(run)
        work = admit(config, self.limits)
        pickled = pickle.dumps(config)
        with self._lock:
            if self._supervisor is None:
                raise RuntimeError("The run pool is not started: call start() first.")
            if (run := self._cache.usable(key)) is not None:
                return self._keep_for_visitor(run)
            before = self._cache.resumable(key)
            self._reserve(log_bytes(config))
            given = []
            if before is not None and (continuation := getattr(config, "continuation", None)) is not None:
                given = before.frames
                pickled = pickle.dumps(continuation(given))
            run = Run(config, self.limits.run_frames, given)
            self._cache.put(run)
            self._dispatcher.add(run, QueuedRun(pickled, work, run.expected))
            self._registry.dispatch()
            return self._keep_for_visitor(run)

    def has_usable_run(self, config: Config) -> bool:
        """Return whether a request for this config would return an existing run and start none."""
        with self._lock:
            return self._cache.usable(config.key) is not None

    def get(self, id: str) -> Run | None:
        """Return the run with this id; None if it does not exist (any more)."""
        return self._cache.runs.get(id)

    def watch(self, run: Run) -> None:
        """Count one viewer more. While a run has viewers it is neither ended nor dropped."""
        with self._lock:
            rested = run.resting
            run.join()
            self._cache.use(run)
            if rested:
                self._dispatcher.resume(run)

    def unwatch(self, run: Run) -> None:
        """Count one viewer less. Without viewers the run rests, and ends if none comes back within `grace_seconds`.

        Raises:
            IllegalTransition: If it was called more often than `watch`.
        """
        with self._lock:
            run.leave(until=time.monotonic() + self.limits.grace_seconds)
            self._cache.use(run)
            if run.resting:
                self._dispatcher.rest(run)

    def stop_run(self, run: Run) -> bool:
        """End this training and keep its frames, unless more than one viewer watches. Returns whether it has ended."""
        with self._lock:
            if run.viewers <= 1:
                self._registry.end(run, Event.STOP, "Stopped; the frames so far are kept.")
            return run.over

    def abandon(self, run: Run) -> None:
        """End a run at once, without a grace time, because the only visitor who may watch it has moved on."""
        with self._lock:
            self._registry.abandon(run, "Ended because its visitor went on to other runs.")

    @property
    def trouble(self) -> list[str]:
        """Describe what is wrong with the workers, in sentences; empty if all run and are supervised."""
        supervisor = self._supervisor
        return ["The workers are not started, or were stopped."] if supervisor is None else supervisor.trouble

    @property
    def healthy(self) -> bool:
        """Return whether all workers run."""
        return not self.trouble

    def counts(self) -> dict[str, float]:
        """Return counts of runs, workers and bytes, for the health address and for tests."""
        with self._lock:
            return {
                "workers": len(self._supervisor.workers) if self._supervisor else 0,
                "active": len(self._dispatcher.training),
                "waiting": len(self._dispatcher.waiting),
                "runs": len(self._cache.runs),
                "viewers": sum(run.viewers for run in self._cache.runs.values()),
                "log_mb": round(self._cache.nbytes / MB, 3),
                **self.previews.counts(),
            }

    def _workers(self) -> Sequence[Worker]:
        """Return the workers that are alive."""
        supervisor = self._supervisor
        return supervisor.workers if supervisor else ()

    @property
    def worker_pids(self) -> list[int]:
        """Return the process ids of the workers."""
        supervisor = self._supervisor
        return [worker.pid for worker in supervisor.workers] if supervisor else []

    # Call the methods below with the lock held.

    def _keep_for_visitor(self, run: Run) -> Run:
        """Keep the run alive, and resume it, until the visitor who has just asked for it connects to watch it."""
        self._cache.use(run)
        rested = run.resting
        run.expect_viewer(until=time.monotonic() + max(self.limits.first_viewer_seconds, self.limits.grace_seconds))
        if rested:
            self._dispatcher.resume(run)
        return run

    def _reserve(self, size: float) -> None:
        """Make room for a run of `size` bytes. If that is impossible, change nothing and raise Busy."""
        # Runs wait for a place or, if a place is free, for working memory or for workers to be restarted.
        training, waiting = len(self._dispatcher.training), len(self._dispatcher.waiting)
        if self._dispatcher.is_full and waiting >= self.limits.max_waiting:
            raise Busy(full(training, waiting), retry_after=60.0)
        eviction = self._registry.plan_eviction(size)
        if eviction is None:
            raise Busy(
                f"The server's memory for runs ({self.limits.log_mb:,.0f} MB) is taken by runs that are being watched. "
                "Try again when some of them are closed, or choose a smaller run.",
                retry_after=self.limits.grace_seconds,  # by then runs that others have just left have ended
            )
        if wait := self._starts.take():
            raise Busy(
                f"The server starts {self.limits.max_starts:,.0f} runs in a minute, and these are asked for already. "
                f"Try again in {time_in_words(math.ceil(wait))}.",
                retry_after=wait,
            )
        self._registry.evict(eviction)

    # The supervisor calls the methods below.

    def _on_message(self, worker: Worker, message: Message) -> bool:
        if message[0] == "previewed":
            return self.previews.handle_result(worker, *message[1:])
        with self._lock:
            return self._reports.handle(worker, message)

    def _on_death(self, worker: Worker, how: str, turn: str) -> None:
        with self._lock:
            self._reports.handle_death(worker, how, turn)
        self.previews.handle_death(worker, turn == PREVIEW)

    def _on_tick(self) -> None:
        """End unwatched runs whose grace time is over, and give waiting runs to workers that were restarted."""
        now = time.monotonic()
        with self._lock:
            for run in [*self._dispatcher.training, *self._dispatcher.waiting]:
                if run.expires_at is not None and now >= run.expires_at:
                    self._registry.abandon(run, "Ended because nobody was watching.")
            self._end_resting()
            self._registry.dispatch()
        self.previews.dispatch()

    def _end_resting(self) -> None:
        """End resting runs in favour of waiting ones: a visitor who moves controls leaves a resting run each time."""
        resting = [run for run in self._dispatcher.training if run.resting]
        resting.sort(key=lambda run: run.expires_at or 0.0)
        for run in resting[: len(self._dispatcher.waiting)]:
            self._registry.abandon(run, "Ended because nobody was watching, and others were waiting.")
