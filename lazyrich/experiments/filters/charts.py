"""The charts of the page "Filters"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lazyrich.experiments.common.chart_labels import labels, over_steps

if TYPE_CHECKING:
    from lazyrich.experiments.filters.config import Filters

Chart = dict[str, Any]


def filters(config: Filters) -> tuple[Chart, ...]:
    """What the page shows of networks with these alphas."""
    alphas = config.alphas
    share = {"log": False, "floor": 0.0, "least": 1.0, "ceiling": 1.0}
    images = {
        "kind": "images",
        "id": "filters",
        "title": "The first layer's filters, first seed",
        "place": "main",
        "labels": labels(alphas),
        "ring": 0.25,
        "note": "Each has its own contrast, so that in ΔW a tiny change looks as strong as a large one.",
        "arrays": [
            {"array": "filters", "label": "W", "help": "The filters as they are.", "fit": "filter_fit"},
            {
                "array": "change",
                "label": "ΔW",
                "help": "What training has added: W(t) − W(0).",
                "fit": "change_fit",
            },
        ],
        "numbers": [
            *_gabor("filter", "W"),
            {"array": "filter_low", "label": "in the circle", "of": "W"},
            {"array": "filter_cos", "label": "cosine with start", "of": "W"},
            *_gabor("change", "ΔW"),
        ],
    }
    return (
        images,
        over_steps("gabor", "How well a Gabor fits them, R²", "gabor_r2", alphas, share | {"title": "R²"}),
        over_steps("low", "Energy below ¼ cycle per pixel", "low_frequency", alphas, share | {"title": "share"}),
        over_steps("cosine", "Cosine with the start", "filter_cosine", alphas, share | {"title": "cosine"}),
        over_steps("accuracy", "Test accuracy", "test_accuracy", alphas, share | {"title": "accuracy"}),
    )


def _gabor(name: str, of: str) -> list[dict[str, str]]:
    """The numbers of the best Gabors of what is shown."""
    return [
        {"array": f"{name}_gabor", "label": "Gabor R²", "of": of},
        {"array": f"{name}_orientation", "label": "its stripes at", "unit": "°", "of": of},
        {"array": f"{name}_frequency", "label": "cycles/pixel", "of": of},
    ]


def filters_readings(config: Filters) -> tuple[dict[str, Any], ...]:
    """How much of the start is left in each network's filters."""
    return tuple(
        {
            "column": f"cosine_{k}",
            "label": f"{name}: cosine with the start",
            "digits": 2,
            "help": "Mean over the filters, median over the seeds: 1 unchanged, 0 nothing left of the start.",
        }
        for k, name in enumerate(labels(config.alphas), 1)
    )
