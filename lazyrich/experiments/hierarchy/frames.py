"""Frames of a Hierarchy: for each seed and size the networks of all alphas are trained side by side.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from torch import Tensor

from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common.json_numbers import two_digits_down
from lazyrich.experiments.hierarchy.config import Hierarchy
from lazyrich.experiments.hierarchy.outcomes import ResultTable, failed_trainings
from lazyrich.experiments.hierarchy.training import Problem, Training
from lazyrich.frame import CannotRun, Diverged, Frame
from lazyrich.moment import rounded


@devices.guarded
def frames(config: Hierarchy) -> Iterator[Frame]:
    """See Hierarchy.frames."""
    _check(config)
    device = devices.choose(config.device, len(config.alphas) * config.step_flops)
    results = ResultTable(config)
    problem = Problem(config, config.seed, device)
    builder = FrameBuilder(config, results)
    yield builder.frame(0, problem.start, header=problem.header(), verdict="At the start")
    taken, trained = 0, 0
    for seed in range(config.seeds):
        if seed:
            problem = Problem(config, config.seed + seed, device)
        for size, samples in enumerate(config.sizes):
            training = Training(problem, samples)
            for mark in config.marks:
                training.advance(mark)
                if training.ended:
                    break
                running = np.full((len(config.alphas), len(config.sizes)), np.nan)
                running[:, size] = training.errors()
                part = training.step / config.steps
                yield builder.frame(
                    taken + training.step, training.weights(), training.recent, running, trained=trained + part
                )
            taken, trained = taken + training.step, trained + 1
            outcome = training.outcome()
            if failed_trainings(config, outcome.train_loss, outcome.kernel_distance).all():
                raise _diverged(config, samples, taken)
            results.add(size, seed, outcome)
            yield builder.frame(taken, training.weights(), training.recent, added=(size, seed), trained=trained)


class FrameBuilder:
    """Maker of frames from the results and the training in progress."""

    def __init__(self, config: Hierarchy, results: ResultTable):
        self.config, self.results = config, results

    def frame(
        self,
        step: int,
        weights: list[Tensor],
        recent: np.ndarray | None = None,
        running: np.ndarray | None = None,
        added: tuple[int, int] | None = None,
        trained: float = 0.0,
        **rest: Any,
    ) -> Frame:
        """Return one frame.

        recent (alphas,): current training loss. running (alphas, sizes): test errors of unfinished networks. added:
        indices of the size and seed with new rows. trained: number of finished trainings.
        """
        config, results = self.config, self.results
        shape = (len(config.alphas), len(config.sizes))
        recent = np.full(shape[0], np.nan) if recent is None else recent
        live = {
            "running": np.full(shape, np.nan) if running is None else running,
            "train_loss": np.repeat(recent[:, None], 3, axis=1),
        }
        return Frame(
            step=step,
            time=float(step),
            metrics=results.metrics(),
            arrays={f"W{number}": W.cpu().numpy() for number, W in enumerate(weights[: config.kept_layers], 1)},
            chart_data=results.chart_data() | {name: part.astype(np.float32) for name, part in live.items()},
            table=results.table(added),
            done=trained / (len(config.sizes) * config.seeds),
            **{"verdict": results.verdict(), **rest},
        )


def _check(config: Hierarchy) -> None:
    remedy = config.fitting()
    if not remedy:
        return
    v, m = config.vocabulary, config.synonyms
    if m > v:
        message = f"synonyms was {m}, but {v} symbols have only {v * v} pairs, {v} for each: take at most {v}."
    else:
        message = (
            f"This grammar writes {config.strings:,} strings, too few for {max(config.sizes):,} to learn from and "
            f"{config.test_samples:,} to test on: take smaller sets or a larger grammar."
        )
    raise CannotRun(message, remedy)


def _diverged(config: Hierarchy, samples: int, step: int) -> Diverged:
    rate = two_digits_down(config.learning_rate / 3)
    message = (
        f"The networks of every α broke down on {samples:,} strings, their units dead or not finite: the learning rate "
        f"was {rounded(config.learning_rate)}; a third of it, {rate:g}, is worth a try."
    )
    return Diverged(message, step, {"learning_rate": rate})
