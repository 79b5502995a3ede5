"""Cache of logs in memory, by id and by config, which chooses the logs to drop when they exceed a limit in bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from lazyrich.serving.run import Run


@dataclass(frozen=True)
class Eviction:
    """An eviction: runs to drop, and runs whose weights to drop."""

    drop: list[Run]
    drop_weights: list[Run]


class RunCache:
    """Runs by id and by config, least recently used first. The caller holds the pool's lock.

    limit: largest size of all logs together in bytes. other_bytes(): bytes of it in other use now. nbytes: bytes
    reserved for the logs now.
    """

    def __init__(self, limit: float, other_bytes: Callable[[], float] = lambda: 0.0):
        self.limit = limit
        self._other_bytes = other_bytes
        self.nbytes = 0
        self._reserved: dict[str, int] = {}
        self.runs: OrderedDict[str, Run] = OrderedDict()
        self._by_key: dict[str, Run] = {}

    def put(self, run: Run) -> None:
        """Add a run. It replaces the one with the same config in `usable`."""
        self.runs[run.id] = run
        self._by_key[run.config.key] = run
        self.update_size(run)

    def update_size(self, run: Run) -> None:
        """Update the bytes reserved for a run; do nothing if it is not in the cache."""
        if run.id in self.runs:
            self.nbytes += run.reserved_bytes - self._reserved.get(run.id, 0)
            self._reserved[run.id] = run.reserved_bytes

    def usable(self, key: str) -> Run | None:
        """Return the run that answers a request for the config with this key; None if there is no usable one."""
        run = self._by_key.get(key)
        return run if run is not None and (not run.over or run.final) else None

    def resumable(self, key: str) -> Run | None:
        """Return the run with this key that ended early, if it has frames from which to continue."""
        run = self._by_key.get(key)
        return run if run is not None and run.over and not run.final and run.frames else None

    def use(self, run: Run) -> None:
        """Mark a run as just used."""
        if run.id in self.runs:
            self.runs.move_to_end(run.id)

    def drop(self, run: Run) -> None:
        """Remove a run."""
        if self.runs.pop(run.id, None) is not None:
            self.nbytes -= self._reserved.pop(run.id)
            if self._by_key.get(run.config.key) is run:
                del self._by_key[run.config.key]

    def plan_eviction(self, extra: float = 0) -> Eviction | None:
        """Choose what to drop so that `extra` bytes fit; None if that is impossible.

        Unwatched runs are dropped, first those that are over; then watched runs that are over lose their weights. A
        run that was just requested and has no viewer yet is dropped last if it is over, and kept if it is not.
        """
        excess = self.nbytes + self._other_bytes() + extra - self.limit
        eviction = Eviction([], [])
        if excess <= 0:
            return eviction  # fast path, as this is called at every frame

        def drop(which: Callable[[Run], bool]) -> None:
            nonlocal excess
            for run in self.runs.values():
                if excess > 0 and not run.viewers and which(run):
                    eviction.drop.append(run)
                    excess -= self._reserved[run.id]

        drop(lambda run: run.over and not run.awaited)
        drop(lambda run: not run.over and not run.awaited)
        for run in self.runs.values():
            if excess > 0 and run.viewers and run.weights:
                eviction.drop_weights.append(run)
                excess -= run.weights
        drop(lambda run: run.over and run.awaited)
        return eviction if excess <= 0 else None
