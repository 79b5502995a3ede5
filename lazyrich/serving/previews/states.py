"""States of previews and all transitions between them, for one computation and for the requests of one visitor.

Every event that a state can take is an entry of `JOBS` or `REQUESTS`; any other raises IllegalTransition, as for runs
(`serving.run_states`). CONTRIBUTING.md has both as diagrams.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class JobState(Enum):
    """The progress of a preview. The value completes the sentence "A preview that ..."."""

    QUEUED = "waits for a worker"
    COMPUTING = "is computed"
    MADE = "is there"
    REFUSED = "was refused"
    DROPPED = "nobody waits for any more"


class JobEvent(Enum):
    """An event of a preview. The value completes the sentence "... cannot ..."."""

    GIVE = "be given to a worker"
    LOSE = "lose its worker"
    MAKE = "be finished"
    REFUSE = "be refused"
    DROP = "be dropped"


JOBS: Final[Mapping[JobState, Mapping[JobEvent, JobState]]] = {
    JobState.QUEUED: {
        JobEvent.GIVE: JobState.COMPUTING,
        JobEvent.REFUSE: JobState.REFUSED,
        JobEvent.DROP: JobState.DROPPED,
    },
    # a preview in computation is finished and cached even if nobody waits for it
    JobState.COMPUTING: {
        JobEvent.LOSE: JobState.QUEUED,
        JobEvent.MAKE: JobState.MADE,
        JobEvent.REFUSE: JobState.REFUSED,
    },
    JobState.MADE: {},
    JobState.REFUSED: {},
    JobState.DROPPED: {},
}
"""JobState, event -> next state."""


class RequestState(Enum):
    """The preview requests of one visitor. The value completes the sentence "A visitor that ..."."""

    NONE = "waits for nothing"
    PACED = "waits until the rate allows a preview"
    ASKED = "waits for a preview"
    FOLLOWED = "waits for a preview and has requested another"


class RequestEvent(Enum):
    """An event of a visitor's preview requests. The value completes the sentence "... cannot ..."."""

    GRANT = "be granted a preview"
    PACE = "be slowed down"
    REPLACE = "request another preview"
    WITHDRAW = "withdraw a waiting request"
    SETTLE = "be done with a preview"


REQUESTS: Final[Mapping[RequestState, Mapping[RequestEvent, RequestState]]] = {
    RequestState.NONE: {RequestEvent.GRANT: RequestState.ASKED, RequestEvent.PACE: RequestState.PACED},
    RequestState.PACED: {
        RequestEvent.GRANT: RequestState.ASKED,
        RequestEvent.PACE: RequestState.PACED,
        RequestEvent.REPLACE: RequestState.PACED,
        RequestEvent.WITHDRAW: RequestState.NONE,
    },
    RequestState.ASKED: {RequestEvent.REPLACE: RequestState.FOLLOWED, RequestEvent.SETTLE: RequestState.NONE},
    # the following request then begins as a new one
    RequestState.FOLLOWED: {
        RequestEvent.REPLACE: RequestState.FOLLOWED,
        RequestEvent.WITHDRAW: RequestState.ASKED,
        RequestEvent.SETTLE: RequestState.NONE,
    },
}
"""RequestState, event -> next state."""
