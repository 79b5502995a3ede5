"""Describe a run's numbers in words: its place between lazy and rich, and which losses are small.

Lazy and rich are the ends of a scale, not a switch; each word names an interval of it.
"""

from __future__ import annotations

LAZY, RICH, VERY_RICH = 0.01, 0.1, 0.4
"""Kernel distances below which a run is called lazy, and from which it is called rich and very rich, by convention."""

MARKS = (
    f"Below {LAZY} we say lazy, from {RICH} rich, from {VERY_RICH} very rich. These marks are a convention; S depends "
    "on the data and their dimension, too, so compare runs on the same data."
)
"""Statement of the convention, shown beside every verdict that uses it."""


def regime(kernel_distance: float) -> str:
    """Return the regime for a kernel distance S in [0, 1]: lazy (a constant kernel), rich (it moves) or between."""
    if kernel_distance < LAZY:
        return "Lazy"
    if kernel_distance < RICH:
        return "Between lazy and rich"
    if kernel_distance < VERY_RICH:
        return "Rich"
    return "Very rich"


def fit(train: float, test: float | None, rising: bool) -> str:
    """Describe what a network fits, from the training and test loss relative to those of an output of 0.

    It states only what the losses show: a small test loss does not mean that the neurons are the teacher's, as other
    neurons can make the same function. The alignment of the neurons is a number of its own.

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
    """Return a phrase on how many of a linear target's `count` modes are learned."""
    if count == 1:
        return "the target is learned" if learned else "the target is not learned yet"
    if not learned:
        return f"none of {count} modes learned yet"
    return f"all {count} modes learned" if learned == count else f"{learned} of {count} modes learned"
