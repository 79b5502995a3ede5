"""The charts of "Deep networks"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazyrich.charts import BoundedAxis, ChartSpec, CurvesAxis, Lines, Reading
from lazyrich.experiments.common.chart_labels import labels, over_steps

if TYPE_CHECKING:
    from lazyrich.experiments.deep_network.config import DeepNetwork

ACCURACY = {"title": "accuracy", "floor": 0.5, "least": 1.0, "ceiling": 1.0}
SHARE = {"title": "share", "floor": 0.0}


def charts(config: DeepNetwork) -> tuple[ChartSpec, ...]:
    """Return the charts of networks with these alphas."""
    alphas, names = config.alphas, labels(config.alphas)
    return (
        over_steps("accuracy", "Test accuracy", "test_accuracy", alphas, CurvesAxis(**ACCURACY), "middle"),
        over_steps(
            "flips", "Activations flipped since the start", "activation_flips", alphas, CurvesAxis(**SHARE), "middle"
        ),
        Lines(
            id="layers", title="Activations flipped, by hidden layer", place="middle", array="flips_by_layer",
            x="flips_by_layer_x", x_title="hidden layer", y=BoundedAxis(**SHARE), labels=names, markers=True,
            keys=False,
        ),
        Lines(
            id="movement", title="Relative movement of the weights, by layer", place="middle",
            array="movement_by_layer", x="movement_by_layer_x", x_title="layer of weights",
            y=BoundedAxis(log=True, title="‖ΔW‖ / ‖W(0)‖", short="moved"), labels=names, markers=True, keys=False,
        ),
        over_steps(
            "loss", "Training loss", "train_loss", alphas,
            CurvesAxis(log=True, title="mean squared error", short="MSE"),
        ),
        over_steps(
            "kernel", "Kernel distance S(0, t)", "kernel_distance", alphas,
            CurvesAxis(title="0 lazy, 1 rich", short="S", floor=0.0, least=0.02),
        ),
        Lines(
            id="matched", title="Test accuracy at equal training loss", array="matched", x="matched_x",
            x_title="training loss", x_log=True, y=BoundedAxis(**ACCURACY), labels=names, markers=True, keys=False,
        ),
    )  # fmt: skip


def readings(config: DeepNetwork) -> tuple[Reading, ...]:
    """Return the accuracy of each network."""
    help = "Share of test inputs with the right sign, median over the seeds."
    return tuple(
        Reading(column=f"accuracy_{k}", label=f"{name}: accuracy", digits=3, help=help)
        for k, name in enumerate(labels(config.alphas), 1)
    )
