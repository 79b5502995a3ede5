"""Define the states of a run and all transitions between them: its progress, and its viewers.

The two are independent: a run is in one `Phase` and has one `Audience` at a time. Every event that a state can take is
an entry of `PHASES` or `AUDIENCES`; any other raises IllegalTransition. CONTRIBUTING.md has both as diagrams.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final, TypeVar

from lazyrich.frame import Status


class Phase(Enum):
    """The progress of a run. The value completes the sentence "A run that ..."."""

    QUEUED = "waits for a worker"
    RUNNING = "trains"
    REQUEUED = "waits for another worker"
    REPEATING = "is computed anew"
    FINISHED = "has finished"
    STOPPED = "was stopped"
    ABANDONED = "was ended though nobody stopped it"
    FAILED = "has failed"
    REJECTED = "fails each time"

    @property
    def status(self) -> Status:
        """Return the status that people and programs see: several phases share one."""
        return STATUSES[self]

    @property
    def over(self) -> bool:
        """Return whether no frame will come any more."""
        return self.status in ("finished", "stopped", "failed")

    @property
    def final(self) -> bool:
        """Return whether it is over and the same config would end in the same way, so that a request gets this run."""
        return self in (Phase.FINISHED, Phase.REJECTED)


STATUSES: Final[Mapping[Phase, Status]] = {
    Phase.QUEUED: "waiting",
    Phase.RUNNING: "running",
    Phase.REQUEUED: "waiting",
    Phase.REPEATING: "running",
    Phase.FINISHED: "finished",
    Phase.STOPPED: "stopped",
    Phase.ABANDONED: "stopped",
    Phase.FAILED: "failed",
    Phase.REJECTED: "failed",
}


class Event(Enum):
    """An event in the training of a run. The value completes the sentence "... cannot ..."."""

    WAIT = "wait on"
    START = "start"
    ADD = "add a frame"
    REPEAT = "repeat a frame"
    INTERRUPT = "lose its worker"
    FINISH = "finish"
    STOP = "be stopped"
    ABANDON = "be abandoned"
    FAIL = "fail"
    REJECT = "fail for good"
    DROP_WEIGHTS = "lose its weights"


_ENDS: Final = {Event.STOP: Phase.STOPPED, Event.ABANDON: Phase.ABANDONED}
_ENDS_OF_TRAINING: Final = {
    **_ENDS,
    Event.FINISH: Phase.FINISHED,
    Event.FAIL: Phase.FAILED,
    Event.REJECT: Phase.REJECTED,
}

PHASES: Final[Mapping[Phase, Mapping[Event, Phase]]] = {
    Phase.QUEUED: {Event.WAIT: Phase.QUEUED, Event.START: Phase.RUNNING, **_ENDS},
    Phase.RUNNING: {Event.ADD: Phase.RUNNING, Event.INTERRUPT: Phase.REQUEUED, **_ENDS_OF_TRAINING},
    Phase.REQUEUED: {Event.WAIT: Phase.REQUEUED, Event.START: Phase.REPEATING, **_ENDS},
    # The same config gives the same frames, which are compared with the existing ones until one is new.
    Phase.REPEATING: {
        Event.REPEAT: Phase.REPEATING,
        Event.ADD: Phase.RUNNING,
        Event.INTERRUPT: Phase.REQUEUED,
        **_ENDS_OF_TRAINING,
    },
    Phase.FINISHED: {Event.DROP_WEIGHTS: Phase.FINISHED},
    Phase.STOPPED: {Event.DROP_WEIGHTS: Phase.STOPPED},
    Phase.ABANDONED: {Event.DROP_WEIGHTS: Phase.ABANDONED},
    Phase.FAILED: {Event.DROP_WEIGHTS: Phase.FAILED},
    Phase.REJECTED: {Event.DROP_WEIGHTS: Phase.REJECTED},
}
"""Phase, event -> next phase."""


class Audience(Enum):
    """The audience of a run. The value completes the sentence "A run that ..."."""

    AWAITED = "is about to be watched"
    WATCHED = "is watched"
    UNWATCHED = "nobody watches any more"


class AudienceEvent(Enum):
    """An event in the audience of a run. The value completes the sentence "... cannot ..."."""

    ASK = "be asked for"
    JOIN = "gain a viewer"
    PART = "lose one of several viewers"
    LEAVE = "lose its last viewer"


AUDIENCES: Final[Mapping[Audience, Mapping[AudienceEvent, Audience]]] = {
    Audience.AWAITED: {AudienceEvent.ASK: Audience.AWAITED, AudienceEvent.JOIN: Audience.WATCHED},
    Audience.WATCHED: {
        AudienceEvent.ASK: Audience.WATCHED,
        AudienceEvent.JOIN: Audience.WATCHED,
        AudienceEvent.PART: Audience.WATCHED,
        AudienceEvent.LEAVE: Audience.UNWATCHED,
    },
    Audience.UNWATCHED: {AudienceEvent.ASK: Audience.AWAITED, AudienceEvent.JOIN: Audience.WATCHED},
}
"""Audience, event -> next audience."""


class IllegalTransition(RuntimeError):
    """An event that is impossible in the current state: an error of the program, never of a visitor."""


State = TypeVar("State", bound=Enum)
EventType = TypeVar("EventType", bound=Enum)


def next_state(
    table: Mapping[State, Mapping[EventType, State]], state: State, event: EventType, subject: str = "run"
) -> State:
    """Return the next state. Raises IllegalTransition, with a sentence on what the state allows, if there is none."""
    legal = table[state]
    if event not in legal:
        can = ", ".join(other.value for other in legal)
        raise IllegalTransition(f"A {subject} that {state.value} cannot {event.value}; it can {can}.")
    return legal[event]
