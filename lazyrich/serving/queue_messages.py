"""Sentences for visitors whose run waits or is refused for lack of room."""

from __future__ import annotations

import math

from lazyrich.serving.admission import time_in_words

WORKERS_RESTARTING = "Waiting: the processes that compute are being started again."


def training(count: int) -> str:
    """Say how many runs are training."""
    return "1 run is training" if count == 1 else f"{count} runs are training"


def full(count: int, waiting: int) -> str:
    """Explain why a run is refused: how many are training and how many wait."""
    wait = "1 waits" if waiting == 1 else f"{waiting} wait"
    return f"The server is full: {training(count)} and {wait}. Try again in a minute."


def place_in_queue(place: int, of: int, count: int, seconds: float | None) -> str:
    """Say where a run is in the queue and what it lacks, while `count` runs are training.

    seconds: about how long until a place is free; None if one is free and the run lacks memory.
    """
    lacks = training(count)
    if seconds is not None:
        lacks += f", about {roughly(seconds)} to go"
    elif count:
        lacks = f"and the memory that it needs is taken: {lacks}"
    return f"Waiting: number {place} of {of} in the queue, {lacks}."


def roughly(seconds: float) -> str:
    """Write an estimated time in words, rounded coarsely so that the text changes seldom."""
    step = next((step for step, longest in ((5, 30), (15, 120), (60, 7200)) if seconds < longest), 3600)
    return time_in_words(step * max(1, math.ceil(seconds / step)))
