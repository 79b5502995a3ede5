"""States of previews and all transitions between them, for one computation and for the requests of one visitor.

Every event that a state can take is an entry of `JOBS` or `WISHES`; any other raises IllegalTransition, as for runs
(`serving.run_states`). CONTRIBUTING.md has both as diagrams.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class Job(Enum):
    """The progress of a preview. The value completes the sentence "A preview that ..."."""

    QUEUED = "waits for a worker"
    COMPUTING = "is computed"
    MADE = "is there"
    REFUSED = "was refused"
    DROPPED = "nobody waits for any more"


class Work(Enum):
    """An event of a preview. The value completes the sentence "... cannot ..."."""

    GIVE = "be given to a worker"
    LOSE = "lose its worker"
    MAKE = "be finished"
    REFUSE = "be refused"
    DROP = "be dropped"


JOBS: Final[Mapping[Job, Mapping[Work, Job]]] = {
    Job.QUEUED: {Work.GIVE: Job.COMPUTING, Work.REFUSE: Job.REFUSED, Work.DROP: Job.DROPPED},
    # a preview in computation is finished and cached even if nobody waits for it
    Job.COMPUTING: {Work.LOSE: Job.QUEUED, Work.MAKE: Job.MADE, Work.REFUSE: Job.REFUSED},
    Job.MADE: {},
    Job.REFUSED: {},
    Job.DROPPED: {},
}
"""Job, event -> next state."""


class Wish(Enum):
    """The wishes of one visitor. The value completes the sentence "A visitor that ..."."""

    NONE = "waits for nothing"
    PACED = "waits until the rate allows a preview"
    ASKED = "waits for a preview"
    FOLLOWED = "waits for a preview and wishes for another"


class Wishing(Enum):
    """An event of a visitor's wishes. The value completes the sentence "... cannot ..."."""

    GRANT = "be granted a preview"
    PACE = "be slowed down"
    REPLACE = "wish for another"
    WITHDRAW = "withdraw a wish that waits"
    SETTLE = "be done with a preview"


WISHES: Final[Mapping[Wish, Mapping[Wishing, Wish]]] = {
    Wish.NONE: {Wishing.GRANT: Wish.ASKED, Wishing.PACE: Wish.PACED},
    Wish.PACED: {
        Wishing.GRANT: Wish.ASKED,
        Wishing.PACE: Wish.PACED,
        Wishing.REPLACE: Wish.PACED,
        Wishing.WITHDRAW: Wish.NONE,
    },
    Wish.ASKED: {Wishing.REPLACE: Wish.FOLLOWED, Wishing.SETTLE: Wish.NONE},
    # the following request then begins as a new one
    Wish.FOLLOWED: {Wishing.REPLACE: Wish.FOLLOWED, Wishing.WITHDRAW: Wish.ASKED, Wishing.SETTLE: Wish.NONE},
}
"""Wishes, event -> next state."""
