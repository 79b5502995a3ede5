"""`python -m benchmarks.estimates [EXPERIMENT ...]`: ratio of the time of runs to the page's estimate.

One row for each preset of each experiment (or of those named). A visitor should not wait more than twice as long as
estimated, and the estimate should not be more than twice the time. Runs shorter than a second are left out, as the page
has no estimate for them. Times are CPU seconds of one thread of this machine. Always exits with 0.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from itertools import islice
from typing import Any

from benchmarks.rounds import cpu_seconds
from benchmarks.table import Row, print_heading, print_row
from lazyrich.config.schema import Config
from lazyrich.experiments import registry
from lazyrich.experiments.common.preset import Preset
from lazyrich.serving.calibration import slowness
from lazyrich.training import single_thread

SAID = 1.0
"""Seconds of the shortest estimate that is compared."""


def main() -> None:
    single_thread()
    print_heading()
    for name in sys.argv[1:] or list(registry):
        for row in rows(registry[name]):
            print_row(row)


def rows(experiment: type[Config]) -> Iterator[Row]:
    """Yield the ratio of time to estimate of each preset."""
    presets: tuple[Preset[Any], ...] = import_module(experiment.__module__).PRESETS
    # imports and setup of a first run are not counted, as workers of a server have done them
    for _frame in islice(presets[0].config.frames(), 2):
        pass
    for preset in presets:
        estimated = preset.config.work().seconds * slowness()
        if estimated < SAID:
            continue
        taken = cpu_seconds(partial(_run, preset.config), 1)
        what = f"{experiment.name}, {preset.name}: {taken:.3g} s, over the {estimated:.3g} s estimated"
        yield Row("", what, taken / estimated, 2.0, at_most=True)


def _run(config: Config, count: int) -> None:
    for _ in range(count):
        for _frame in config.frames():
            pass


if __name__ == "__main__":
    main()
