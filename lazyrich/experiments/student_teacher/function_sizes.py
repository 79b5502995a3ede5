"""Number of values in a frame for the neurons in the plane, and for the learned function beside them."""

SHOWN = 512
"""Largest number of neurons shown in the plane: more would overlap, and each costs a line."""

PREDICTED = 200
"""Number of inputs that are predicted in more than two dimensions."""

ANGLES = 721
"""Number of inputs at which a frame holds the function if it does not hold all neurons: two a degree."""

BINS = 180
"""Number of bins of the kinks in that case: one for each two degrees."""


BAND = 61
"""Number of inputs at which the spread over seeds is shown: one for each six degrees."""


def function_numbers(width: int, dimension: int) -> int:
    """Return the count of numbers for the function in a frame of a student of this width and dimension."""
    return (ANGLES + BINS if width > SHOWN else 0) + (PREDICTED if dimension > 2 else 0)


def band_numbers(seeds: int, dimension: int) -> int:
    """Return the count of numbers for the spread over seeds in a frame."""
    return 3 * BAND if seeds > 1 and dimension <= 2 else 0
