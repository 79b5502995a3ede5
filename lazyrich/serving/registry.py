"""The runs of a pool: the log of each, its place among those that train, and how it ends for want of room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lazyrich.config.limits import MB, Limits
from lazyrich.frame import Frame
from lazyrich.moment import moment_of
from lazyrich.serving.places import Places
from lazyrich.serving.run import Run
from lazyrich.serving.run_cache import Room, RunCache
from lazyrich.serving.run_states import Event
from lazyrich.serving.workers.worker import Worker


class Registry:
    """The one place where a run ends, so that its state, its place and the memory that it claims always agree.

    It has no lock of its own; the pool holds one. workers(): those alive.
    """

    def __init__(self, limits: Limits, workers: Callable[[], Sequence[Worker]]):
        self.limits = limits
        self.cache = RunCache(limits.log_mb * MB)
        self.places = Places(limits)
        self._workers = workers

    def fill(self) -> None:
        """Give waiting runs to workers as far as places are free."""
        self.places.fill(self._workers())

    def end(self, run: Run, event: Event, message: str = "", remedy: dict[str, Any] | None = None) -> None:
        """End a run; its place goes to the next one that waits. Nothing if it was over."""
        if run.over:
            return
        run.end(event, message, remedy)
        self.places.release(run, stop=event is not Event.FINISH)
        self.cache.weigh(run)
        self.fill()

    def abandon(self, run: Run, message: str) -> None:
        """End a run that nobody has stopped: who comes back to it asks for it anew."""
        self.end(run, Event.ABANDON, message)

    def clear(self, room: Room) -> None:
        """Make room: drop runs, and let others go without their weights."""
        for run in room.drop:
            self.abandon(run, "Dropped to make room for other runs.")
            self.cache.drop(run)
        for run in room.drop_weights:
            run.drop_weights()
            self.cache.weigh(run)

    def receive(self, run: Run, frame: Frame) -> None:
        """Take a frame of a run that trains, which ends if that is no frame of it or there is no memory for it."""
        held = len(run.frames)
        if not run.receive(frame):
            message = f"{run.why_anew} It cannot be repeated to the last bit here, so it is over: start it anew."
            self.end(run, Event.FAIL, message)
        elif len(run.frames) > held:
            self._weigh(run)

    def _weigh(self, run: Run) -> None:
        """Hold a log that has grown, and all logs together, to their limits."""
        self.cache.weigh(run)
        if run.nbytes > self.limits.run_mb * MB:
            message = f"Stopped at {moment_of(run.frames)}: its frames take {self.limits.run_mb:,.0f} MB."
            self.end(run, Event.STOP, message)
        elif (room := self.cache.room_for()) is not None:
            self.clear(room)
        else:
            self.end(run, Event.STOP, f"Stopped at {moment_of(run.frames)}: the server's memory for runs is full.")
