"""Parts of charts in which many networks train side by side: a colour for each alpha, a band over its seeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lazyrich.config.schema import show

Chart = dict[str, Any]

STEPS = {"column": "step", "title": "training step", "log": True, "end": "steps"}


def labels(alphas: Sequence[float]) -> list[str]:
    """What a legend calls the networks."""
    return [f"α {show(alpha)}" for alpha in alphas]


def over_steps(
    id: str,
    title: str,
    array: str,
    alphas: Sequence[float],
    y: Mapping[str, Any],
    place: str = "right",
    thin: str = "",
    named: bool = False,
) -> Chart:
    """Curves of a chart array (alphas, 3), median and band, over training steps.

    thin: a second array whose medians are drawn dotted. named: whether the caption names the networks.
    """
    names = labels(alphas) if named else ["" for _ in alphas]
    series = [{"column": f"{array}[{k}]", "label": name, "dash": "solid", "network": k} for k, name in enumerate(names)]
    if thin:
        series += [
            {"column": f"{thin}[{k}]", "label": "", "dash": "dot", "network": k, "thin": True}
            for k in range(len(names))
        ]
    bands = [
        {"low": f"{array}[{k}].low", "high": f"{array}[{k}].high", "label": "", "network": k} for k in range(len(names))
    ]
    return {
        "kind": "curves", "id": id, "title": title, "place": place, "x": STEPS, "y": dict(y), "series": series,
        "bands": bands,
    }  # fmt: skip
