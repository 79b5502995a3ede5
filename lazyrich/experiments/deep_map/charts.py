"""The charts of the map of deep networks: a table of its cells for each quantity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from lazyrich.charts import ChartSpec, Heat, Reading

if TYPE_CHECKING:
    from lazyrich.experiments.deep_map.config import DeepMap


def _map(
    id: str, title: str, array: str, place: Literal["middle", "right"], range: tuple[float, float] | None = None
) -> Heat:
    return Heat(
        id=id, title=title, place=place, array=array, x="alphas", y="taus",
        x_title="α, further upstream to the right", y_title="τ", range=range, write=True,
    )  # fmt: skip


CHARTS = (
    _map("flips", "Activations flipped", "activation_flips", "middle"),
    _map("accuracy", "Test accuracy", "test_accuracy", "right", (0.5, 1.0)),
    _map("kernel", "Kernel distance S", "kernel_distance", "middle"),
    _map("loss", "Training loss reached", "train_loss", "right"),
)

READINGS = (
    Reading(column="tau", label="τ", help="Scale of the cell trained last."),
    Reading(column="alpha", label="α", help="Balance of the cell trained last."),
    Reading(column="activation_flips", label="flipped", unit="%", scale=100, help="Of its activations."),
    Reading(column="test_accuracy", label="test accuracy", digits=3, help="Median over the seeds."),
)


def charts(config: DeepMap) -> tuple[ChartSpec, ...]:
    """Return the charts of the page."""
    return CHARTS


def readings(config: DeepMap) -> tuple[Reading, ...]:
    """Return the numbers of the cell trained last."""
    return READINGS
