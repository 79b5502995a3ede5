"""What somebody who waits for a run, or finds no room for it, reads."""

from __future__ import annotations

import math

from lazyrich.serving.admission import time_in_words

COMING_BACK = "Waiting: the processes that compute are being started again."


def training(count: int) -> str:
    """How many runs are training."""
    return "1 run is training" if count == 1 else f"{count} runs are training"


def full(count: int, waiting: int) -> str:
    """Why a run is not taken in: so many are training and so many wait."""
    wait = "1 waits" if waiting == 1 else f"{waiting} wait"
    return f"The server is full: {training(count)} and {wait}. Try again in a minute."


def place_in_queue(place: int, of: int, count: int, seconds: float | None) -> str:
    """Where a run is in the queue and what it lacks, while `count` runs are training.

    seconds: about how long until there is a place for it; None if there is one, and it is memory that it lacks.
    """
    lacks = training(count)
    if seconds is not None:
        lacks += f", about {roughly(seconds)} to go"
    elif count:
        lacks = f"and the memory that it needs is taken: {lacks}"
    return f"Waiting: number {place} of {of} in the queue, {lacks}."


def roughly(seconds: float) -> str:
    """A time that is a guess, in words: in steps so wide that what is written changes seldom."""
    step = next((step for step, longest in ((5, 30), (15, 120), (60, 7200)) if seconds < longest), 3600)
    return time_in_words(step * max(1, math.ceil(seconds / step)))
