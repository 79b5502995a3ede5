"""The charts of the playground."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lazyrich.experiments.common import time_to_tenth
from lazyrich.experiments.common.verdict import MARKS

Chart = dict[str, Any]

PLANE: Chart = {
    "kind": "plane",
    "id": "plane",
    "title": "Neurons |aᵢ|wᵢ",
    "array": "plane",
    "sign": "sign",
}

LOSS: Chart = {
    "kind": "curves",
    "id": "loss",
    "title": "Loss",
    "y": {"log": True, "title": "mean squared error", "short": "MSE"},
    "series": [
        {"column": "train_loss", "label": "train", "dash": "solid"},
        {"column": "test_loss", "label": "test", "dash": "dot"},
    ],
}

KERNEL: Chart = {
    "kind": "curves",
    "id": "kernel",
    "title": "Kernel distance S(0, t)",
    # S depends on it, and the map beside this chart has another
    "settings": [{"name": "dimension", "symbol": "d"}],
    # the axis reaches from `floor` to `least` at least: a kernel that hardly moves has to look as if it hardly moved
    "y": {"log": False, "title": "0 lazy, 1 rich", "short": "S", "floor": 0.0, "least": 0.02},
    "series": [{"column": "kernel_distance", "label": "S", "dash": "solid"}],
}

CONSERVED: Chart = {
    "kind": "curves",
    "id": "conserved",
    "title": "Conserved quantity δᵢ",
    # an axis of this length at least: a drift of 1e-7 around 0 has to look like none
    "y": {"log": False, "title": "δᵢ", "span": 0.01},
    "series": [{"column": "conserved_mean", "label": "mean", "dash": "solid"}],
    "band": {"low": "conserved_low", "high": "conserved_high", "label": "min to max"},
    "caption": {"column": "conserved_drift", "label": "largest drift"},
}

CONSERVED_BY_DESCENT: Chart = CONSERVED | {
    "caption": [CONSERVED["caption"], {"column": "step_share", "label": "step", "after": " of the stable one"}],
}
"""With what keeps a finite step from being any longer."""

PLAYGROUND = (PLANE, LOSS, KERNEL, CONSERVED)


def playground(method: str) -> tuple[Chart, ...]:
    """PLAYGROUND, with what is only of interest where steps are finite."""
    return (PLANE, LOSS, KERNEL, CONSERVED_BY_DESCENT) if method == "descent" else PLAYGROUND


KERNEL_READING = {
    "column": "kernel_distance",
    "label": "kernel moved",
    "digits": 2,
    "help": "Kernel distance S(0, t) = 1 − ⟨K₀, Kₜ⟩/(‖K₀‖‖Kₜ‖) over the training inputs: 0 not at all, "
    f"1 to an orthogonal kernel. {MARKS}",
}

TENTH_READING = {"column": "time_to_tenth", "label": "time to a tenth", "digits": 2, "help": time_to_tenth.HELP}

READINGS = (
    KERNEL_READING,
    {
        "column": "activation_flips",
        "label": "flips",
        "unit": "%",
        "scale": 100,
        "digits": 2,
        "help": "Share of (neuron, training input) pairs that switched between on and off since the start.",
    },
    {
        "column": "teacher_alignment",
        "label": "alignment",
        "digits": 2,
        "help": "Alignment with the teacher: mean over neurons, weighted by |aᵢ|‖wᵢ‖, of the largest cosine between wᵢ "
        "and a teacher direction of its own sign (0 if there is none). 1: every neuron that matters points along such "
        "a teacher. Other neurons can make the same function, so a small test loss needs no alignment.",
    },
    {"column": "test_loss", "label": "test loss", "digits": 2, "help": "Mean squared error on fresh inputs."},
    TENTH_READING,
    {
        "column": "effective_delta",
        "label": "δ effective",
        "digits": 3,
        "resolution": 1e-4,
        "help": "(η_w aᵢ² − η_a‖wᵢ‖²) / √(η_a η_w), mean over neurons: the balance with the chosen rates. It "
        "and the scale decide the function that is learned; √(η_a η_w) only sets the speed.",
    },
)


def playground_readings(delta: float) -> tuple[dict[str, Any], ...]:
    """Return READINGS for a balance.

    Where it has four digits, as 0.9999, the effective one has them too, or it would read 1.00 beside it.
    """
    if float(f"{delta:.3g}") == delta:
        return READINGS
    return tuple({**one, "digits": 4} if one["column"] == "effective_delta" else one for one in READINGS)


def on_own_data(method: str, tested: bool) -> tuple[Sequence[Chart], Sequence[Chart]]:
    """Charts and readings of a run on data without a teacher. tested: whether there are inputs to test on."""
    without = {"teacher_alignment"} if tested else {"teacher_alignment", "test_loss"}
    told = {"test_loss": {"help": "Mean squared error on the samples held out."}}
    readings = [r | told.get(str(r["column"]), {}) for r in READINGS if r["column"] not in without]
    loss = {**LOSS, "series": [series for series in LOSS["series"] if series["column"] not in without]}
    return [loss if chart is LOSS else chart for chart in playground(method)], readings
