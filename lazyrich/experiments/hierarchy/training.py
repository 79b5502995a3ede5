"""Train one seed's networks of all alphas on a training set of a Hierarchy: grammar, strings, starts.

problem = Problem(config, seed=0, device=torch.device("cpu"))
training = Training(problem, samples=1024)
training.advance(2000)
training.outcome().test_error
"""

from __future__ import annotations

import math
from itertools import islice

import numpy as np
import torch
from torch import Tensor

from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common.json_numbers import plain
from lazyrich.experiments.hierarchy.config import BATCH, CHECK_INTERVAL, CONVERGED, RAW_RATE, Hierarchy
from lazyrich.experiments.hierarchy.outcomes import LEVELS, Outcome
from lazyrich.frame import RunHeader
from lazyrich.kernels import kernel_distance
from lazyrich.kernels.patches import patch_kernel
from lazyrich.tasks import hierarchy as grammars
from lazyrich.tasks.labelled import stream
from lazyrich.training.patches import MomentumDescent, batches, cross_entropy, outputs


class Problem:
    """One seed: its grammar and strings, the start of every alpha's network, its kernel and learning rate."""

    def __init__(self, config: Hierarchy, seed: int, device: torch.device):
        dtype = getattr(torch, config.dtype)
        self.config, self.seed = config, seed
        self.grammar, task = grammars.draw(
            config.levels, config.vocabulary, config.synonyms, max(config.sizes), config.test_samples, seed, dtype
        )
        self.task = task.to(device)
        self.labels = torch.eye(config.vocabulary, dtype=dtype, device=device)[self.task.y]
        self.start = [W.to(device) for W in initial(config, seed, dtype)]
        self.probes = self.task.X_test[: config.probes]
        self.kernels = patch_kernel(self.probes, self.start)
        self.rates = torch.full((len(config.alphas),), config.learning_rate, dtype=dtype, device=device)
        if config.rate_rule == "kernel":
            self.rates /= self.kernels.diagonal(dim1=1, dim2=2).mean(dim=1)
        else:
            self.rates *= RAW_RATE

    def header(self) -> RunHeader:
        """Return the data of the first seed for the page and for exports: strings as symbols, not one-hot."""
        config, grammar = self.config, self.grammar
        strings = {name: _symbols(part) for name, part in (("X", self.task.X), ("X_test", self.task.X_test))}
        labels = {"y": self.task.y.cpu().numpy(), "y_test": self.task.y_test.cpu().numpy()}
        return RunHeader(
            arrays={**strings, **labels, "rules": np.stack(grammar.rules)},
            chart_data={
                "alphas": plain(config.alphas),
                "seeds": config.seeds,
                "test_error_x": list(config.sizes),
                "kernel_distance_x": list(config.sizes),
                "size_at_errors": list(LEVELS),
                "chance": plain(1 - 1 / config.vocabulary),
                "learning_rates": plain(self.rates.cpu().numpy()),
                "kernel_over": f"all outputs at {len(self.probes)} test strings, the same for every α and size",
                "strings": config.strings,
                "grammar": {
                    "vocabulary": config.vocabulary,
                    "rules": [rules.tolist() for rules in grammar.rules],
                    "derivation": [level[0].tolist() for level in grammar.derivation(strings["X"][:1])],
                },
            },
            environment=devices.environment(self.task.X.device, config.dtype),
            spread=("test_error", "kernel_distance", "train_loss"),
        )


