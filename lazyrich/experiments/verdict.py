"""A run's numbers in words: where it stands between lazy and rich, and what it has learned.

Lazy and rich are the ends of a scale, not a switch; the words mark stretches of it.
"""

from __future__ import annotations


def regime(kernel_distance: float) -> str:
    """Where a kernel distance S in [0, 1] stands between lazy (the kernel stays put) and rich (it moves)."""
    if kernel_distance < 0.01:
        return "Lazy"
    if kernel_distance < 0.1:
        return "Between lazy and rich"
    if kernel_distance < 0.4:
        return "Rich"
    return "Very rich"


def learned(train: float, test: float) -> str:
    """What was learned, from the training and test loss as shares of what they were at the start."""
    if train > 0.9:
        return "nothing learned yet" if train <= 1.1 else "the loss is rising"
    if train > 0.05:
        return "still learning"
    if test <= 0.05:
        return "the teacher is learned"
    if test <= 0.3:
        return "fits the data, and unseen inputs roughly"
    return "fits the data, but not unseen inputs"
