"""Phase portraits on any number of cores or machines.

    table = phase_portrait(PhasePortrait(seeds=1, x_points=9, y_points=9))

    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:    # or any other concurrent.futures.Executor
        table = phase_portrait(PhasePortrait(), pool)

The table is the same to the last bit on every executor of machines of one kind: the portrait alone determines which
students are computed together (lazyrich.experiments.phase_portrait.parts), and every part runs on one thread.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from importlib import resources
from typing import NamedTuple

import numpy as np
import pandas as pd

from lazyrich.experiments.phase_portrait.config import PhasePortrait
from lazyrich.experiments.phase_portrait.parts import Part, parts
from lazyrich.sweeps.executors import map_as_completed
from lazyrich.sweeps.files import read_portrait

__all__ = ["Finished", "computed", "in_order", "phase_portrait", "portrait_parts", "reference"]


class Finished(NamedTuple):
    """A computed part.

    Attributes:
        table: Its rows in columns.
        seconds: Processor time spent on it.
        environment: Versions, device and dtype of the computation.
    """

    part: Part
    table: Mapping[str, np.ndarray]
    seconds: float
    environment: Mapping[str, str]


def phase_portrait(config: PhasePortrait, executor: Executor | None = None) -> pd.DataFrame:
    """Compute the whole portrait: a row for each value across, value up, seed and time.

    Args:
        config: Settings of the portrait.
        executor: Any concurrent.futures.Executor; this process on one core if None.

    Returns:
        A table with the columns of the two parameters of the axes (tau and delta unless the config names others), seed,
        at (steps at the authors' rate), train_loss, test_loss, kernel_distance, activation_flips and parameter_distance
        (theory.md, section 8), sorted by the first four. Numbers are nan where training could not reach a time.

    Raises:
        CannotRun: If the requested device is missing or fails. Errors of the executor are raised too.
    """
    return in_order(config, (finished.table for finished in computed(config, executor)))


def portrait_parts(config: PhasePortrait, executor: Executor | None = None) -> Iterator[pd.DataFrame]:
    """Yield the rows of phase_portrait in parts of a few students, each as soon as it is computed; coarse first."""
    return (pd.DataFrame(dict(finished.table)) for finished in computed(config, executor))


def computed(config: PhasePortrait, executor: Executor | None = None, done: Collection[int] = ()) -> Iterator[Finished]:
    """Yield all parts except those with numbers in `done`, each as soon as it is computed.

    When the caller stops iterating, parts that have not begun are cancelled.
    """
    waiting = (part for part in parts(config) if part.number not in done)
    if executor is None:
        return _here(config, waiting)
    return map_as_completed(_compute, ((config, part) for part in waiting), executor)


def in_order(config: PhasePortrait, tables: Iterable[Mapping[str, np.ndarray]]) -> pd.DataFrame:
    """Return the rows of parts, given in any order, as one table in the order of phase_portrait."""
    every = list(tables)
    whole = pd.DataFrame({name: np.concatenate([table[name] for table in every]) for name in every[0]})
    return whole.sort_values([config.x, config.y, "seed", "at"], kind="stable", ignore_index=True)


def reference() -> pd.DataFrame:
    """Return the portrait of the paper's Fig. 1(b) at full scale, as phase_portrait(PhasePortrait()) computed it.

    17 x 17 points, 16 seeds, d = 100, n = 1000, m = 50. Its attrs["lazyrich"] has versions, date, cost and command of
    the computation.
    """
    with resources.as_file(resources.files("lazyrich") / "data" / "phase_portrait.parquet") as path:
        return read_portrait(path)


def _here(config: PhasePortrait, waiting: Iterator[Part]) -> Iterator[Finished]:
    from lazyrich.experiments.common import device

    try:
        for part in waiting:
            yield _compute(config, part)
    finally:
        if config.device == "cuda":
            device.free()


def _compute(config: PhasePortrait, part: Part) -> Finished:
    """Compute one part, in the process that the executor chose."""
    from lazyrich.experiments.common import device
    from lazyrich.experiments.phase_portrait.frames import choose, measured
    from lazyrich.training.surroundings import fresh_modes
    from lazyrich.training.threads import one_thread

    with one_thread(), fresh_modes(), device.on_device():
        began = time.thread_time()
        table = measured(config, part)
        seconds = time.thread_time() - began
        return Finished(part, table, seconds, device.environment(choose(config), config.dtype))
