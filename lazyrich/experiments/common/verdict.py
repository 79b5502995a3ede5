"""Put a run's numbers in words: where it is between lazy and rich, and which losses are small.

Lazy and rich are the ends of a scale, not a switch; the words mark stretches of it.
"""

from __future__ import annotations

LAZY, RICH, VERY_RICH = 0.01, 0.1, 0.4
"""Kernel distances below which we say lazy, and from which rich and very rich: a convention."""

MARKS = (
    f"Below {LAZY} we say lazy, from {RICH} rich, from {VERY_RICH} very rich. These marks are a convention; S depends "
    "on the data and their dimension, too, so compare runs on the same data."
)
"""The convention, stated wherever a verdict rests on it."""


def regime(kernel_distance: float) -> str:
    """Return where a kernel distance S in [0, 1] stands between lazy (the kernel stays put) and rich (it moves)."""
    if kernel_distance < LAZY:
        return "Lazy"
    if kernel_distance < RICH:
        return "Between lazy and rich"
    if kernel_distance < VERY_RICH:
        return "Rich"
    return "Very rich"


def fit(train: float, test: float | None, rising: bool) -> str:
    """Say what a network fits, from the training and test loss as shares of those of an output of 0.

    Only what the losses show: a small test loss does not say that the neurons are the teacher's, as other neurons can
    make the same function. Their alignment is a number of its own.

    Args:
        train: Training loss over that of an output of 0.
        test: The same on unseen inputs; None without test inputs.
        rising: Whether the training loss is above its start.

    Returns:
        The end of a verdict, such as `fits unseen inputs`.
    """
    if rising:
        return "the loss is rising"
    if train > 0.9:
        return "nothing learned yet"
    if train > 0.05:
        return "still learning"
    if test is None:
        return "fits the data"
    if test <= 0.05:
        return "fits unseen inputs"
    if test <= 0.3:
        return "fits the data, and unseen inputs roughly"
    return "fits the data, but not unseen inputs"


def modes(learned: int, count: int) -> str:
    """Return how many of a linear target's `count` modes are learned."""
    if count == 1:
        return "the target is learned" if learned else "the target is not learned yet"
    if not learned:
        return f"none of {count} modes learned yet"
    return f"all {count} modes learned" if learned == count else f"{learned} of {count} modes learned"
