"""Parse settings and moments of a study as they are written in fields, addresses and commands.

settings_from_text(StudentTeacher, "δ of A", "delta=1, tau=0.3")      {"delta": 1.0, "tau": 0.3}
moment("train_loss=0.001")                                 {"train_loss": "0.001"}, as ComparisonMoment.read takes it
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from lazyrich.config.plain_values import short
from lazyrich.config.schema import Config, complaints, show, unknown

__all__ = ["config_of", "moment", "pairs_of", "settings_from_text", "settings_text"]


def pairs_of(text: str, what: str) -> dict[str, str]:
    """Split `tau=0.3,leak=0.1` into names and texts; `&` may separate settings too, and commas within a list are kept.

    Args:
        text: As typed; empty for no setting.
        what: Name of the text in a sentence.

    Raises:
        ValueError: If a part is not name=value, or a name occurs twice.
    """
    found: dict[str, str] = {}
    for part in re.split(r"[,&;](?=\s*[^\W\d][\w-]*\s*=)", text.strip().strip(",&;")) if text.strip() else ():
        name, equals, value = part.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise ValueError(f"{what} must be settings as name=value, separated by commas, got {short(part)}.")
        key = name.strip().replace("-", "_")
        if key in found:
            raise ValueError(f"{what} must name each setting once, got {key} more than once.")
        found[key] = value.strip()
    return found


def config_of(experiment: type[Config], texts: Mapping[str, str]) -> Config:
    """Return the settings of an experiment from texts by name.

    Raises:
        ValueError: With a sentence for each invalid setting, and the nearest name for an unknown one.
    """
    if others := [name for name in texts if name not in experiment.parameters()]:
        raise ValueError(unknown(experiment, others))
    try:
        return experiment.model_validate_strings(dict(texts))
    except ValidationError as error:
        raise ValueError(" ".join(complaints(experiment, error))) from None


def settings_from_text(experiment: type[Config], what: str, text: str) -> dict[str, Any]:
    """Return the validated settings in a text, by name.

    Raises:
        ValueError: As pairs_of and config_of do.
    """
    texts = pairs_of(text, what)
    try:
        config = config_of(experiment, texts)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from None
    return {name: getattr(config, name) for name in texts}


def settings_text(settings: Mapping[str, Any]) -> str:
    """Write settings as `pairs_of` reads them."""
    return ",".join(f"{name}={show(value)}" for name, value in settings.items())


def moment(text: str) -> Any:
    """Return what `ComparisonMoment.read` reads from `end`, a number, or `train_loss=0.001`."""
    text = text.strip()
    if text in ("", "end"):
        return None
    name, equals, value = text.partition("=")
    return {name.strip().replace("-", "_"): value.strip()} if equals else text
