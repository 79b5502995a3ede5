"""What workers report of the runs they compute, and what becomes of a run whose worker is lost."""

from __future__ import annotations

import logging
from collections import Counter
from typing import Final

from lazyrich.serving.registry import Registry
from lazyrich.serving.run import Run
from lazyrich.serving.run_states import Event
from lazyrich.serving.workers.scheduler import Message
from lazyrich.serving.workers.worker import Worker

MAX_REPEATS: Final = 2
"""How often a run is computed anew because its worker died of something else."""

MAX_KILLS: Final = 3
"""Workers that may die while they compute one config, which never came to its end, before it is not tried any more."""

OUT_OF_MEMORY: Final = "This run needed more memory than there was for it: choose a smaller one, or try again later."
UNFORESEEN: Final = "This run failed for a reason that was not foreseen; the server's log has it."
START_ANEW: Final = "What it had is kept; ask for the run again to start it anew."

logger = logging.getLogger(__name__)


class Reports:
    """Takes in what workers send. It has no lock of its own; the pool holds one."""

    def __init__(self, registry: Registry):
        self._registry = registry
        self._kills: Counter[str] = Counter()
        """Key of a config -> workers that died of it."""

    def received(self, worker: Worker, message: Message) -> bool:
        """Take in a message; see `workers.scheduler` for all there are.

        Returns:
            Whether it was of use: after a run was stopped here some of its frames are still on their way.

        Raises:
            ValueError: If there is no such kind of message.
        """
        kind, id, *content = message
        run = worker.runs.get(id)
        if run is None:
            return False
        if kind == "frame":
            self._registry.receive(run, *content)
        elif kind == "finished":
            self._kills.pop(run.config.key, None)
            self._registry.end(run, Event.FINISH)
        elif kind == "failed":
            text, remedy, lasting = content
            self._registry.end(run, Event.REJECT if lasting else Event.FAIL, text, remedy)
        elif kind == "starved":
            self._registry.end(run, Event.FAIL, OUT_OF_MEMORY)
        elif kind == "raised":
            logger.error("%r failed:\n%s", run, *content)
            self._registry.end(run, Event.FAIL, UNFORESEEN)
        else:
            raise ValueError(f"a message of kind {kind!r:.40}")
        return True

    def died(self, worker: Worker, how: str, turn: str) -> None:
        """Fail the run whose turn it was, and compute the others of this worker anew. how: it died, in words."""
        told = f"The process that computed this run {how}."
        for run in list(worker.runs.values()):
            if run.id == turn:
                self._killed(run, told)
            elif run.interruptions >= MAX_REPEATS:
                self._registry.end(run, Event.FAIL, f"{told} {START_ANEW}")
            else:
                # The same config gives the same frames: viewers see a pause.
                self._registry.places.interrupt(run, f"{told} It is computed anew and goes on from where it was.")
        self._registry.fill()

    def _killed(self, run: Run, told: str) -> None:
        self._kills[run.config.key] += 1
        if self._kills[run.config.key] < MAX_KILLS:
            self._registry.end(run, Event.FAIL, f"{told} {START_ANEW}")
        else:
            advice = "It did so each time, so it is not tried again: choose another setting."
            self._registry.end(run, Event.REJECT, f"{told} {advice}")
