"""Number of values in a frame for the neurons in the plane, and for the learned function beside them."""

SHOWN = 512
"""Neurons of the plane: more would be a blot, and every one costs a line."""

PREDICTED = 200
"""Inputs that are predicted where there are more than two dimensions."""

ANGLES = 721
"""Inputs at which the function is held where a frame does not hold all neurons: two a degree."""

BINS = 180
"""Bins of the kinks there: one for each two degrees."""


BAND = 61
"""Inputs at which the spread over seeds is shown: one for each six degrees."""


def function_numbers(width: int, dimension: int) -> int:
    """Return how many numbers of the function are in a frame of a student of this width and dimension."""
    return (ANGLES + BINS if width > SHOWN else 0) + (PREDICTED if dimension > 2 else 0)


def band_numbers(seeds: int, dimension: int) -> int:
    """Return how many numbers of the spread over seeds are in a frame."""
    return 3 * BAND if seeds > 1 and dimension <= 2 else 0
