"""The charts of the page "Grokking"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazyrich.experiments.common.chart_labels import labels, over_steps

if TYPE_CHECKING:
    from lazyrich.experiments.grokking.config import Grokking

Chart = dict[str, Any]


def grokking(config: Grokking) -> tuple[Chart, ...]:
    """What the page shows of networks with these alphas."""
    names = labels(config.alphas)
    return (
        over_steps(
            "accuracy", "Accuracy on the other sums (dotted: training sums)", "test_accuracy", config.alphas,
            {"log": False, "title": "accuracy", "floor": 0.0, "least": 1.0, "ceiling": 1.0}, "middle",
            thin="train_accuracy",
        )
        | {"grow": 2},
        over_steps(
            "movement", "How far the first layer moved, relative to its start", "layer_movement", config.alphas,
            {"log": False, "title": "‖ΔW₁‖ / ‖W₁(0)‖", "floor": 0.0}, "middle",
        ),
        {
            "kind": "heat", "id": "spectrum", "title": "Spectra of neurons, one a row: frequencies k of cos(2πka/p)",
            "place": "middle", "array": "neurons", "range": [0, 1], "labels": names, "grow": 1.2,
        },
        {
            "kind": "bars", "id": "delay", "title": "The wait: steps from 95 % train to 95 % test", "place": "right",
            "array": "delay", "under": "train_steps", "under_label": "to 95 % train",
            "labels": names, "waiting": "not yet", "keys": False,
            "y": {"log": False, "title": "steps"},
        },
        {
            "kind": "heat", "id": "table", "title": "Sums that are right, of all a + b mod p",
            "place": "right", "array": "right", "range": [0, 1], "labels": names, "outline": "learned",
            "outline_label": "trained on", "grow": 1.4,
        },
        over_steps(
            "concentration", "Share of a neuron in its strongest frequency", "concentration", config.alphas,
            {"log": False, "title": "concentration", "floor": 0.0, "least": 1.0, "ceiling": 1.0},
        ),
    )  # fmt: skip


def grokking_readings(config: Grokking) -> tuple[dict[str, Any], ...]:
    """The wait of each network."""
    return tuple(
        {
            "column": f"delay_{k}",
            "label": f"{name}: wait",
            "digits": 3,
            "help": "Steps from 95 % accuracy on the training sums to 95 % on the others, median over the seeds.",
        }
        for k, name in enumerate(labels(config.alphas), 1)
    )