class Training:
    """The networks of all alphas on the first `samples` strings of a problem, each until it has converged."""

    def __init__(self, problem: Problem, samples: int):
        self.problem, self.samples, self.step = problem, samples, 0
        count = len(problem.config.alphas)
        self.recent = np.full(count, np.nan)
        self._X, self._Y = problem.task.X[:samples], problem.labels[:samples]
        self._descent = MomentumDescent(problem.start, problem.rates)
        self._rows = batches(samples, BATCH, stream(problem.seed, f"hierarchy batches of {samples}"))
        self._alive = torch.arange(count, dtype=torch.int64, device=self._X.device)
        # final weights of the networks that have ended
        self._final = [W.clone() for W in problem.start]
        self._loss, self._steps = np.full(count, np.nan), np.zeros(count, dtype=np.int64)

    @property
    def ended(self) -> bool:
        """Return whether all networks have converged, diverged or used up their steps."""
        return not len(self._alive)

    def advance(self, step: int) -> None:
        """Train up to this step, or until all have ended."""
        while self.step < step and not self.ended:
            until = min(step, (self.step // CHECK_INTERVAL + 1) * CHECK_INTERVAL)
            for rows in islice(self._rows, until - self.step):
                self._descent.step(self._X[rows], self._Y[rows])
            self.step = until
            self._look()

    def weights(self) -> list[Tensor]:
        """Return the current weights of all networks, (alphas, fan_in, fan_out) for each layer."""
        now = [W.clone() for W in self._final]
        for into, W in zip(now, self._descent.weights, strict=True):
            into[self._alive] = W
        return now

    def errors(self) -> np.ndarray:
        """Return the share of misclassified test strings (alphas,); nan for networks that are not finite."""
        found = outputs(self.problem.task.X_test, self.weights())
        wrong = (found.argmax(dim=-1) != self.problem.task.y_test).to(torch.float64).mean(dim=1)
        wrong[~found.isfinite().all(dim=(1, 2))] = math.nan
        return wrong.cpu().numpy()

    def outcome(self) -> Outcome:
        """Return the numbers at the end of training."""
        now = patch_kernel(self.problem.probes, self.weights()).cpu()
        finite = np.isfinite(self._loss)
        moved = [
            kernel_distance(K0, K) if K.isfinite().all() else math.nan
            for K0, K in zip(self.problem.kernels.cpu(), now, strict=True)
        ]
        return Outcome(
            test_error=np.where(finite, self.errors(), np.nan),
            train_loss=self._loss,
            converged=finite & (self._loss <= CONVERGED),
            kernel_distance=np.where(finite, moved, np.nan),
            steps=self._steps,
            learning_rate=self.problem.rates.cpu().numpy().astype(np.float64),
        )

    def _look(self) -> None:
        """End training of networks that have converged, are not finite any more or have no steps left."""
        recent = self._descent.recent_loss()
        here = self._alive.cpu().numpy()
        self.recent[here] = recent.cpu().numpy()
        last = self.step >= self.problem.config.steps
        # the loss on all strings is computed only if that on the latest batches is near
        if not last and not bool(((recent < 2 * CONVERGED) | ~recent.isfinite()).any()):
            return
        loss = cross_entropy(self._X, self._Y, self._descent.weights)
        ending = (loss <= CONVERGED) | ~loss.isfinite() | ~recent.isfinite() | last
        if not bool(ending.any()):
            return
        over = self._alive[ending]
        for into, W in zip(self._final, self._descent.weights, strict=True):
            into[over] = W[ending]
        which = over.cpu().numpy()
        self._loss[which] = torch.where(loss.isfinite(), loss, math.nan)[ending].cpu().numpy()
        self._steps[which] = self.step
        self._descent.keep(torch.nonzero(~ending)[:, 0])
        self._alive = self._alive[~ending]


def initial(config: Hierarchy, seed: int, dtype: torch.dtype) -> list[Tensor]:
    """Return the weights (alphas, fan_in, fan_out) of each layer at the start, the same draw for every alpha.

    Hidden layers have variance 2 over the squared length of their inputs, which for one-hot symbols is their number;
    the readout has 1 / width. Each layer is scaled by tau^(1/layers), the first divided by alpha, the last multiplied
    by it.
    """
    generator, shapes = stream(seed, "hierarchy start"), config.shapes
    alpha = np.array(config.alphas)[:, None, None]
    found = []
    for layer, shape in enumerate(shapes):
        read = shape[0] / config.vocabulary if layer == 0 else shape[0]
        variance = (1 if layer == len(shapes) - 1 else 2) / read
        W = config.tau ** (1 / len(shapes)) * variance**0.5 * generator.normal(size=(1, *shape))
        balance = 1 / alpha if layer == 0 else alpha if layer == len(shapes) - 1 else np.ones_like(alpha)
        found.append(torch.tensor(W * balance, dtype=dtype, device="cpu"))
    return found


def _symbols(X: Tensor) -> np.ndarray:
    """Return one-hot (n, length, v) as symbols (n, length)."""
    return X.argmax(dim=-1).to(torch.uint8).cpu().numpy()
