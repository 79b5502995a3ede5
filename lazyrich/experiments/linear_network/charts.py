"""The charts of "Wide and deep": as many lines as the network has modes and layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazyrich.experiments.student_teacher.charts import KERNEL_READING, TENTH_READING

if TYPE_CHECKING:
    from lazyrich.experiments.linear_network.config import LinearNetwork

Chart = dict[str, Any]

DASHES = ("solid", "dash", "dashdot", "dot", "longdash", "longdashdot")
"""The first mode or layer, the second, ...; colour is the run."""

DIFFERENCE = "theory − training, at most"


def linear_network(config: LinearNetwork) -> tuple[Chart, ...]:
    """What the page shows of a network of this depth and with this many outputs."""
    modes = range(1, min(config.outputs, config.dimension, config.width) + 1)
    layers = range(1, config.depth + 1)
    return (
        {
            "kind": "curves",
            "id": "modes",
            "title": "Modes: singular values of β",
            "place": "middle",
            "y": {"log": False, "title": "singular value", "short": "value", "floor": 0.0},
            "series": [_line(f"singular_{k}", f"{k}", k, exact=True) for k in modes],
            "caption": {"column": "singular_difference", "label": DIFFERENCE},
        },
        {
            "kind": "curves",
            "id": "kernel",
            "title": "Kernel distance S(0, t)",
            "place": "middle",
            "y": {"log": False, "title": "0 lazy, 1 rich", "short": "S", "floor": 0.0, "least": 0.02},
            "series": [_line("kernel_distance", "S", 1, exact=True)],
            "caption": {"column": "kernel_distance_difference", "label": DIFFERENCE},
        },
        {
            "kind": "curves",
            "id": "loss",
            "title": "Loss",
            "place": "middle",
            "y": {"log": True, "title": "half the sum of squares", "short": "½ Σ r²"},
            "series": [_line("loss", "loss", 1, exact=True)],
            "caption": {"column": "loss_difference", "label": DIFFERENCE},
        },
        {
            "kind": "curves",
            "id": "layers",
            "title": "Largest singular value of layer",
            "y": {"log": False, "title": "‖W‖", "floor": 0.0},
            "series": [_line(f"layer_{k}", f"{k}", k, exact=True) for k in layers],
        },
        {
            "kind": "curves",
            "id": "speeds",
            "title": "Share in the speed of layer",
            "y": {"log": False, "title": "share of η‖∇L‖²", "floor": 0.0, "least": 1.0, "ceiling": 1.0},
            "series": [_line(f"speed_{k}", f"{k}", k) for k in layers],
        },
        {
            "kind": "curves",
            "id": "conserved",
            "title": "Conserved matrices",
            "y": {"log": False, "title": "norm", "span": 0.01},
            "series": [_line("conserved_norm", "norm", 1)],
            "caption": {"column": "conserved_drift", "label": "drift, relative"},
        },
    )


def _line(column: str, label: str, number: int, exact: bool = False) -> dict[str, Any]:
    line = {"column": column, "label": label, "dash": DASHES[number - 1]}
    return line | {"exact": True} if exact else line


LINEAR_NETWORK_READINGS = (
    KERNEL_READING,
    {"column": "loss", "label": "loss", "digits": 2, "help": "Half the sum of squares over the whitened inputs."},
    TENTH_READING,
    {
        "column": "singular_1",
        "label": "strongest mode",
        "digits": 3,
        "help": "Largest singular value of the linear map that the network computes.",
    },
    {
        "column": "conserved_norm",
        "label": "imbalance",
        "digits": 3,
        "help": "Norm of the conserved matrices η_l W_{l+1}ᵀW_{l+1} − η_{l+1} W_l W_lᵀ between layers; 0 is balanced.",
    },
)
