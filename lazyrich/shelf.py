"""The logs in memory: which runs there are, for which config, and which to drop when they are too many bytes."""

from __future__ import annotations

from collections import OrderedDict

from lazyrich.run import Run


class Shelf:
    """Runs by id and by config, least recently used first. It has no lock of its own; the pool holds one.

    limit: bytes that all logs together may take. held: those that they claim.
    """

    def __init__(self, limit: float):
        self.limit = limit
        self.held = 0
        self._claims: dict[str, int] = {}
        self.runs: OrderedDict[str, Run] = OrderedDict()
        self._by_key: dict[str, Run] = {}

    def put(self, run: Run) -> None:
        """Add a run. It takes the place of the one with the same config in `asked`."""
        self.runs[run.id] = run
        self._by_key[run.config.key] = run
        self.weigh(run)

    def weigh(self, run: Run) -> None:
        """Take in that the run claims more or less than before; nothing if it is not here."""
        if run.id in self.runs:
            self.held += run.claim - self._claims.get(run.id, 0)
            self._claims[run.id] = run.claim

    def asked(self, key: str) -> Run | None:
        """The run to give to who asks for the config with this key, if there is one that is any use."""
        run = self._by_key.get(key)
        return run if run is not None and (not run.over or run.final) else None

    def begun(self, key: str) -> Run | None:
        """The run with this key that ended before its time, if it has frames to go on from."""
        run = self._by_key.get(key)
        return run if run is not None and run.over and not run.final and run.frames else None

    def use(self, run: Run) -> None:
        """Note that a run was used just now."""
        if run.id in self.runs:
            self.runs.move_to_end(run.id)

    def drop(self, run: Run) -> None:
        """Forget a run."""
        if self.runs.pop(run.id, None) is not None:
            self.held -= self._claims.pop(run.id)
            if self._by_key.get(run.config.key) is run:
                del self._by_key[run.config.key]

    def fits(self, extra: float = 0) -> bool:
        """Whether `extra` bytes more are within the limit."""
        return self.held + extra <= self.limit

    def heavy(self, extra: float = 0) -> list[Run]:
        """Watched runs whose weights can go so that `extra` bytes fit, or as many as there are, least recently used
        first. For where all that is not watched goes anyway."""
        chosen: list[Run] = []
        excess = self.held + extra - self.limit
        for run in self.runs.values():
            if excess <= 0:
                break
            if run.viewers and run.weights:
                chosen.append(run)
                excess -= run.weights
        return chosen

    def surplus(self, extra: float = 0) -> list[Run]:
        """What to drop so that `extra` bytes fit, or as much as there is: never what is watched, first what is over."""
        if self.fits(extra):
            return []
        chosen: list[Run] = []
        excess = self.held + extra - self.limit
        for over in (True, False):
            for run in self.runs.values():
                if run.viewers or run.over is not over:
                    continue
                chosen.append(run)
                excess -= self._claims[run.id]
                if excess <= 0:
                    return chosen
        return chosen
