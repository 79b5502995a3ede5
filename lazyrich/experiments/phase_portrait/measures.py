"""Measures of a phase portrait, and their appearance."""

from __future__ import annotations

from typing import Final, NamedTuple


class Measure(NamedTuple):
    """Appearance of a measure.

    log: whether its logarithm is shown, because it spans decades. contours: levels of the contour lines, in the
    measure's own units. least: whether its smallest value is the best one.
    """

    label: str
    log: bool = False
    contours: tuple[float, ...] = ()
    least: bool = False


PORTRAIT_MEASURES: Final = {
    "kernel_distance": Measure("Kernel distance", contours=(0.01, 0.1, 0.3, 0.5)),
    "test_loss": Measure("Test loss", log=True, contours=(1e-3, 3e-3, 1e-2), least=True),
    "train_loss": Measure("Training loss", log=True, contours=(1e-5, 1e-4, 1e-3, 1e-2), least=True),
    "activation_flips": Measure("Activation flips", contours=(0.01, 0.1, 0.3)),
    "parameter_distance": Measure("Parameter distance", contours=(0.5, 1.0, 2.0)),
}
"""Measures by the names of the table's columns; a page opens on the first."""
