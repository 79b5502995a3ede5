"""The charts of "Linear or ReLU": two students side by side on equal axes, everything over the balance delta."""

from __future__ import annotations

from typing import Any

from lazyrich.experiments.implicit_bias.charts import BALANCE

Chart = dict[str, Any]

STUDENTS = {"linear": "Linear student", "relu": "ReLU student"}


def _kernel(student: str, place: str) -> Chart:
    column = f"kernel_distance_{student}"
    return {
        "kind": "curves",
        "id": f"kernel-{student}",
        "title": f"{STUDENTS[student]}: how far the kernel moved",
        "place": place,
        "x": BALANCE,
        "y": {
            "log": False, "title": "S, 0 lazy, 1 rich", "floor": 0.0, "least": 0.05,
            "also": [f"kernel_distance_{other}_high" for other in STUDENTS],
        },
        "series": [{"column": column, "label": "median", "dash": "solid"}],
        "band": {"low": f"{column}_low", "high": f"{column}_high", "label": "all seeds"},
    }  # fmt: skip


def _time(student: str, place: str) -> Chart:
    column = f"time_{student}"
    also = [f"time_{other}_{end}" for other in STUDENTS for end in ("low", "high")]
    return {
        "kind": "curves",
        "id": f"time-{student}",
        "title": f"{STUDENTS[student]}: how long it took",
        "place": place,
        "x": BALANCE,
        "y": {"log": True, "title": "flow time to a tenth of the loss", "short": "flow time", "also": also},
        "series": [{"column": column, "label": "median", "dash": "solid"}],
        "band": {"low": f"{column}_low", "high": f"{column}_high", "label": "all seeds"},
    }


LINEAR_OR_RELU = tuple(
    chart(student, place) for student, place in (("linear", "middle"), ("relu", "right")) for chart in (_kernel, _time)
)

LINEAR_OR_RELU_READINGS = (
    {"column": "delta", "label": "δ", "digits": 3, "resolution": 1e-9, "help": "a² − ‖w‖² of every neuron."},
    {"column": "kernel_distance_linear", "label": "linear: moved", "digits": 2, "help": "S, median over the seeds."},
    {"column": "time_linear", "label": "took", "digits": 2, "help": "Flow time, median over the seeds."},
    {"column": "kernel_distance_relu", "label": "ReLU: moved", "digits": 2, "help": "S, median over the seeds."},
    {"column": "time_relu", "label": "took", "digits": 2, "help": "Flow time, median over the seeds."},
)
