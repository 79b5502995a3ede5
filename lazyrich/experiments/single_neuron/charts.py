"""The charts of the page "Exact solutions"."""

from __future__ import annotations

from typing import Any

from lazyrich.experiments.student_teacher.charts import KERNEL_READING, TENTH_READING

Chart = dict[str, Any]

SPACE: Chart = {
    "kind": "space",
    "id": "space",
    "title": "Parameter space",
    "columns": ["w_along", "w_across", "a"],
    "axes": ["w along β*", "w across β*", "a"],
}

PATH: Chart = {
    "kind": "path",
    "id": "function",
    "title": "Function space β = a w",
    "columns": ["beta_along", "beta_across"],
    "axes": ["β along β*", "β across"],
    "keys": [["ring", "start"], ["cross", "target"], ["line", "loss"]],
    "place": "middle",
}

MODULATION: Chart = {
    "kind": "curves",
    "id": "modulation",
    "title": "Pull M(β)",
    "place": "middle",
    "y": {"log": False, "title": "eigenvalues", "floor": 0.0},
    "series": [
        {"column": "eigen_along", "label": "along", "dash": "solid", "exact": True},
        {"column": "eigen_across", "label": "across", "dash": "dot", "exact": True},
    ],
}

DIFFERENCE = "theory − training, at most"

MU: Chart = {
    "kind": "curves",
    "id": "mu",
    "title": "Size μ = a‖w‖",
    "y": {"log": False, "title": "μ"},
    "series": [{"column": "mu", "label": "μ", "dash": "solid", "exact": True}],
    "caption": {"column": "mu_difference", "label": DIFFERENCE},
}

PHI: Chart = {
    "kind": "curves",
    "id": "phi",
    "title": "Angle φ = cos(w, β*)",
    "y": {"log": False, "title": "φ", "span": 0.1},
    "series": [{"column": "phi", "label": "φ", "dash": "solid", "exact": True}],
    "caption": {"column": "phi_difference", "label": DIFFERENCE},
}

MOVED: Chart = {
    "kind": "curves",
    "id": "kernel",
    "title": "Kernel distance S(0, t)",
    "y": {"log": False, "title": "0 lazy, 1 rich", "short": "S", "floor": 0.0, "least": 0.02},
    "series": [{"column": "kernel_distance", "label": "S", "dash": "solid", "exact": True}],
    "caption": {"column": "kernel_distance_difference", "label": DIFFERENCE},
}

SINGLE_NEURON = (SPACE, PATH, MODULATION, MU, PHI, MOVED)

SINGLE_NEURON_READINGS = (
    KERNEL_READING,
    {"column": "loss", "label": "loss", "digits": 2, "help": "Half the sum of squares over the training inputs."},
    TENTH_READING,
    {"column": "mu", "label": "μ", "digits": 3, "help": "a‖w‖, with the sign of a: the length of β = a w."},
    {"column": "phi", "label": "φ", "digits": 3, "help": "Cosine of the angle between w and the target β*."},
    {
        "column": "effective_delta",
        "label": "δ effective",
        "digits": 3,
        "resolution": 1e-4,
        "help": "(η_w a² − η_a‖w‖²) / √(η_a η_w): the balance with the chosen rates, which training keeps.",
    },
)
