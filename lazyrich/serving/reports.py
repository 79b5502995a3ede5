"""Handle the reports of workers on their runs, and decide what happens to a run whose worker dies."""

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
"""Number of times that a run is restarted after its worker died for another reason."""

MAX_KILLS: Final = 3
"""Workers that may die computing one config that has never finished, before the config is refused."""

OUT_OF_MEMORY: Final = "This run needed more memory than there was for it: choose a smaller one, or try again later."
UNFORESEEN: Final = "This run failed for a reason that was not foreseen; the server's log has it."
START_ANEW: Final = "What it had is kept; ask for the run again to start it anew."

logger = logging.getLogger(__name__)


class Reports:
    """Handler of the messages of workers. The caller holds the pool's lock."""

    def __init__(self, registry: Registry):
        self._registry = registry
        self._kills: Counter[str] = Counter()
        """Key of a config -> number of workers that died computing it."""

    def handle(self, worker: Worker, message: Message) -> bool:
        """Handle a message; `workers.scheduler` lists all kinds.

        Returns:
            Whether it was used: frames of a run that was stopped here can still arrive.

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

    def handle_death(self, worker: Worker, how: str, turn: str) -> None:
        """Fail the run whose turn it was, and compute the worker's other runs again. how: how it died, in words."""
        cause = f"The process that computed this run {how}."
        for run in list(worker.runs.values()):
            if run.id == turn:
                self._killed(run, cause)
            elif run.interruptions >= MAX_REPEATS:
                self._registry.end(run, Event.FAIL, f"{cause} {START_ANEW}")
            else:
                # The same config gives the same frames: viewers see a pause.
                self._registry.dispatcher.interrupt(run, f"{cause} It is computed anew and goes on from where it was.")
        self._registry.dispatch()

    def _killed(self, run: Run, cause: str) -> None:
        self._kills[run.config.key] += 1
        if self._kills[run.config.key] < MAX_KILLS:
            self._registry.end(run, Event.FAIL, f"{cause} {START_ANEW}")
        else:
            advice = "It did so each time, so it is not tried again: choose another setting."
            self._registry.end(run, Event.REJECT, f"{cause} {advice}")
