"""Frames of a DeepMap: its cells are trained to the end one after another.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lazyrich.config.schema import show
from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common import multi_network
from lazyrich.experiments.common.json_numbers import plain
from lazyrich.experiments.deep_map.config import DeepMap
from lazyrich.experiments.deep_network.frames import Moment, prepare
from lazyrich.experiments.deep_network.summary import MIN_FLIPS
from lazyrich.frame import Frame, RunHeader
from lazyrich.moment import rounded

SHOWN = ("train_loss", "test_accuracy", "kernel_distance", "activation_flips")
"""Mapped quantities: medians over the seeds."""

COLUMNS = ("gradients", "time", *SHOWN)
"""Columns of the table after tau, alpha, seed and step."""


@devices.guarded
def frames(config: DeepMap) -> Iterator[Frame]:
    """See DeepMap.frames."""
    maps = {name: np.full((len(config.taus), len(config.alphas)), np.nan, dtype=np.float32) for name in SHOWN}
    start = prepare(config.cell(0, 0))
    header = RunHeader(
        arrays=start.tasks[0].arrays(),
        chart_data={"taus": plain(config.taus), "alphas": plain(config.alphas), "seeds": config.seeds}
        | {"counts": {"of": len(config.cells), "name": "cells"}},
        environment=devices.environment(start.device, config.cell(0, 0).dtype),
    )
    yield _frame(config, 0, maps, _rows(config, 0, None), header)
    for done, (row, column) in enumerate(config.cells, 1):
        moment = _trained(config, row, column)
        for name in SHOWN:
            maps[name][row, column] = np.median(moment.columns[name])
        yield _frame(config, done, maps, _rows(config, done, moment), None)


def _trained(config: DeepMap, row: int, column: int) -> Moment:
    start = prepare(config.cell(row, column))
    start.descent.advance(config.steps)
    return start.measure(start.descent, start.descent.weights)


def _rows(config: DeepMap, done: int, moment: Moment | None) -> dict[str, np.ndarray]:
    """Return a row for each seed of the cell just trained; none before the first."""
    if moment is None:
        whole = {"seed", "step", "gradients"}
        names = ("tau", "alpha", "seed", "step", *COLUMNS)
        return {name: np.empty(0, dtype=np.int64 if name in whole else np.float64) for name in names}
    row, column = config.cells[done - 1]
    columns = {name: moment.columns[name] for name in COLUMNS}
    rows = multi_network.table([config.alphas[column]], config.seed, config.seeds, config.steps, columns)
    return {"tau": np.full(config.seeds, config.taus[row])} | rows


def _frame(
    config: DeepMap, done: int, maps: dict[str, np.ndarray], rows: dict[str, np.ndarray], header: RunHeader | None
) -> Frame:
    row, column = config.cells[max(done - 1, 0)]
    return Frame(
        step=done,
        time=float(done),
        metrics={
            "tau": config.taus[row],
            "alpha": config.alphas[column],
            **{name: float(values[row, column]) for name, values in maps.items()},
        },
        arrays={},
        chart_data={name: values.copy() for name, values in maps.items()},
        verdict=_verdict(config, done, maps["activation_flips"]),
        header=header,
        table=rows,
        done=done / len(config.cells),
    )


def _verdict(config: DeepMap, done: int, flips: np.ndarray) -> str:
    if not done:
        return "At the start"
    row, column = np.unravel_index(np.nanargmax(flips), flips.shape)
    count = len(config.cells)
    trained = f"{done} of {count} cells trained" if done < count else f"All {count} cells trained"
    lazy = int((flips < MIN_FLIPS).sum())
    text = (
        f"{trained}: most activations, {rounded(100 * flips[row, column])} %, flipped at τ = {show(config.taus[row])}, "
        f"α = {show(config.alphas[column])}; in {lazy} less than 1 % did"
    )
    return multi_network.with_seed_count(text, config.seeds)
