"""The charts of "Hierarchy"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazyrich.charts import BoundedAxis, ChartSpec, Grammar, Guide, Lines, Reading
from lazyrich.experiments.common.chart_labels import labels

if TYPE_CHECKING:
    from lazyrich.experiments.hierarchy.config import Hierarchy


def charts(config: Hierarchy) -> tuple[ChartSpec, ...]:
    """Return the charts of networks with these alphas."""
    names = labels(config.alphas)
    return (
        Lines(
            id="error", title="Test error (hollow: not converged)", place="middle", grow=2, array="test_error",
            x="test_error_x", x_title="training strings", x_log=True, hollow="converged", labels=names, markers=True,
            keys=False,
            y=BoundedAxis(title="share of wrong classes", short="wrong", floor=0.0, least=1.0, ceiling=1.0),
            guides=(Guide(y=0.3, label="30 %"), Guide(y=0.1, label="10 %")),
        ),
        Grammar(id="grammar", title="The grammar of the first seed", grow=1.3),
        Lines(
            id="kernel", title="Kernel distance S at the end", array="kernel_distance", x="kernel_distance_x",
            x_title="training strings", x_log=True, labels=names, markers=True, keys=False,
            y=BoundedAxis(title="0 lazy, 1 rich", short="S", floor=0.0, least=0.1),
        ),
    )  # fmt: skip


def readings(config: Hierarchy) -> tuple[Reading, ...]:
    """Return the number of strings that each network needs."""
    help = (
        "Interpolated in the logarithm of the number of strings, median over the seeds; – where it is not reached "
        "within the sizes."
    )
    return tuple(
        Reading(column=f"size_at_30_{k}", label=f"{name}: to 30 % error", digits=3, help=help)
        for k, name in enumerate(labels(config.alphas), 1)
    )
