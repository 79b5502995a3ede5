"""The charts of "Grokking"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazyrich.charts import Axis, Bars, ChartSpec, CurvesAxis, Heat, Reading
from lazyrich.experiments.common.chart_labels import labels, over_steps

if TYPE_CHECKING:
    from lazyrich.experiments.grokking.config import Grokking


def charts(config: Grokking) -> tuple[ChartSpec, ...]:
    """Return the charts of networks with these alphas."""
    names = labels(config.alphas)
    return (
        over_steps(
            "accuracy", "Accuracy on the other sums (dotted: training sums)", "test_accuracy", config.alphas,
            CurvesAxis(title="accuracy", floor=0.0, least=1.0, ceiling=1.0), "middle", grow=2, thin="train_accuracy",
        ),
        over_steps(
            "movement", "How far the first layer moved, relative to its start", "layer_movement", config.alphas,
            CurvesAxis(title="‖ΔW₁‖ / ‖W₁(0)‖", floor=0.0), "middle",
        ),
        Heat(
            id="spectrum", title="Spectra of neurons, one a row: frequencies k of cos(2πka/p)", place="middle",
            grow=1.2, array="neurons", range=(0, 1), labels=names,
        ),
        Bars(
            id="delay", title="The wait: steps from 95 % train to 95 % test", array="delay", under="train_steps",
            under_label="to 95 % train", labels=names, waiting="not yet", keys=False, y=Axis(title="steps"),
        ),
        Heat(
            id="table", title="Sums that are right, of all a + b mod p", grow=1.4, array="right", range=(0, 1),
            labels=names, outline="learned", outline_label="trained on",
        ),
        over_steps(
            "concentration", "Share of a neuron in its strongest frequency", "concentration", config.alphas,
            CurvesAxis(title="concentration", floor=0.0, least=1.0, ceiling=1.0),
        ),
    )  # fmt: skip


def readings(config: Grokking) -> tuple[Reading, ...]:
    """Return the grokking delay of each network."""
    help = "Steps from 95 % accuracy on the training sums to 95 % on the others, median over the seeds."
    return tuple(
        Reading(column=f"delay_{k}", label=f"{name}: wait", digits=3, help=help)
        for k, name in enumerate(labels(config.alphas), 1)
    )
