"""The charts of the page "Deep networks"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazyrich.experiments.common.chart_labels import labels, over_steps

if TYPE_CHECKING:
    from lazyrich.experiments.deep_network.config import DeepNetwork

Chart = dict[str, Any]


def deep_network(config: DeepNetwork) -> tuple[Chart, ...]:
    """What the page shows of networks with these alphas."""
    alphas, names = config.alphas, labels(config.alphas)
    share = {"log": False, "title": "share", "floor": 0.0}
    return (
        over_steps(
            "accuracy", "Test accuracy", "test_accuracy", alphas,
            {"log": False, "title": "accuracy", "floor": 0.5, "least": 1.0, "ceiling": 1.0}, "middle",
        ),
        over_steps("flips", "Activations flipped since the start", "activation_flips", alphas, share, "middle"),
        {
            "kind": "lines", "id": "layers", "title": "Activations flipped, by hidden layer", "place": "middle",
            "array": "flips_by_layer", "x": "flips_by_layer_x", "x_title": "hidden layer", "x_log": False,
            "y": share, "labels": names, "markers": True, "keys": False,
        },
        {
            "kind": "lines", "id": "movement", "title": "Relative movement of the weights, by layer", "place": "middle",
            "array": "movement_by_layer", "x": "movement_by_layer_x", "x_title": "layer of weights", "x_log": False,
            "y": {"log": True, "title": "‖ΔW‖ / ‖W(0)‖", "short": "moved"},
            "labels": names, "markers": True, "keys": False,
        },
        over_steps(
            "loss", "Training loss", "train_loss", alphas, {"log": True, "title": "mean squared error", "short": "MSE"}
        ),
        over_steps(
            "kernel", "Kernel distance S(0, t)", "kernel_distance", alphas,
            {"log": False, "title": "0 lazy, 1 rich", "short": "S", "floor": 0.0, "least": 0.02},
        ),
        {
            "kind": "lines", "id": "matched", "title": "Test accuracy at equal training loss", "place": "right",
            "array": "matched", "x": "matched_x", "x_title": "training loss", "x_log": True,
            "y": {"log": False, "title": "accuracy", "floor": 0.5, "least": 1.0, "ceiling": 1.0}, "labels": names,
            "markers": True, "keys": False,
        },
    )  # fmt: skip


def deep_network_readings(config: DeepNetwork) -> tuple[dict[str, Any], ...]:
    """Accuracy of each network."""
    return tuple(
        {
            "column": f"accuracy_{k}",
            "label": f"{name}: accuracy",
            "digits": 3,
            "help": "Share of test inputs with the right sign, median over the seeds.",
        }
        for k, name in enumerate(labels(config.alphas), 1)
    )


def _map(id: str, title: str, array: str, place: str, range: list[float] | None = None) -> Chart:
    return {
        "kind": "heat", "id": id, "title": title, "place": place, "array": array, "x": "alphas", "y": "taus",
        "x_title": "α, further upstream to the right", "y_title": "τ", "range": range, "write": True, "digits": 2,
    }  # fmt: skip


DEEP_MAP = (
    _map("flips", "Activations flipped", "activation_flips", "middle"),
    _map("accuracy", "Test accuracy", "test_accuracy", "right", [0.5, 1.0]),
    _map("kernel", "Kernel distance S", "kernel_distance", "middle"),
    _map("loss", "Training loss reached", "train_loss", "right"),
)

DEEP_MAP_READINGS = (
    {"column": "tau", "label": "τ", "digits": 2, "help": "Scale of the cell trained last."},
    {"column": "alpha", "label": "α", "digits": 2, "help": "Balance of the cell trained last."},
    {
        "column": "activation_flips",
        "label": "flipped",
        "unit": "%",
        "scale": 100,
        "digits": 2,
        "help": "Of its activations.",
    },
    {"column": "test_accuracy", "label": "test accuracy", "digits": 3, "help": "Median over the seeds."},
)
