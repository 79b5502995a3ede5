"""Compute a Comparison: in one call, or step by step as it grows.

versus = compare(A, B, seeds=32)
for versus in comparing(A, B, seeds=32):
print(versus.verdict)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import Any

from lazyrich.config.schema import Config
from lazyrich.studies.at import ComparisonMoment
from lazyrich.studies.comparison import Comparison
from lazyrich.studies.ensemble import Ensemble, check_config, check_seeds
from lazyrich.studies.measure import Measure, measure_of
from lazyrich.studies.runs.gathering import computed_with_progress
from lazyrich.studies.runs.jobs import first_seed, jobs

__all__ = ["compare", "comparing"]


def compare(
    A: Config | Ensemble,
    B: Config | Ensemble,
    seeds: int = 32,
    measure: str | None = None,
    at: Any = None,
    executor: Executor | None = None,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
    progress: Callable[[Comparison], object] | None = None,
) -> Comparison:
    """Compare two settings over seeds, paired by seed.

    Args:
        A: An experiment's settings, or the Ensemble of `repeat`. Effects are those of B against A.
        B: The same. Its seed must be that of A.
        seeds: Their number, 1 to 1000; below 6 there is no interval. Two Ensembles are paired at their common seeds.
        measure: A column of the curves. Losses and errors are compared by their ratio, everything else by its
            difference. None: the experiment's default, such as `test_loss` for StudentTeacher.
        at: The moment: None for the end of both runs, a time (a step if the experiment counts steps), or
            `{"train_loss": 1e-3}` for when each run first reaches this loss. Fix it before you see the curves: the best
            of many moments always shows a difference.
        executor: Any concurrent.futures.Executor; this process if None.
        checkpoint: File for finished runs, from which an interrupted call continues.
        progress: Called with the Comparison so far after each run; its `.progress` has the time left.

    Returns:
        The Comparison.

    Raises:
        TypeError: If A or B is neither settings nor an Ensemble.
        ValueError: If an experiment has no seed or no such column, seeds of A and B differ, `at` does not fit, or
            checkpoint holds something else.
        CannotRun: If a run cannot start, for example because a device is missing.

    Example:
        >>> base = StudentTeacher(tau=0.3, leak=0.1, dimension=10, samples=100)
        >>> versus = lazyrich.compare(base.changed(delta=1), base.changed(delta=0), seeds=20)
        >>> print(versus.verdict)
    """
    found = None
    for found in comparing(A, B, seeds, measure, at, executor, checkpoint=checkpoint):
        if progress is not None:
            progress(found)
    assert found is not None, "there is one pair at least"
    return found


def comparing(
    A: Config | Ensemble,
    B: Config | Ensemble,
    seeds: int = 32,
    measure: str | None = None,
    at: Any = None,
    executor: Executor | None = None,
    *,
    checkpoint: str | os.PathLike[str] | None = None,
) -> Iterator[Comparison]:
    """Yield the Comparison of `compare` as it grows, after each run; arguments and errors are those of `compare`.

    Runs that have not begun are cancelled if the caller stops iterating; the last Comparison stays valid.

    Example:
        >>> for versus in comparing(A, B, seeds=32):
        ...     print(versus.verdict, versus.progress.words)
    """
    when = ComparisonMoment.read(at)
    for name, given in (("A", A), ("B", B)):
        if not isinstance(given, Ensemble):
            check_config(given, name)
    configs = [given.config if isinstance(given, Ensemble) else given for given in (A, B)]
    by = measure_of(measure or configs[0].columns.outcome)
    if isinstance(A, Ensemble) and isinstance(B, Ensemble):
        return iter([_checked(Comparison(A, B, by, when))])
    check_seeds(seeds, 1)
    first = [given.seeds[0] if isinstance(given, Ensemble) else first_seed(given) for given in (A, B)]
    if first[0] != first[1]:
        raise ValueError(
            f"A and B must have the same seed, got {first[0]} and {first[1]}: pairs count on from it, seed by seed."
        )
    return _filling((A, B), first[0], seeds, by, when, executor, checkpoint)


def _filling(
    given: tuple[Config | Ensemble, Config | Ensemble],
    first: int,
    seeds: int,
    measure: Measure,
    at: ComparisonMoment,
    executor: Executor | None,
    checkpoint: str | os.PathLike[str] | None,
) -> Iterator[Comparison]:
    # do not compute the runs of a given Ensemble again
    open_sides = [side for side in (0, 1) if not isinstance(given[side], Ensemble)]
    every = jobs([one for one in given if not isinstance(one, Ensemble)], first, seeds)
    span = range(first, first + seeds)
    for parts, progress in computed_with_progress(every, executor, checkpoint):
        sides: list[Ensemble] = []
        for side, one in enumerate(given):
            if isinstance(one, Ensemble):
                sides.append(one)
            else:
                cell = open_sides.index(side)
                sides.append(Ensemble(one, span, [part for part in parts if part.job.cell == cell]))
        yield _checked(Comparison(sides[0], sides[1], measure, at, progress))


def _checked(comparison: Comparison) -> Comparison:
    """Return the comparison, or raise ValueError if the measure, the moment or the networks do not fit."""
    networks = comparison.networks
    if not networks and comparison.A.parts and comparison.B.parts:
        raise ValueError("A and B have no network in common: their values of what tells networks apart all differ.")
    return comparison
