"""Assign runs to workers, queue those without a free place, and send the commands to workers.

dispatcher = Dispatcher(limits)
dispatcher.add(run, QueuedRun(pickled, work, frames=400))
dispatcher.dispatch(workers)            start the runs that may start, tell the others their place in the queue
dispatcher.release(run, stop=True)      free the place of a run that is over
"""

from __future__ import annotations

from collections.abc import Sequence

from lazyrich.config.limits import MB, Limits
from lazyrich.serving.queue import QueuedRun, RemainingWork, RunQueue
from lazyrich.serving.queue_messages import WORKERS_RESTARTING, place_in_queue
from lazyrich.serving.run import Run
from lazyrich.serving.workers.scheduler import MIN_FRAMES_PER_SECOND
from lazyrich.serving.workers.worker import Worker


class Dispatcher:
    """Runs that are not over: each trains in a worker or waits. The caller holds the pool's lock."""

    def __init__(self, limits: Limits):
        self._limits = limits
        self._queue = RunQueue(limits.max_runs, limits.all_scratch_mb * MB)
        self._runs: dict[str, Run] = {}
        """All of these runs, by id."""
        self._workers: dict[str, Worker] = {}
        """Workers of the runs that train, by id of the run."""
        self._needs: dict[str, QueuedRun] = {}
        """Requirements of the runs that train, by id of the run."""

    @property
    def training(self) -> list[Run]:
        """Return the runs that have a worker, in the order in which they got it."""
        return [self._runs[id] for id in self._workers]

    @property
    def waiting(self) -> list[Run]:
        """Return the runs without a worker, in the order of the queue."""
        return [self._runs[id] for id in self._queue]

    @property
    def is_full(self) -> bool:
        """Return whether a new run would wait: others wait already, or all places are taken."""
        return bool(self._queue) or len(self._workers) >= self._limits.max_runs

    def add(self, run: Run, needs: QueuedRun) -> None:
        """Add a new run at the end of the queue."""
        self._runs[run.id] = run
        self._queue.add(run.id, needs)

    def dispatch(self, workers: Sequence[Worker]) -> None:
        """Give waiting runs to workers while places are free, and tell the others their place in the queue."""
        while workers and (chosen := self._queue.next([*self._needs.values()])) is not None:
            id, needs = chosen
            worker = min(workers, key=lambda worker: len(worker.runs))
            run = worker.runs[id] = self._runs[id]
            self._workers[id], self._needs[id] = worker, needs
            run.start()
            worker.send(("start", id, needs.pickled, self._limits.compute_seconds))
            if run.resting:
                worker.send(("rest", id))
        self._update_waiting(workers_alive=bool(workers))

    def release(self, run: Run, stop: bool) -> None:
        """Free the place of a run that is over; do nothing if it has none. stop: whether to tell its worker to stop."""
        self._runs.pop(run.id, None)
        self._queue.remove(run.id)
        self._needs.pop(run.id, None)
        if (worker := self._workers.pop(run.id, None)) is not None:
            worker.runs.pop(run.id, None)
            if stop:
                worker.send(("stop", run.id))

    def interrupt(self, run: Run, why: str) -> None:
        """Put a run whose worker died at the head of the queue."""
        worker = self._workers.pop(run.id)
        worker.runs.pop(run.id, None)
        run.interrupt(why)
        self._queue.add(run.id, self._needs.pop(run.id), first=True)

    def rest(self, run: Run) -> None:
        """Give a run no turns, if it has a worker, so that watched runs get the machine."""
        if (worker := self._workers.get(run.id)) is not None:
            worker.send(("rest", run.id))

    def resume(self, run: Run) -> None:
        """Give a resting run its turns again, if it has a worker."""
        if (worker := self._workers.get(run.id)) is not None:
            worker.send(("resume", run.id))

    def _update_waiting(self, workers_alive: bool) -> None:
        """Tell each waiting run its number in the queue and, if it lacks only a free place, the time to wait."""
        waiting = self.waiting
        if not waiting:
            return
        count = len(self._workers)
        seconds: list[float] | None = None
        if count >= self._limits.max_runs:
            seconds = self._queue.seconds(self._remaining_work(), self._limits.workers, self._pace)
        for place, run in enumerate(waiting, 1):
            if not workers_alive:
                run.wait(WORKERS_RESTARTING)
            elif run.repeat_reason:
                run.wait(run.repeat_reason)
            else:
                run.wait(place_in_queue(place, len(waiting), count, None if seconds is None else seconds[place - 1]))

    def _remaining_work(self) -> list[RemainingWork]:
        """Return the remaining work of the runs that train."""
        return [
            RemainingWork((1 - run.progress) * self._needs[run.id].work.seconds, run.expected - len(run.frames))
            for run in self.training
        ]

    @property
    def _pace(self) -> float:
        """Frames per second of a run when all places are taken."""
        return min(self._limits.run_frames, max(MIN_FRAMES_PER_SECOND, self._limits.all_frames / self._limits.max_runs))
