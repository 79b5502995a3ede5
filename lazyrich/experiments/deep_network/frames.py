"""Frames of a DeepNetwork: training of all its networks side by side, and their measurements.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common import multi_network
from lazyrich.experiments.common.json_numbers import plain
from lazyrich.experiments.deep_network.config import PARITY_TEST, PROBES, DeepNetwork
from lazyrich.experiments.deep_network.summary import verdict
from lazyrich.frame import Frame, RunHeader
from lazyrich.kernels.mlp import MLPKernelDistance
from lazyrich.tasks import digits, parity
from lazyrich.tasks.labelled import Labelled, stream
from lazyrich.training.adaptive_descent import STOP, AdaptiveDescent, outputs

LEVELS = (0.5, 0.2, 0.1, 0.05, 0.02)
"""Training losses, relative to the first one, at which test accuracies are compared."""

OVER_STEPS = ("train_loss", "test_accuracy", "kernel_distance", "activation_flips")
"""Columns that are drawn over training steps."""

BY_LAYER = {"flips_by_layer": "activation_flips_", "movement_by_layer": "movement_"}
"""Quantity drawn layer by layer -> prefix of its columns."""


@devices.guarded
def frames(config: DeepNetwork) -> Iterator[Frame]:
    """See DeepNetwork.frames."""
    start = prepare(config)
    descent, measure = start.descent, start.measure
    header: RunHeader | None = RunHeader(
        arrays=start.tasks[0].arrays(),
        chart_data={
            "alphas": plain(config.alphas),
            "seeds": config.seeds,
            "rests_at": STOP,
            "flips_by_layer_x": list(range(1, config.depth)),
            "movement_by_layer_x": list(range(1, config.depth + 1)),
            "matched_x": list(LEVELS),
        },
        environment=devices.environment(start.device, config.dtype),
        spread=(*OVER_STEPS, *BY_LAYER, "matched"),
    )
    done = 0
    for step in config.schedule:
        descent.advance(step - done)
        done = step
        weights = descent.weights
        moment = measure(descent, weights)
        yield Frame(
            step=step,
            time=float(step),
            metrics=moment.metrics(),
            arrays={f"W{layer}": _first_seed(config, weights[layer - 1]) for layer in config.kept_layers},
            chart_data=moment.chart_data(),
            verdict=multi_network.with_seed_count(verdict(step, config.alphas, moment.columns), config.seeds),
            header=header,
            table=multi_network.table(config.alphas, config.seed, config.seeds, step, moment.columns),
        )
        header = None
        if moment.columns["resting"].all():
            return


@dataclass(frozen=True)
class Start:
    """A run before its first step. tasks: one for each seed."""

    tasks: list[Labelled]
    descent: AdaptiveDescent
    measure: Measure
    device: torch.device


def prepare(config: DeepNetwork) -> Start:
    """Return tasks and networks on the device, ready to train.

    Raises:
        CannotRun: If the device asked for does not exist.
    """
    device = devices.choose(config.device, config.networks * config.step_flops)
    tasks, layers, rates = begin(config)
    tasks = [task.to(device) for task in tasks]
    layers, rates = [layer.to(device) for layer in layers], [rate.to(device) for rate in rates]
    X = torch.stack([task.X for task in tasks]).repeat(len(config.alphas), 1, 1)
    labels = torch.stack([task.y for task in tasks]).repeat(len(config.alphas), 1)
    # centred: the function at the start is added to the target
    descent = AdaptiveDescent(X, labels + outputs(X, layers)[0], layers, rates, config.pace)
    return Start(tasks, descent, Measure(config, tasks, layers, rates), device)


def begin(config: DeepNetwork) -> tuple[list[Labelled], list[Tensor], list[Tensor]]:
    """Return (a task for each seed, initial weights, rates).

    weights: W_1 (B, m, d), ..., W_L (B, 1, m), the networks of B = alphas x seeds in this order; hidden layers have
    entries of variance 2 over their inputs and the last one 1 over, times tau^(1/L), so that outputs are of size tau
    for inputs of mean square 1. rates: eta_1 (B,), ..., eta_L (B,).
    """
    dtype = getattr(torch, config.dtype)
    tasks, drawn = [], []
    for seed in range(config.seed, config.seed + config.seeds):
        if config.task == "digits":
            tasks.append(digits.draw(config.samples, None, PROBES, seed, dtype))
        else:
            tasks.append(parity.draw(config.samples, config.dimension, PARITY_TEST, PROBES, seed, dtype))
        generator = stream(seed, "deep network weights")
        layers = []
        for layer, (into, out) in enumerate(zip(config.widths[:-1], config.widths[1:], strict=True), 1):
            gain = 2.0 if layer < config.depth else 1.0
            size = config.tau ** (1 / config.depth) * (gain / into) ** 0.5
            layers.append(torch.from_numpy(size * generator.standard_normal((out, into))))
        drawn.append(layers)
    weights = [torch.stack(layers).repeat(len(config.alphas), 1, 1) for layers in zip(*drawn, strict=True)]
    rates = [torch.full((config.networks,), rate, dtype=torch.float64, device="cpu") for rate in config.rates]
    alpha = torch.tensor(config.alphas, dtype=torch.float64, device="cpu").repeat_interleave(config.seeds)
    if config.profile_by == "sizes":
        weights[0] = weights[0] / alpha[:, None, None]
        weights[-1] = weights[-1] * alpha[:, None, None]
    else:
        # the same function at all times (theory.md, section 6, for the first and the last of L layers)
        rates[0], rates[-1] = rates[0] * alpha**2, rates[-1] / alpha**2
    return tasks, [layer.to(dtype) for layer in weights], [rate.to(dtype) for rate in rates]


@dataclass(frozen=True)
class Moment:
    """Measurements of one frame. columns: arrays (alphas, seeds) by name; matched: (alphas, seeds, levels)."""

    columns: dict[str, np.ndarray]
    matched: np.ndarray

    def metrics(self) -> dict[str, float]:
        """Return loss_1, accuracy_1, kernel_1, flips_1, ... for each alpha, and the share of networks at rest.

        All are medians over the seeds.
        """
        c = self.columns
        named = {"loss": "train_loss", "accuracy": "test_accuracy", "kernel": "kernel_distance"}
        numbers: dict[str, float] = {}
        for name, column in {**named, "flips": "activation_flips"}.items():
            numbers |= multi_network.numbered(name, c[column])
        return numbers | {"resting": float(c["resting"].mean())}

    def chart_data(self) -> dict[str, np.ndarray]:
        """Return the medians and ranges over the seeds, float32 (alphas, 3) or (alphas, points, 3)."""
        view = {name: multi_network.spread(self.columns[name]) for name in OVER_STEPS}
        for name, prefix in BY_LAYER.items():
            layers = [values for column, values in self.columns.items() if column.startswith(prefix)]
            view[name] = multi_network.spread(np.stack(layers, axis=-1))
        return view | {"matched": multi_network.spread(self.matched)}


class Measure:
    """Measurement of a frame relative to the start of the run."""

    def __init__(self, config: DeepNetwork, tasks: list[Labelled], start: list[Tensor], rates: list[Tensor]):
        self.config, self.tasks, self.start = config, tasks, start
        self.kernel_distances, self.first_test, self.active = [], [], []
        for number, task in enumerate(tasks):
            layers = self._of_seed(start, number)
            self.kernel_distances.append(MLPKernelDistance(task.probes, layers, self._of_seed(rates, number)))
            self.first_test.append(outputs(task.X_test, layers)[0])
            self.active.append([H > 0 for H in outputs(task.probes, layers)[1]])
        self.sizes = [torch.linalg.vector_norm(layer, dim=(1, 2)) for layer in start]
        self.before: tuple[np.ndarray, np.ndarray] | None = None
        self.matched = np.full((len(config.alphas), config.seeds, len(LEVELS)), np.nan)

    def __call__(self, descent: AdaptiveDescent, weights: list[Tensor]) -> Moment:
        """Measure all columns of a frame. Call it once for each frame, in order."""
        loss, accuracy = self._grid(descent.loss), np.empty((len(self.config.alphas), self.config.seeds))
        kernel = np.empty_like(accuracy)
        flips = np.empty((self.config.depth - 1, *accuracy.shape))
        for number, task in enumerate(self.tasks):
            layers = self._of_seed(weights, number)
            test = outputs(task.X_test, layers)[0] - self.first_test[number]
            right = test * task.y_test > 0
            # an output of exactly 0, as at the start, is no decision and counts as half right
            accuracy[:, number] = _numpy((right.double() + 0.5 * (test == 0)).mean(1))
            kernel[:, number] = _numpy(self.kernel_distances[number](layers))
            hidden = outputs(task.probes, layers)[1]
            for layer, (H, before) in enumerate(zip(hidden, self.active[number], strict=True)):
                flips[layer, :, number] = _numpy(((H > 0) != before).double().mean((1, 2)))
        self._match(loss, accuracy)
        moved = [
            torch.linalg.vector_norm(now - then, dim=(1, 2)) / size
            for now, then, size in zip(weights, self.start, self.sizes, strict=True)
        ]
        columns = {
            "gradients": self._grid(descent.steps),
            "time": self._grid(descent.time),
            "resting": self._grid(descent.resting),
            "train_loss": loss,
            "test_accuracy": accuracy,
            "kernel_distance": kernel,
            "activation_flips": flips.mean(0),
            **{f"activation_flips_{layer}": values for layer, values in enumerate(flips, 1)},
            **{f"movement_{layer}": self._grid(values) for layer, values in enumerate(moved, 1)},
        }
        return Moment(columns, self.matched.copy())

    def _match(self, loss: np.ndarray, accuracy: np.ndarray) -> None:
        """Record the test accuracies of networks whose loss has reached a level since the last frame.

        They are interpolated between both frames, linearly in the logarithm of the loss.
        """
        # the labels are signs and the target is centred, so the first loss is 1
        if self.before is not None:
            loss_before, accuracy_before = self.before
            for index, level in enumerate(LEVELS):
                new = np.isnan(self.matched[..., index]) & (loss <= level)
                share = np.log(loss_before[new] / level) / np.log(loss_before[new] / loss[new])
                now, then = accuracy[new], accuracy_before[new]
                self.matched[new, index] = then + share * (now - then)
        self.before = (loss, accuracy)

    def _of_seed(self, layers: list[Tensor], number: int) -> list[Tensor]:
        """Return the networks of one seed, (alphas, ...)."""
        return [layer[number :: self.config.seeds] for layer in layers]

    def _grid(self, values: Tensor) -> np.ndarray:
        """Return (B,) as (alphas, seeds)."""
        values = values.double() if values.is_floating_point() else values
        return _numpy(values).reshape(len(self.config.alphas), self.config.seeds)


def _numpy(values: Tensor) -> np.ndarray:
    found: np.ndarray = values.cpu().numpy()
    return found


def _first_seed(config: DeepNetwork, layer: Tensor) -> np.ndarray:
    return _numpy(layer[:: config.seeds].clone())
