"""The logs in memory: which runs there are, for which config, and which to drop when they are too many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from lazyrich.serving.run import Run


@dataclass(frozen=True)
class Room:
    """What has to go to make room: runs to drop, and runs that are to lose their weights."""

    drop: list[Run]
    drop_weights: list[Run]


class RunCache:
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

    def room_for(self, extra: float = 0) -> Room | None:
        """What has to go so that `extra` bytes fit; None if all that may go is not enough.

        What nobody watches is dropped, first what is over; then what is watched and over loses its weights. What
        somebody has just asked for and is about to watch goes last if it is over, and stays if it is not.
        """
        excess = self.held + extra - self.limit
        room = Room([], [])
        if excess <= 0:
            return room  # asked at every frame

        def drop(which: Callable[[Run], bool]) -> None:
            nonlocal excess
            for run in self.runs.values():
                if excess > 0 and not run.viewers and which(run):
                    room.drop.append(run)
                    excess -= self._claims[run.id]

        drop(lambda run: run.over and not run.awaited)
        drop(lambda run: not run.over and not run.awaited)
        for run in self.runs.values():
            if excess > 0 and run.viewers and run.weights:
                room.drop_weights.append(run)
                excess -= run.weights
        drop(lambda run: run.over and run.awaited)
        return room if excess <= 0 else None
