"""Registry of a pool's runs: the log of each, its place in training, and endings for lack of room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lazyrich.config.limits import MB, Limits
from lazyrich.frame import Frame
from lazyrich.moment import moment_of
from lazyrich.serving.dispatcher import Dispatcher
from lazyrich.serving.previews.previews import Previews
from lazyrich.serving.run import Run
from lazyrich.serving.run_cache import Eviction, RunCache
from lazyrich.serving.run_states import Event
from lazyrich.serving.workers.worker import Worker


class Registry:
    """The only place where runs end, so that the state, the place and the memory of a run always agree.

    The caller holds the pool's lock. workers(): workers that are alive. previews: they share the memory for logs.
    """

    def __init__(self, limits: Limits, workers: Callable[[], Sequence[Worker]], previews: Previews):
        self.limits = limits
        self.cache = RunCache(limits.log_mb * MB, lambda: previews.nbytes)
        self._previews = previews
        self.dispatcher = Dispatcher(limits)
        self._workers = workers

    def dispatch(self) -> None:
        """Give waiting runs to workers while places are free."""
        self.dispatcher.dispatch(self._workers())

    def end(self, run: Run, event: Event, message: str = "", remedy: dict[str, Any] | None = None) -> None:
        """End a run and give its place to the next one that waits. Do nothing if it is over."""
        if run.over:
            return
        run.end(event, message, remedy)
        self.dispatcher.release(run, stop=event is not Event.FINISH)
        self.cache.update_size(run)
        self.dispatch()

    def abandon(self, run: Run, message: str) -> None:
        """End a run that no visitor stopped, so that a later request restarts it."""
        self.end(run, Event.ABANDON, message)

    def plan_eviction(self, extra: float = 0) -> Eviction | None:
        """Choose what to drop so that `extra` bytes fit; None if that is impossible even without any previews."""
        eviction = self.cache.plan_eviction(extra)
        if eviction is None and self._previews.nbytes:
            self._previews.clear()
            eviction = self.cache.plan_eviction(extra)
        return eviction

    def evict(self, eviction: Eviction) -> None:
        """Make room: drop runs, and drop the weights of others."""
        for run in eviction.drop:
            self.abandon(run, "Dropped to make room for other runs.")
            self.cache.drop(run)
        for run in eviction.drop_weights:
            run.drop_weights()
            self.cache.update_size(run)

    def receive(self, run: Run, frame: Frame) -> None:
        """Append a frame to a run that trains; end the run if the frame does not fit it or memory is short."""
        held = len(run.frames)
        if not run.receive(frame):
            message = f"{run.repeat_reason} It cannot be repeated to the last bit here, so it is over: start it anew."
            self.end(run, Event.FAIL, message)
        elif len(run.frames) > held:
            self._enforce_limits(run)

    def _enforce_limits(self, run: Run) -> None:
        """Enforce the limits on a log that has grown and on all logs together."""
        self.cache.update_size(run)
        if run.nbytes > self.limits.run_mb * MB:
            message = f"Stopped at {moment_of(run.frames)}: its frames take {self.limits.run_mb:,.0f} MB."
            self.end(run, Event.STOP, message)
        elif (eviction := self.plan_eviction()) is not None:
            self.evict(eviction)
        else:
            self.end(run, Event.STOP, f"Stopped at {moment_of(run.frames)}: the server's memory for runs is full.")
