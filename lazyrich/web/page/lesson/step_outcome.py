"""Outcome of a lesson's step, with the numbers of the current runs of its page."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lazyrich.config.schema import Config, show
from lazyrich.lessons import Step
from lazyrich.lessons.markdown import Block, blocks
from lazyrich.lessons.numbers import RunNumbers
from lazyrich.lessons.outcome import read_outcome
from lazyrich.lessons.pages import runs_of
from lazyrich.serving.pool import Run


@dataclass(frozen=True)
class StepOutcome:
    """Outcome of a step, None while a run goes on, and a note on why it may not be what the step is about."""

    outcome: list[Block] | None
    note: str


def step_outcome(step: Step, config: Config, kept: Sequence[Config], runs: Sequence[Run | None]) -> StepOutcome:
    """Return what a step says.

    Args:
        step: The step.
        config: Settings of the page.
        kept: Settings of the runs kept beside it.
        runs: The current run and those kept beside it; None for one that the server has refused or forgotten.
    """
    there = [run for run in runs if run is not None]
    if len(there) < len(runs) or not all(run.over for run in there):
        return StepOutcome(None, changed(step, config, kept))
    failed = [run for run in there if run.status == "failed"]
    if failed:
        return StepOutcome(blocks(f"A run has failed, so there is nothing to say of it. {failed[0].message}"), "")
    numbers = RunNumbers([(run.config, run.frames) for run in there])
    note = changed(step, config, kept)
    if any(run.status == "stopped" for run in there):
        note = f"{note} A run was stopped, and the numbers are those of where it stands.".strip()
    return StepOutcome(blocks(read_outcome(step.outcome).written(numbers)), note)


def changed(step: Step, config: Config, kept: Sequence[Config]) -> str:
    """Return a sentence on runs of a page that are not those of the step, "" if they are.

    Args:
        step: The step.
        config: Settings of the page. Those that the step offers and the seed may differ.
        kept: Settings of the runs kept beside it. Their seeds may differ as that of `config` does: to compare runs on
            other data than one's own is not what a step asks for.
    """
    wanted, beside = runs_of(step.page, step.query)
    if type(wanted) is not type(config):
        return "This is not the page of this step."
    here, there = config.model_dump(), wanted.model_dump()
    parts = _differing(config, here, there, {*step.show, "seed"})
    for run, was in zip(kept, beside, strict=False):
        shifted = was.model_dump()
        if "seed" in here:
            shifted["seed"] += here["seed"] - there["seed"]
        parts += [f"of a kept run {part}" for part in _differing(run, run.model_dump(), shifted)]
    if len(kept) < len(beside):
        parts.append("a run that was kept is missing")
    if not parts:
        return ""
    return f"The runs are not those of this step any more: {', '.join(parts[:4])}. The numbers are of what is shown."


def _differing(
    config: Config, here: Mapping[str, Any], there: Mapping[str, Any], allowed: Collection[str] = ()
) -> list[str]:
    symbols = {name: parameter.symbol for name, parameter in config.parameters().items()}
    return [
        f"{symbols[name]} {show(value)} instead of {show(there[name])}"
        for name, value in here.items()
        if name not in allowed and value != there[name]
    ]
