"""What is measured of a phase portrait, how each measure is drawn, and the chart of one that is being computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from lazyrich.experiments.phase_portrait.config import PhasePortrait

Chart = dict[str, Any]


class Measure(NamedTuple):
    """How a measure is drawn.

    log: by its logarithm, because it spans decades. contours: levels to draw a line at, in the measure's own units.
    least: whether its smallest value is the best one.
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
"""By the names of the table's columns, the one to open on first."""


def phase_portrait(config: PhasePortrait) -> tuple[Chart, ...]:
    """One large map of a measure at a time, both to be chosen on it."""
    from lazyrich.experiments.phase_portrait.axes import AXES
    from lazyrich.experiments.phase_portrait.times import of_map

    chart = {
        "kind": "heat", "id": "portrait", "title": "Phase portrait", "place": "right", "x": "x", "y": "y",
        "x_title": AXES[config.x].symbol, "y_title": AXES[config.y].symbol,
        "times": [of_map(config, steps) for steps in config.at],
        "measures": [
            {"array": name, "label": how.label, "log": how.log, "contours": list(how.contours)}
            for name, how in PORTRAIT_MEASURES.items()
        ],
    }  # fmt: skip
    return (chart,)
