"""Settings that live comparisons and studies share, with the sentences for invalid values."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic_core import PydanticCustomError

from lazyrich.config.schema import Config, parameter
from lazyrich.experiments import registry
from lazyrich.studies.at import ComparisonMoment
from lazyrich.studies.written import moment, settings_from_text, settings_text

Experiment = Literal["student-teacher", "linear-network", "deep-network", "filters", "hierarchy", "grokking"]
"""Experiments with random draws whose runs can be compared by time, size or balance."""

OWN_SEED: Final = ("seed", "seeds", "first_seed")
"""Settings that the comparison sets itself."""

MAX_SEEDS: Final = 100
"""Seeds of a comparison on a page."""


def experiment() -> Any:
    """Return the field of the experiment."""
    return parameter("student-teacher", "Experiment", "What is trained for each seed.", main=True, symbol="experiment")


def shared() -> Any:
    """Return the field of the settings of all runs, as text."""
    return parameter(
        "",
        "Shared settings",
        "What all runs have in common, as name=value with commas between. All others are at their defaults.",
        main=True,
        symbol="with",
    )


def seeds() -> Any:
    """Return the field of the number of seeds."""
    return parameter(
        20,
        "Seeds",
        "Each seed draws a task and a start, the same for all that is compared wherever the settings allow it. "
        "Below 6 there is no interval.",
        ge=1, le=MAX_SEEDS, step=1, main=True, symbol="seeds",
    )  # fmt: skip


def measure() -> Any:
    """Return the field of the measure."""
    return parameter(
        "test_loss",
        "Measure",
        "Column of the curves to compare by. Losses and errors are compared by their ratio, all else by its "
        "difference.",
        main=True,
        symbol="by",
    )


def at() -> Any:
    """Return the field of the moment."""
    return parameter(
        "end",
        "When",
        "end, a flow time (a step, where an experiment counts those), or train_loss=0.001 for when each run first "
        "comes down to it. Fix it before you see curves: the best of many moments always shows a difference.",
        main=True,
        symbol="at",
    )


def seed() -> Any:
    """Return the field of the first seed."""
    return parameter(
        0, "First seed", "Seeds count on from this one.", ge=0, le=2**31 - 1 - MAX_SEEDS, step=1, symbol="first seed"
    )


def refusal(text: str) -> PydanticCustomError:
    """Return the error of a validator with this sentence."""
    return PydanticCustomError("sentence", "{sentence}", {"sentence": text})


def checked_settings(experiment: str | None, title: str, text: str) -> str:
    """Return settings as text in canonical form. experiment: None if it is invalid itself, which is reported."""
    if experiment is None:
        return text
    try:
        found = settings_from_text(registry[experiment], title, text)
    except ValueError as error:
        raise refusal(str(error)) from None
    if decided := [name for name in found if name in OWN_SEED]:
        raise refusal(f"{title} cannot have {decided[0]}: seeds count on from “First seed”, the same for all.")
    return settings_text(found)


def checked_measure(experiment: str | None, text: str) -> str:
    """Return the name of a column; for an empty text the experiment's default measure."""
    usual = registry[experiment]().columns.outcome if experiment else ""
    return text.strip().lower().replace(" ", "_") or usual


def checked_moment(text: str) -> str:
    """Return a moment as text in canonical form."""
    try:
        when = ComparisonMoment.read(moment(text))
    except ValueError as error:
        raise refusal(f"`at` cannot be read: {error}") from None
    if when.value is None:
        return "end"
    return settings_text({when.column: when.value}) if when.column else f"{when.value:.12g}"


def settings_of_the_experiment(cls: type[Config], text: str, info: Any) -> str:
    """Validate a field of settings; a validator of pydantic, which the configs share."""
    return checked_settings(info.data.get("experiment"), cls.parameters()[info.field_name].title, text)


def column_of_the_experiment(cls: type[Config], text: str, info: Any) -> str:
    """Validate the measure, likewise."""
    return checked_measure(info.data.get("experiment"), text)


def moment_of_the_comparison(cls: type[Config], text: str) -> str:
    """Validate the moment, likewise."""
    return checked_moment(text)
