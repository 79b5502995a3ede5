"""Decide which part of a run a preview shows: all of its frames, half of them, the beginning, or none.

    plan_of(StudentTeacher(tau=0.3), limits)          Plan(frames=60, seconds=0.15, ordinary_seconds=0.15)

The decision uses an estimate, calibrated to this machine, before anything is computed. `decide` has the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lazyrich.config.limits import MB, Limits
from lazyrich.config.preview import PreviewCost
from lazyrich.config.schema import Config
from lazyrich.serving.admission import TooMuchWork, admit, size_in_words
from lazyrich.serving.calibration import slowness

FRAMES: Final = 60
"""Number of frames of a preview: a line through them is within a few pixels of one through all 400."""

WHOLE_SECONDS: Final = 0.15
"""Estimated seconds up to which a preview is computed to the end of its run."""

MAX_SECONDS: Final = 0.2
"""Processor seconds after which a preview is cut; a visitor then sees the beginning of the run."""

FEW_BYTES: Final = 100_000
"""Bytes of the frames above which their number is halved."""

MAX_BYTES: Final = 250_000
"""Largest number of bytes of frames that are sent."""

MAX_DATA: Final = 200_000
"""Largest size in bytes of a visitor's own data, which are sent to a worker with each preview."""

MAX_SCRATCH: Final = 60.0
"""Largest working memory in MB, so small that no run has to wait for it."""

RELEASE: Final = "The picture follows when the control is released."


@dataclass(frozen=True)
class Plan:
    """The bounds of one preview.

    frames: largest number of frames. seconds: largest processor time. ordinary_seconds: the same on the machine of the
    estimates.
    """

    frames: int
    seconds: float
    ordinary_seconds: float


def plan_of(config: Config, limits: Limits) -> Plan:
    """Return the bounds of a preview of this config.

    Raises:
        TooMuchWork: If a preview or the run itself would be too expensive; the message is a sentence for people.
    """
    work = admit(config, limits)
    if config.nbytes > MAX_DATA or work.scratch > MAX_SCRATCH * MB:
        size = size_in_words(max(config.nbytes, work.scratch))
        raise TooMuchWork(f"This problem takes {size} and is too large to follow a control. {RELEASE}")
    slow = slowness()
    frames = decide(config.preview_cost(), slow)
    if frames is None:
        raise TooMuchWork(f"These settings take too long to compute to follow a control. {RELEASE}")
    return Plan(frames, MAX_SECONDS, MAX_SECONDS / slow)


def decide(cost: PreviewCost, slow: float) -> int | None:
    """Return how many frames a preview has, or None if it is too expensive.

    ============================================  ================================================
    60 frames within the time and the bytes       all of them
    30 frames within the time and the bytes       half of them
    the opening and 30 frames within the time     half of them, as far as the time reaches
    otherwise                                     none
    ============================================  ================================================

    Args:
        cost: Cost on the machine of the estimates.
        slow: Ratio of this machine's time to that one's.
    """
    seconds = WHOLE_SECONDS / slow
    half = FRAMES // 2
    if half * cost.numbers * 4 > MAX_BYTES or cost.before_first_frame + half * cost.frame > seconds:
        return None
    fits = FRAMES * cost.numbers * 4 <= FEW_BYTES
    # of a beginning as many as there is time for: training is cut where they take its share
    return FRAMES if fits and cost.seconds(FRAMES) <= seconds else half
