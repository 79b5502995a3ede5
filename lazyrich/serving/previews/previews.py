"""Previews asked for by visitors: computed once for all who ask for the same, by workers that have none to compute.

previews = Previews(most_bytes=20_000_000, workers=lambda: supervisor.workers)
previews.find(config.key)                              a cached preview
job = previews.request(config, plan, answer)           answer(preview, why) is called once, from any thread
previews.cancel(job, answer)                           after this, answer is not called
previews.prefetch(config, plan)                        compute it when a worker has nothing else to do
"""

from __future__ import annotations

import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

from lazyrich.config.schema import Config
from lazyrich.serving.previews.cache import PreviewCache
from lazyrich.serving.previews.compute import Preview
from lazyrich.serving.previews.plan import Plan
from lazyrich.serving.previews.states import JOBS, JobEvent, JobState
from lazyrich.serving.run_states import next_state
from lazyrich.serving.workers.worker import Worker

Answer = Callable[[Preview | None, str], None]
"""Callback with the preview, or with None and a sentence with the reason."""

MAX_QUEUED: Final = 200
"""Largest number of previews that wait for a worker: one for each visitor, and more than visitors would wait for."""

MAX_PREFETCHED: Final = 32
"""Largest number of previews queued ahead of any request; more drop the oldest."""

CROWDED: Final = "The server computes pictures for many others now. The picture follows when the control is released."
DIED: Final = "The process that computed this picture ended. The picture follows when the control is released."
SHUT_DOWN: Final = "The server is shutting down."


class PreviewJob:
    """A preview in progress. key: of its config. answers: callbacks. worker: the one that computes it, if any."""

    def __init__(self, config: Config, plan: Plan):
        self.key, self.plan = config.key, plan
        self.pickled = pickle.dumps(config)
        self.state = JobState.QUEUED
        self.answers: list[Answer] = []
        self.worker: Worker | None = None

    def enter(self, event: JobEvent) -> None:
        """Change the state.

        Raises:
            IllegalTransition: If the state has no such event.
        """
        self.state = next_state(JOBS, self.state, event, "preview")


