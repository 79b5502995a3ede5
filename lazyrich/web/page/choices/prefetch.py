"""Compute pictures of a visitor's next clicks ahead, so that a preset or the next seed appears at once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from pydantic import ValidationError

from lazyrich.config.schema import Config
from lazyrich.serving.admission import Refused
from lazyrich.serving.pool import RunPool
from lazyrich.serving.previews.plan import plan_of

__all__ = ["prefetch"]


def prefetch(pool: RunPool, shown: Config, choices: Mapping[str, Any]) -> None:
    """Have the previews of the clicks that the page offers computed once a worker has nothing else to do.

    Args:
        pool: Computes them, unless this server has no previews.
        shown: Config of the run that is shown.
        choices: "seed": the next one, or None; "presets": what `presets.offered` returns, if there are any.
    """
    if not pool.limits.session_previews or not any(parameter.preview for parameter in shown.parameters().values()):
        return
    clicks: list[dict[str, Any]] = list(choices.get("presets", {}).get("settings", {}).values())
    if choices.get("seed") is not None:
        clicks.append({"seed": choices["seed"]})
    for settings in clicks:
        # what is not allowed, or too expensive, is told when it is clicked
        with suppress(Refused, ValidationError):
            config = shown.changed(**settings)
            if config == shown:
                continue
            pool.previews.prefetch(config, plan_of(config, pool.limits))
