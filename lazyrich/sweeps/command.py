"""Compute a phase portrait from the command line: on all cores or a cluster, resumable.

python -m lazyrich phase-portrait --out portrait.parquet
python -m lazyrich phase-portrait --out portrait.parquet --resume --dask tcp://10.0.0.1:8786
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from concurrent.futures import Executor
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd

from lazyrich.config.machine import cores
from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.phase_portrait.endings import Settling
from lazyrich.experiments.phase_portrait.maps import Maps
from lazyrich.experiments.phase_portrait.parts import parts
from lazyrich.experiments.phase_portrait.times import flow_time
from lazyrich.results.export import same_in_shell
from lazyrich.sweeps.checkpoint import Checkpoint
from lazyrich.sweeps.files import write_table
from lazyrich.sweeps.journal import Journal
from lazyrich.sweeps.long_run import Options, RunOutcome, carry_out
from lazyrich.sweeps.portrait import Finished, computed, in_order

__all__ = ["record", "run", "same_in_python", "summary"]


def run(config: PhasePortrait, options: Options) -> RunOutcome:
    """Compute a portrait and write it. Raises as `carry_out` does."""
    return carry_out(_Plan(config), options)


class _Plan:
    """The plan of a portrait in parts of a few students; see lazyrich.sweeps.long_run.Plan."""

    what, things = "a portrait", "students"

    def __init__(self, config: PhasePortrait):
        self._config, self._parts = config, parts(config)
        self._kept: list[Finished] = []
        self.config, self.parts = config.model_dump(mode="json"), len(self._parts)

    @property
    def amount(self) -> tuple[float, int]:
        return sum(part.weight for part in self._parts), sum(len(part.cells) for part in self._parts)

    def amount_of(self, number: int) -> tuple[float, int]:
        return self._parts[number].weight, len(self._parts[number].cells)

    def workers(self, wanted: int | None) -> int:
        return wanted or (1 if self._config.device == "cuda" else cores())

    def prepare(self) -> None:
        import_module("lazyrich.experiments.phase_portrait.frames")

    def journal(self, path: str) -> Checkpoint:
        return Checkpoint(path, self._config)

    def computed(self, pool: Executor | None, done: Collection[int]) -> Iterator[Finished]:
        return computed(self._config, pool, done)

    def number(self, part: Finished) -> int:
        return part.part.number

    def keep(self, journal: Journal | None, part: Finished) -> None:
        if isinstance(journal, Checkpoint):
            journal.add(part)
        else:
            self._kept.append(part)

    def finish(self, journal: Journal | None, out: str | None) -> list[str]:
        if isinstance(journal, Checkpoint):
            table, seconds, environments = in_order(self._config, journal.tables), journal.seconds, journal.environments
        else:
            table = in_order(self._config, (part.table for part in self._kept))
            seconds = sum(part.seconds for part in self._kept)
            each = [dict(part.environment) for part in self._kept]
            environments = [one for place, one in enumerate(each) if one not in each[:place]]
        if out is not None:
            write_table(out, table, record(self._config, out, seconds, environments))
        return [summary(self._config, table)]


def summary(config: PhasePortrait, table: pd.DataFrame) -> str:
    """Return lines of text: the largest kernel distance and the smallest test loss at each time, of means over seeds.

    The last line says whether the losses have settled at the last time.
    """
    means = table.groupby(["at", config.x, config.y])[["kernel_distance", "test_loss"]].mean()
    maps = Maps(config)
    maps.add(table)
    lines = [f"{'flow time':>12}  {'steps':>10}  {'largest S':>9}  {'at':<28}  smallest test loss"]
    for at, of_time in means.groupby("at"):
        S, time = of_time["kernel_distance"], f"{flow_time(config, at):>12}"
        if S.isna().all():
            lines.append(f"{time}  {at:>10,}  no student could be followed this far")
            continue
        _, x, y = S.idxmax()
        where = f"{config.x} = {x:.3g}, {config.y} = {y:.3g}"
        lines.append(f"{time}  {at:>10,}  {S.max():>9.4f}  {where:<28}  {of_time['test_loss'].min():.4g}")
    return "\n".join([*lines, Settling(config, maps, len(config.at) - 1).words])


def same_in_python(config: PhasePortrait) -> str:
    """Return lines of Python that give the same table on the same kind of machine, on all its cores."""
    settings = ", ".join(f"{name}={value!r}" for name, value in config.settings().items())
    return (
        "from concurrent.futures import ProcessPoolExecutor\n"
        "from multiprocessing import get_context\n"
        "from lazyrich import PhasePortrait, phase_portrait\n"
        "if __name__ == '__main__':\n"
        "    with ProcessPoolExecutor(mp_context=get_context('spawn')) as pool:\n"
        f"        table = phase_portrait(PhasePortrait({settings}), pool)\n"
    )


def record(config: PhasePortrait, out: str, core_seconds: float, environments: list[dict[str, str]]) -> dict[str, Any]:
    """Return the record of a portrait's file.

    It holds settings, versions, date, processor time, and the command and code that compute it again.
    """
    return {
        "experiment": config.name,
        "config": config.model_dump(mode="json"),
        "environment": environments[0] if environments else {},
        "environments": environments,
        "date": datetime.now(UTC).date().isoformat(),
        "students": config.students,
        "core_seconds": round(core_seconds, 1),
        "core_hours": round(core_seconds / 3600, 4),
        "command": same_in_shell(config, Path(out).name),
        "python": same_in_python(config),
    }