class Previews:
    """All previews of a pool. Methods may be called from any thread.

    most_bytes: largest size of all cached ones. workers(): workers that are alive.
    """

    def __init__(self, most_bytes: float, workers: Callable[[], Sequence[Worker]]):
        self._lock = threading.RLock()
        self._workers = workers
        self._cache = PreviewCache(most_bytes)
        self._jobs: OrderedDict[str, PreviewJob] = OrderedDict()
        """Previews that wait or are computed, by key, in the order of their requests."""
        self._prefetched: OrderedDict[str, PreviewJob] = OrderedDict()
        """Previews to compute ahead of any request, by key, in the order in which they are computed."""
        self._computed = 0

    def find(self, key: str) -> Preview | None:
        """Return the preview of the config with this key; None if it is not cached."""
        with self._lock:
            return self._cache.get(key)

    def is_pending(self, key: str) -> bool:
        """Return whether a preview of this key's config waits or is computed, so that joining it costs nothing."""
        with self._lock:
            return key in self._jobs

    def request(self, config: Config, plan: Plan, answer: Answer) -> PreviewJob:
        """Request a preview, or join an equal request."""
        with self._lock:
            job = self._jobs.get(config.key)
            if job is None:
                job = self._prefetched.pop(config.key, None) or PreviewJob(config, plan)
                if len(self._jobs) < MAX_QUEUED:
                    self._jobs[job.key] = job
                else:
                    job.enter(JobEvent.REFUSE)
            if job.state is not JobState.REFUSED:
                job.answers.append(answer)
                self._dispatch()
                return job
        answer(None, CROWDED)
        return job

    def prefetch(self, config: Config, plan: Plan) -> None:
        """Compute a preview that somebody may ask for next, once a worker has no run to train and no other preview."""
        with self._lock:
            if not self._cache.limit:
                return  # it could not be kept
            if config.key in self._jobs or config.key in self._prefetched or self._cache.get(config.key) is not None:
                return
            self._prefetched[config.key] = PreviewJob(config, plan)
            while len(self._prefetched) > MAX_PREFETCHED:
                self._prefetched.popitem(last=False)[1].enter(JobEvent.DROP)
            self._dispatch()

    def cancel(self, job: PreviewJob, answer: Answer) -> None:
        """Stop waiting; do nothing if the answer was given."""
        with self._lock:
            if answer in job.answers:
                job.answers.remove(answer)
            if job.state is JobState.QUEUED and not job.answers:
                job.enter(JobEvent.DROP)
                del self._jobs[job.key]

    def handle_result(self, worker: Worker, key: str, preview: Preview | None, why: str) -> bool:
        """Record a worker's preview, or the reason for none. Returns whether this worker was asked for it."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None or job.worker is not worker:
                return False
            del self._jobs[key]
            job.enter(JobEvent.REFUSE if preview is None else JobEvent.MAKE)
            job.worker = None
            if preview is not None:
                self._cache.put(key, preview)
                self._computed += 1
            self._dispatch()
        _answer(job, preview, why)
        return True

    def handle_death(self, worker: Worker, at_work: bool) -> None:
        """Give a dead worker's preview to another; refuse it if the worker died computing it (at_work)."""
        with self._lock:
            lost = [job for job in self._jobs.values() if job.worker is worker]
            for job in lost:
                job.worker = None
                job.enter(JobEvent.REFUSE if at_work else JobEvent.LOSE)
                if at_work:
                    del self._jobs[job.key]
            self._dispatch()
        for job in lost if at_work else ():
            _answer(job, None, DIED)

    def dispatch(self) -> None:
        """Give waiting previews to workers without one, such as new ones."""
        with self._lock:
            self._dispatch()

    @property
    def nbytes(self) -> float:
        """Return the size of the cached previews in bytes."""
        return self._cache.nbytes

    def clear(self) -> None:
        """Drop the cached previews, because runs need their memory."""
        with self._lock:
            self._cache.clear()

    def stop(self) -> None:
        """Refuse all waiting previews, because the workers end."""
        with self._lock:
            jobs = [*self._jobs.values(), *self._prefetched.values()]
            self._jobs.clear()
            self._prefetched.clear()
            for job in jobs:
                job.enter(JobEvent.REFUSE)
                job.worker = None
        for job in jobs:
            _answer(job, None, SHUT_DOWN)

    def counts(self) -> dict[str, float]:
        """Return counts, for the health address and for tests."""
        with self._lock:
            return {
                "previews_waiting": len(self._jobs),
                "previews_foreseen": len(self._prefetched),
                "previews_kept": len(self._cache),
                "previews_computed": self._computed,
                "preview_mb": round(self._cache.nbytes / 1e6, 3),
            }

    def _dispatch(self) -> None:
        """Give each worker one preview at a time, because a preview that waits here can still be dropped."""
        busy = {job.worker for job in self._jobs.values()}
        free = [worker for worker in self._workers() if worker not in busy]
        for job in self._jobs.values():
            if not free:
                return
            if job.state is JobState.QUEUED:
                worker = min(free, key=lambda worker: len(worker.runs))
                free.remove(worker)
                _give(job, worker)
        for worker in free:
            # a copy, as the pool changes the runs of a worker under a lock of its own
            if self._prefetched and all(run.resting for run in list(worker.runs.values())):
                key, job = self._prefetched.popitem(last=False)
                self._jobs[key] = job
                _give(job, worker)


def _give(job: PreviewJob, worker: Worker) -> None:
    job.enter(JobEvent.GIVE)
    job.worker = worker
    worker.send(("preview", job.key, job.pickled, job.plan))


def _answer(job: PreviewJob, preview: Preview | None, why: str) -> None:
    """Call all callbacks without the lock, because they may request the next preview."""
    for answer in list(job.answers):
        answer(preview, why)
