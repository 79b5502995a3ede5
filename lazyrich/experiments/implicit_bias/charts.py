"""The charts of "Implicit bias": everything over the balance delta, training beside prediction."""

from __future__ import annotations

from typing import Any

Chart = dict[str, Any]

BALANCE = {"column": "delta", "title": "balance δ  (< 0 downstream, > 0 upstream)"}

SOLUTIONS: Chart = {
    "kind": "path",
    "id": "solutions",
    "title": "Where training ends",
    "place": "main",
    "columns": ["beta_1", "beta_2"],
    "axes": ["β along the shortest solution", "β beside it"],
    "keys": [["ring", "start β₀"], ["cross", "shortest solution"], ["line", "all solutions"]],
}

DIRECTION: Chart = {
    "kind": "curves",
    "id": "direction",
    "title": "Direction kept: cos(β, β₀)",
    "x": BALANCE,
    "y": {"log": False, "title": "cosine"},
    "series": [{"column": "cosine", "label": "cosine", "dash": "solid", "exact": True}],
}

MOVED: Chart = {
    "kind": "curves",
    "id": "moved",
    "title": "Way from the start: ‖β − β₀‖",
    "x": BALANCE,
    "y": {"log": False, "title": "distance"},
    "series": [{"column": "moved", "label": "distance", "dash": "solid", "exact": True}],
}

LENGTH: Chart = {
    "kind": "curves",
    "id": "length",
    "title": "Length ‖β‖",
    "x": BALANCE,
    "y": {"log": False, "title": "length", "span": 0.2},
    "series": [{"column": "length", "label": "length", "dash": "solid", "exact": True}],
    "caption": {"column": "largest_difference", "label": "training from prediction, at most"},
}

IMPLICIT_BIAS = (SOLUTIONS, DIRECTION, MOVED, LENGTH)

IMPLICIT_BIAS_READINGS = (
    {"column": "delta", "label": "δ", "digits": 3, "help": "a² − ‖w‖² of the start."},
    {
        "column": "difference",
        "label": "from the prediction",
        "digits": 2,
        "help": "Distance between the β that training found and the one that theory named.",
    },
    {"column": "cosine", "label": "direction kept", "digits": 3, "help": "Cosine of the angle between β and β₀."},
    {"column": "length", "label": "length", "digits": 3, "help": "‖β‖; the shortest solution has 1."},
    {"column": "gradient_steps", "label": "steps", "digits": 3, "help": "Gradient steps that this training took."},
)
