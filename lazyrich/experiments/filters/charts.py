"""The charts of "Filters"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lazyrich.charts import ChartSpec, CurvesAxis, FilterNumber, Images, Reading, Variant
from lazyrich.experiments.common.chart_labels import labels, over_steps

if TYPE_CHECKING:
    from lazyrich.experiments.filters.config import Filters


def charts(config: Filters) -> tuple[ChartSpec, ...]:
    """Return the charts of networks with these alphas."""
    alphas = config.alphas
    images = Images(
        id="filters",
        title="The first layer's filters, first seed",
        labels=labels(alphas),
        ring=0.25,
        note="Each has its own contrast, so that in ΔW a tiny change looks as strong as a large one.",
        arrays=(
            Variant(array="filters", label="W", help="The filters as they are.", fit="filter_fit"),
            Variant(array="change", label="ΔW", help="What training has added: W(t) − W(0).", fit="change_fit"),
        ),
        numbers=(
            *_gabor("filter", "W"),
            FilterNumber(array="filter_low", label="in the circle", of="W"),
            FilterNumber(array="filter_cos", label="cosine with start", of="W"),
            *_gabor("change", "ΔW"),
        ),
    )
    return (
        images,
        over_steps("gabor", "How well a Gabor fits them, R²", "gabor_r2", alphas, _share("R²")),
        over_steps("low", "Energy below ¼ cycle per pixel", "low_frequency", alphas, _share("share")),
        over_steps("cosine", "Cosine with the start", "filter_cosine", alphas, _share("cosine")),
        over_steps("accuracy", "Test accuracy", "test_accuracy", alphas, _share("accuracy")),
    )


def _share(title: str) -> CurvesAxis:
    return CurvesAxis(title=title, floor=0.0, least=1.0, ceiling=1.0)


def _gabor(name: str, of: str) -> tuple[FilterNumber, ...]:
    """Return the numbers of the best Gabors of the filters shown."""
    return (
        FilterNumber(array=f"{name}_gabor", label="Gabor R²", of=of),
        FilterNumber(array=f"{name}_orientation", label="its stripes at", unit="°", of=of),
        FilterNumber(array=f"{name}_frequency", label="cycles/pixel", of=of),
    )


def readings(config: Filters) -> tuple[Reading, ...]:
    """Return the cosine between each network's filters and their start."""
    help = "Mean over the filters, median over the seeds: 1 unchanged, 0 nothing left of the start."
    return tuple(
        Reading(column=f"cosine_{k}", label=f"{name}: cosine with the start", help=help)
        for k, name in enumerate(labels(config.alphas), 1)
    )
