"""Sentences on the result of a comparison that claim no more than its statistics do."""

from __future__ import annotations

from math import isfinite, isinf
from typing import TYPE_CHECKING, Final

from lazyrich.config.schema import Config, show
from lazyrich.moment import significant
from lazyrich.studies.measure import Measure
from lazyrich.studies.paired import Paired

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lazyrich.ending import Ending
    from lazyrich.studies.at import ComparisonMoment

__all__ = ["difference_names", "effect_words", "interval_words", "lost_words", "seeds_words", "shared_words", "verdict"]

NAMED: Final = 5
"""Largest number of seeds that a sentence lists one by one."""

SEEDS_FIELDS = ("seed", "seeds", "first_seed")


def difference_names(configs: Sequence[Config]) -> list[str]:
    """Return short names that tell settings apart: `δ 1` and `δ 0`, or the experiments where these differ."""
    if len({type(config) for config in configs}) > 1:
        return [config.name for config in configs]
    parameters = configs[0].parameters()
    differing = [
        name
        for name in parameters
        if name not in SEEDS_FIELDS and len({show(getattr(config, name)) for config in configs}) > 1
    ]
    return [", ".join(parameters[name].labelled(getattr(config, name)) for name in differing) for config in configs]


def number(value: float) -> str:
    """Return an effect with three digits, two of a ratio near 1: `0.4`, `6.52`, `∞`."""
    if isinf(value):
        return "∞" if value > 0 else "−∞"
    return significant(value) if isfinite(value) else "none"


def interval_words(interval: tuple[float, float]) -> str:
    """Return an interval: `0.30 to 0.61`."""
    return f"{number(interval[0])} to {number(interval[1])}"


def effect_words(paired: Paired) -> str:
    """Return the median effect: `median ratio 0.40`."""
    return f"median {paired.measure.effect} {number(paired.effect)}"


def verdict(paired: Paired, name: str, planned: int, complete: bool) -> str:
    """Return the result of the pairs as a sentence.

    Args:
        paired: The pairs so far.
        name: Name of B.
        planned: Number of planned pairs.
        complete: Whether all of them are computed. Until then the sentence has a count and an interval that may be read
            at any time, and no verdict.

    Returns:
        A sentence.
    """
    words = paired.measure.words
    untied = paired.pairs - paired.ties
    tied = f" ({paired.ties} tied)" if paired.ties else ""
    if not paired.pairs:
        return f"No pair of seeds has a {words} yet." if not complete else f"No pair of seeds has a {words}."
    if not complete:
        low, high = paired.anytime_interval
        found = f"So far {name} has the lower {words} in {paired.lower} of {untied} seeds{tied}, {planned} planned"
        if low in (0.0, float("-inf")) and isinf(high):
            return f"{found}; {effect_words(paired)}."
        return f"{found}; {effect_words(paired)}, interval that holds at any time {interval_words((low, high))}."
    interval = f"at least 95 % interval {interval_words(paired.interval)}"
    if not paired.direction:
        seeds = f"{paired.pairs} seed{'s' if paired.pairs > 1 else ''}"
        known = f", {interval}" if paired.pairs >= 6 else "; an interval needs 6 seeds"
        return f"No difference found in {seeds} (lower in {paired.lower}{tied}); {effect_words(paired)}{known}."
    side, count = ("lower", paired.lower) if paired.direction < 0 else ("higher", paired.higher)
    return f"{name} has the {side} {words} in {count} of {untied} seeds{tied}; {effect_words(paired)}, {interval}."


def lost_words(measure: Measure, whys: Mapping[str, Mapping[int, str]]) -> list[str]:
    """Return sentences on the runs without a value, and on how their pairs are counted.

    Args:
        measure: Measure of the comparison.
        whys: Name of a setting, such as `B` or `δ 1` -> seed -> reason for its missing value.
    """
    sentences = []
    for name, reasons in whys.items():
        for why in dict.fromkeys(reasons.values()):
            lost = [seed for seed, reason in reasons.items() if reason == why]
            count = len(lost)
            if measure.better:
                fate = "counts as worse" if count == 1 else "count as worse"
            else:
                fate = "is left out" if count == 1 else "are left out"
            sentences.append(f"{seeds_words(lost)} of {name} {_agreeing(why, count)} and {fate}.")
    return sentences


def seeds_words(seeds: Sequence[int]) -> str:
    """Return seeds by number, long lists by their first ones: `Seed 3`, `2 seeds (3 and 7)`, `9 seeds (0, 1, 4, ...)`.

    Args:
        seeds: Ascending, at least one.
    """
    if len(seeds) == 1:
        return f"Seed {seeds[0]}"
    named = [str(seed) for seed in seeds[:NAMED]]
    if len(seeds) > 2 and seeds[-1] - seeds[0] == len(seeds) - 1:
        listed = f"{seeds[0]} to {seeds[-1]}"
    elif len(seeds) > NAMED:
        listed = f"{', '.join(named)}, ..."
    else:
        listed = f"{', '.join(named[:-1])} and {named[-1]}"
    return f"{len(seeds)} seeds ({listed})"


def shared_words(shared: tuple[str, ...] | None) -> str:
    """Return what A and B share: `shared: teacher and start`; empty if nothing is recorded to compare."""
    if shared is None:
        return ""
    if not shared:
        return "shared: nothing, so that seeds pair by their number alone"
    only = " only" if len(shared) == 1 else ""
    return f"shared: {', '.join(shared[:-1])}{' and ' if len(shared) > 1 else ''}{shared[-1]}{only}"


def falling_words(
    configs: Sequence[Config], endings: Sequence[Ending], at: ComparisonMoment, whose: str, onward: str
) -> list[str]:
    """Return a warning that losses have not settled, with a remedy; empty if they have.

    Args:
        configs: The settings.
        endings: Endings of their runs.
        at: The moment.
        whose: Suffix that names the setting, such as ` of A`.
        onward: Python that gives the settings that train on, such as `A.onward()`.
    """
    count, of = sum(ending.state in ("falling", "plateau") for ending in endings), len(endings)
    if not count:
        return []
    when, remedy = at.words(configs[0].columns.clock), "train for more steps"
    if "until" in configs[0].parameters():
        remedy = f'train until they are flat, with until="flat", method="flow" and many steps, as {onward} has it'
        if at.value is not None:
            remedy += ", and leave at out"
    found = f"Losses{whose} still change {when} in {count} of {of} runs"
    return [f"{found}, so that the result may be another later: {remedy}."]


def _agreeing(why: str, count: int) -> str:
    return why.replace("has no", "have no") if count > 1 else why
