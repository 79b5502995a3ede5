"""Comparisons and studies on the command line: on all cores or a cluster, resumed, written to a file.

python -m lazyrich compare student-teacher --a delta=1 --b delta=0 --with tau=0.3 --seeds 20 --out compared.parquet
python -m lazyrich study student-teacher --over delta=-1,0,1 --seeds 20 --out study.parquet --resume
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pandas as pd

from lazyrich.config.machine import cores
from lazyrich.config.schema import Config
from lazyrich.studies.at import ComparisonMoment
from lazyrich.studies.comparison import Comparison
from lazyrich.studies.ensemble import Ensemble, check_seeds
from lazyrich.studies.grid import Study
from lazyrich.studies.measure import Measure, measure_of
from lazyrich.studies.plan import Plan
from lazyrich.studies.readings import read
from lazyrich.studies.report.wording import interval_words, number
from lazyrich.studies.runs.checkpoint import StudyCheckpoint
from lazyrich.studies.runs.gathering import computed, weight
from lazyrich.studies.runs.jobs import Finished, Job, first_seed, jobs
from lazyrich.sweeps.files import write_table
from lazyrich.sweeps.journal import Journal

__all__ = ["Runs", "comparison_plan", "study_plan"]


def comparison_plan(A: Config, B: Config, seeds: int, measure: str | None, at: Any, command: str) -> Runs:
    """Return the plan of a comparison, for `carry_out`.

    Args:
        A: Settings of an experiment.
        B: The same with other settings.
        seeds: As in `compare`, like measure and at.
        measure: See there.
        at: See there.
        command: The command line as typed, for the file's metadata.

    Raises:
        ValueError: If an argument is invalid.
    """
    check_seeds(seeds, 1)
    if first_seed(A) != first_seed(B):
        raise ValueError("the seed must be the same for --a and --b, as pairs count on from it: give it in --with.")
    return _Compared(A, B, seeds, measure_of(measure or A.columns.outcome), ComparisonMoment.read(at), command)


def study_plan(plan: Plan, command: str) -> Runs:
    """Return the plan of a study, for `carry_out`."""
    return _Studied(plan, command)


class Runs(ABC):
    """Runs over seeds. See lazyrich.sweeps.long_run.Plan."""

    what: str
    things = "runs"
    config: dict[str, Any]

    def __init__(self, configs: Sequence[Config], every: Sequence[Job], measure: Measure, at: ComparisonMoment):
        self._configs, self._jobs, self._measure, self._at = configs, every, measure, at
        self._there: list[Finished] = []
        self.parts = len(every)

    @property
    def amount(self) -> tuple[float, int]:
        """Return the seconds of work, and the number of runs, one for each seed."""
        return sum(map(weight, self._jobs)), sum(len(job.seeds) for job in self._jobs)

    def amount_of(self, number: int) -> tuple[float, int]:
        """Return the seconds of work, and the number of runs, of one job."""
        return weight(self._jobs[number]), len(self._jobs[number].seeds)

    def workers(self, wanted: int | None) -> int:
        """Return the number of processes that compute."""
        one = any(getattr(config, "device", "") == "cuda" for config in self._configs)
        return wanted or (1 if one else min(cores(), self.parts))

    def prepare(self) -> None:
        """Import torch."""
        import_module("torch")

    def journal(self, path: str) -> StudyCheckpoint:
        """Open the journal of these runs."""
        return StudyCheckpoint(path, self._jobs)

    def computed(self, pool: Executor | None, done: Collection[int]) -> Iterator[Finished]:
        """Compute all runs but those done."""
        for place, part in enumerate(computed(self._jobs, pool, done)):
            if place < 2:
                # report an unknown measure or moment after the first runs, not after all
                self._check(part)
            yield part

    def number(self, part: Finished) -> int:
        """Return the number of a finished run."""
        return part.job.number

    def keep(self, journal: Journal | None, part: Finished) -> None:
        """Keep a finished run."""
        if isinstance(journal, StudyCheckpoint):
            journal.add(part)
        else:
            self._there.append(part)

    def ensemble(self, cell: int, every: Sequence[Finished]) -> Ensemble:
        """Return the runs of one setting."""
        seeds = sorted({seed for job in self._jobs for seed in job.seeds})
        return Ensemble(self._configs[cell], seeds, [part for part in every if part.job.cell == cell])

    @abstractmethod
    def finish(self, journal: Journal | None, out: str | None) -> list[str]:
        """Write the file, and return the findings as lines of text."""

    def _check(self, part: Finished) -> None:
        read(self._configs[part.job.cell], [part], self._measure, self._at)

    def _finished(self, journal: Journal | None) -> list[Finished]:
        return journal.finished if isinstance(journal, StudyCheckpoint) else self._there

    def _record(self, every: Sequence[Finished], command: str, found: Mapping[str, Any]) -> dict[str, Any]:
        environments = [dict(part.environment) for part in every]
        failed = [
            {"setting": part.job.cell, "seed": seed, "why": why} for part in every for seed, why in part.failed.items()
        ]
        return {
            "experiment": self._configs[0].name,
            **found,
            "failed": failed,
            "environment": environments[0],
            "environments": [one for place, one in enumerate(environments) if one not in environments[:place]],
            "date": datetime.now(UTC).date().isoformat(),
            "core_seconds": round(sum(part.seconds for part in every), 1),
            "command": command,
        }


class _Compared(Runs):
    """A comparison."""

    what = "a comparison"

    def __init__(self, A: Config, B: Config, seeds: int, measure: Measure, at: ComparisonMoment, command: str):
        super().__init__((A, B), jobs([A, B], first_seed(A), seeds), measure, at)
        self._command = command
        self.config = {
            **{name: config.model_dump(mode="json") for name, config in (("A", A), ("B", B))},
            "seeds": seeds,
            "measure": measure.name,
            "at": at.json,
        }

    def finish(self, journal: Journal | None, out: str | None) -> list[str]:
        every = self._finished(journal)
        versus = Comparison(self.ensemble(0, every), self.ensemble(1, every), self._measure, self._at)
        lines = [versus.verdict, *versus.warnings]
        if out is not None:
            found = {"config": self.config, "verdict": versus.verdict, "warnings": versus.warnings}
            python = _compare_in_python(self._configs[0], self._configs[1], self.config)
            record = self._record(every, self._command, found | {"effects": _json(versus.effects), "python": python})
            write_table(out, versus.table, record)
        return lines


class _Studied(Runs):
    """A study."""

    what = "a study"

    def __init__(self, plan: Plan, command: str):
        super().__init__(plan.configs, plan.jobs, plan.measure, plan.at)
        self._plan, self._command = plan, command
        self.config = {
            "base": plan.config.model_dump(mode="json"),
            "over": {name: list(values) for name, values in plan.axes.items()},
            "reference": plan.reference,
            "seeds": len(plan.seeds),
            "measure": plan.measure.name,
            "at": plan.at.json,
        }

    def finish(self, journal: Journal | None, out: str | None) -> list[str]:
        every = self._finished(journal)
        found = Study(self._plan, {cell: self.ensemble(place, every) for place, cell in enumerate(self._plan.cells)})
        if out is not None:
            outcome = {"config": self.config, "verdict": found.verdict, "warnings": found.warnings}
            tables = {"summary": _json(found.summary), "effects": _json(found.effects)}
            record = self._record(every, self._command, outcome | tables | {"python": _study_in_python(self._plan)})
            write_table(out, found.table, record)
        return [found.verdict, *found.warnings, _printed(found)]


def _printed(study: Study) -> str:
    """Return the medians and effects of a study, a line each."""
    keys = [*study.axes, *study.networks]
    against = {tuple(row[key] for key in keys): row for row in study.effects.to_dict("records")}
    rows = []
    for row in study.summary.to_dict("records"):
        line = {key: row[key] for key in keys}
        line |= {f"median {study.measure.words}": number(row["median"])}
        versus = against.get(tuple(row[key] for key in keys))
        effect = "reference"
        if versus is not None:
            known = not (math.isinf(versus["low"]) and math.isinf(versus["high"]))
            interval = f" ({interval_words((versus['low'], versus['high']))})" if known else ""
            effect = f"{number(versus[study.measure.effect])}{interval}"
        rows.append(line | {f"{study.measure.effect}, interval": effect})
    return str(pd.DataFrame(rows).to_string(index=False))


def _compare_in_python(A: Config, B: Config, asked: Mapping[str, Any]) -> str:
    name = type(A).__name__
    options = _arguments({"seeds": asked["seeds"], "measure": asked["measure"], "at": asked["at"]})
    return (
        f"from lazyrich import {name}, compare\n"
        f"A = {name}({_arguments(A.settings())})\nB = {name}({_arguments(B.settings())})\n"
        f"print(compare(A, B, {options}).verdict)\n"
    )


def _study_in_python(plan: Plan) -> str:
    name = type(plan.config).__name__
    over = {axis: list(values) for axis, values in plan.axes.items()}
    options = {"seeds": len(plan.seeds), "measure": plan.measure.name, "at": plan.at.json, "reference": plan.reference}
    return (
        f"from lazyrich import {name}, study\n"
        f"found = study({name}({_arguments(plan.config.settings())}), over={over!r}, {_arguments(options)})\n"
        "print(found.verdict, found.effects, sep='\\n')\n"
    )


def _arguments(values: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in values.items() if value is not None)


def _json(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON: null for nan, text for an infinite number."""

    def plain(value: Any) -> Any:
        value = value.item() if hasattr(value, "item") else value
        if isinstance(value, float) and not math.isfinite(value):
            return None if math.isnan(value) else ("inf" if value > 0 else "-inf")
        return value

    return [{str(name): plain(value) for name, value in row.items()} for row in table.to_dict("records")]
