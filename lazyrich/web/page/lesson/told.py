"""Text of a step about the current runs of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lazyrich.config.schema import Config, show
from lazyrich.lessons import Step
from lazyrich.lessons.markdown import Block, blocks
from lazyrich.lessons.numbers import RunNumbers
from lazyrich.lessons.outcome import read_outcome
from lazyrich.lessons.pages import runs_of
from lazyrich.serving.pool import Run


@dataclass(frozen=True)
class Told:
    """What has happened, None while a run goes on, and a sentence on why it may not be what the step is about."""

    outcome: list[Block] | None
    note: str


def told(step: Step, config: Config, runs: Sequence[Run | None]) -> Told:
    """Return what a step says.

    Args:
        step: The step.
        config: Settings of the page.
        runs: The current run and those kept beside it; None for one that the server has refused or forgotten.
    """
    there = [run for run in runs if run is not None]
    if len(there) < len(runs) or not all(run.over for run in there):
        return Told(None, changed(step, config))
    failed = [run for run in there if run.status == "failed"]
    if failed:
        return Told(blocks(f"A run has failed, so there is nothing to say of it. {failed[0].message}"), "")
    numbers = RunNumbers([(run.config, run.frames) for run in there])
    note = changed(step, config)
    if any(run.status == "stopped" for run in there):
        note = f"{note} A run was stopped, and the numbers are those of where it stands.".strip()
    return Told(blocks(read_outcome(step.outcome).written(numbers)), note)


def changed(step: Step, config: Config) -> str:
    """Return a sentence on settings of a page that differ from the step's, apart from those that it offers, or ""."""
    wanted, _ = runs_of(step.page, step.query)
    if type(wanted) is not type(config):
        return "This is not the page of this step."
    differing = {
        name: (value, getattr(wanted, name))
        for name, value in config.model_dump().items()
        if name not in {*step.show, "seed"} and value != getattr(wanted, name)
    }
    if not differing:
        return ""
    symbols = {name: parameter.symbol for name, parameter in config.parameters().items()}
    parts = [f"{symbols[name]} {show(is_)} instead of {show(was)}" for name, (is_, was) in differing.items()]
    return (
        f"The settings are not those of this step any more: {', '.join(parts[:4])}. The numbers are of what is shown."
    )
