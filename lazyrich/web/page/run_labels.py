"""Labels that tell the runs of a page apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lazyrich.config.schema import Config, show


def differences(configs: Sequence[Config]) -> list[str]:
    """Return labels that distinguish runs: the settings in which they differ. Empty for a single run."""
    dumps = [config.model_dump() for config in configs]
    differing = [name for name in dumps[0] if len({dump[name] for dump in dumps}) > 1]
    symbols = {name: parameter.symbol for name, parameter in configs[0].parameters().items()}
    texts = {name: apart([dump[name] for dump in dumps]) for name in differing}
    return [", ".join(f"{symbols[name]} {texts[name][i]}" for name in differing) for i in range(len(configs))]


def apart(values: Sequence[Any]) -> list[str]:
    """Return values as text for a legend: with three significant digits if these distinguish them, else in full.

    A value of four digits is written in full, as 0.9999 is not 1.
    """
    shortened = [_short(value) if isinstance(value, float) else show(value) for value in values]
    return shortened if len(set(shortened)) == len(set(values)) else [show(value) for value in values]


def _short(value: float) -> str:
    four = f"{value:.4g}"
    return four if float(four) == value else f"{value:.3g}"
