"""Labels that tell the runs of a page apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lazyrich.config.schema import Config, show


def differences(configs: Sequence[Config]) -> list[str]:
    """Return labels that tell runs apart: the settings in which not all of them agree. Empty for a single run."""
    dumps = [config.model_dump() for config in configs]
    telling = [name for name in dumps[0] if len({dump[name] for dump in dumps}) > 1]
    symbols = {name: parameter.symbol for name, parameter in configs[0].parameters().items()}
    texts = {name: apart([dump[name] for dump in dumps]) for name in telling}
    return [", ".join(f"{symbols[name]} {texts[name][i]}" for name in telling) for i in range(len(configs))]


def apart(values: Sequence[Any]) -> list[str]:
    """Return values as a legend writes them: with three significant digits where these tell them apart, else in full.

    One of four digits is written out: 0.9999 is not 1.
    """
    shortened = [_short(value) if isinstance(value, float) else show(value) for value in values]
    return shortened if len(set(shortened)) == len(set(values)) else [show(value) for value in values]


def _short(value: float) -> str:
    four = f"{value:.4g}"
    return four if float(four) == value else f"{value:.3g}"
