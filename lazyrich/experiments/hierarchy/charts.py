"""The charts of the page "Hierarchy"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazyrich.experiments.common.chart_labels import labels

if TYPE_CHECKING:
    from lazyrich.experiments.hierarchy.config import Hierarchy

Chart = dict[str, Any]


def hierarchy(config: Hierarchy) -> tuple[Chart, ...]:
    """What the page shows of networks with these alphas."""
    names = labels(config.alphas)
    lines = {"kind": "lines", "labels": names, "markers": True, "keys": False, "x_log": True}
    return (
        lines
        | {
            "id": "error", "title": "Test error (hollow: not converged)", "place": "middle", "grow": 2,
            "array": "test_error", "x": "test_error_x", "x_title": "training strings", "hollow": "converged",
            "y": {"log": False, "title": "share of wrong classes", "short": "wrong", "floor": 0.0, "least": 1.0,
                  "ceiling": 1.0},
            "guides": [{"y": 0.3, "label": "30 %"}, {"y": 0.1, "label": "10 %"}],
        },
        {
            "kind": "grammar", "id": "grammar", "title": "The grammar of the first seed", "place": "right", "grow": 1.3,
        },
        lines
        | {
            "id": "kernel", "title": "Kernel distance S at the end", "place": "right",
            "array": "kernel_distance", "x": "kernel_distance_x", "x_title": "training strings",
            "y": {"log": False, "title": "0 lazy, 1 rich", "short": "S", "floor": 0.0, "least": 0.1},
        },
    )  # fmt: skip


def hierarchy_readings(config: Hierarchy) -> tuple[dict[str, Any], ...]:
    """How many strings each network needs."""
    return tuple(
        {
            "column": f"size_at_30_{k}",
            "label": f"{name}: to 30 % error",
            "digits": 3,
            "help": "Interpolated in the logarithm of the number of strings, median over the seeds; – where it is not "
            "reached within the sizes.",
        }
        for k, name in enumerate(labels(config.alphas), 1)
    )
