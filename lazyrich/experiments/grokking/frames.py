"""Frames of a Grokking run: training of all its networks side by side, and their measurements.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common import multi_network
from lazyrich.experiments.common.json_numbers import plain, two_digits_down
from lazyrich.experiments.grokking.config import ACCURACY_THRESHOLD, DRAWN_NEURONS, DRAWN_SUMS, Grokking
from lazyrich.experiments.grokking.summary import Milestones, of_seeds, verdict
from lazyrich.frame import Diverged, Frame, RunHeader
from lazyrich.moment import rounded
from lazyrich.tasks import modular
from lazyrich.tasks.labelled import Labelled, stream
from lazyrich.training.modular_addition import ModularAdditionTraining

DIVERGENCE_RATIO = 1e6
"""Ratio of the training loss to its first value above which a network counts as diverged, as it does not recover."""

COLUMNS = (
    "train_accuracy",
    "test_accuracy",
    "train_loss",
    "test_loss",
    "layer_movement",
    "layer_movement_2",
    "concentration",
    "delta_start",
)
"""Measures of each network."""

READINGS = ("train_accuracy", "test_accuracy", "layer_movement", "concentration")
"""Readings on the page for each alpha, in addition to the delay."""


@devices.guarded
def frames(config: Grokking) -> Iterator[Frame]:
    """See Grokking.frames."""
    device = devices.choose(config.device, config.networks * config.step_flops)
    tasks, W1, W2, learned = begin(config)
    training = ModularAdditionTraining(
        W1.to(device),
        W2.to(device),
        learned.to(device),
        config.learning_rate,
        config.weight_decay,
        config.optimiser,
        config.loss,
        config.activation,
    )
    measure = Measure(config, training)
    drawn = min(config.p, DRAWN_SUMS)
    header: RunHeader | None = RunHeader(
        arrays=tasks[0].arrays(),
        chart_data={
            "alphas": plain(config.alphas),
            "seeds": config.seeds,
            "knows": ACCURACY_THRESHOLD,
            "spectrum_x": list(range(1, config.frequencies + 1)),
            "neuron_profile_x": list(range(1, config.frequencies + 1)),
            "learned": learned[0, :drawn, :drawn].int().tolist(),
        },
        environment=devices.environment(device, config.dtype),
        spread=(*COLUMNS, "delay", "train_steps"),
    )
    done = 0
    for evaluations in config.schedule:
        tables = []
        for step in evaluations:
            training.advance(step - done)
            done = step
            tables.append(multi_network.table(config.alphas, config.seed, config.seeds, step, measure(step)))
            if (measure.diverged | measure.dead).all():
                raise _diverged(config, step)
        weights, kept = measure.of_first_seed(), config.kept_neurons
        yield Frame(
            step=done,
            time=float(done),
            metrics=measure.metrics(),
            arrays={"W1": weights[0][:, :kept].copy(), "W2": weights[1][:, :, :kept].copy()},
            chart_data=measure.chart_data(),
            verdict=measure.verdict(),
            header=header,
            table={name: np.concatenate([table[name] for table in tables]) for name in tables[0]},
        )
        header = None


def begin(config: Grokking) -> tuple[list[Labelled], Tensor, Tensor, Tensor]:
    """Return (a task for each seed, W1, W2, learned), with the networks in the order alphas x seeds.

    W1 (B, h, 2 p) is normal, scaled by tau / alpha, and W2 (B, p, h) normal, scaled by tau alpha / sqrt(h), or alpha^2
    for quadratic neurons, so that all alphas of a seed start as the same function. learned (B, p, p): whether the sum
    (a, b) is in the training set.
    """
    dtype, p, h = getattr(torch, config.dtype), config.p, config.width
    tasks, first, second, learned = [], [], [], []
    for seed in range(config.seed, config.seed + config.seeds):
        task = modular.draw(p, config.train_fraction, seed, dtype)
        tasks.append(task)
        known = torch.zeros(p, p, dtype=torch.bool, device="cpu")
        known[task.X[:, :p].argmax(1), task.X[:, p:].argmax(1)] = True
        learned.append(known)
        draw = stream(seed, "modular network")
        first.append(torch.from_numpy(draw.standard_normal((h, 2 * p))) * config.tau)
        second.append(torch.from_numpy(draw.standard_normal((p, h))) * config.tau / h**0.5)
    degree = 2 if config.activation == "quadratic" else 1
    alphas = torch.tensor(config.alphas, dtype=torch.float64, device="cpu")[:, None, None, None]
    W1 = torch.stack(first) / alphas
    W2 = torch.stack(second) * alphas**degree
    everywhere = torch.stack(learned).repeat(len(config.alphas), 1, 1)
    return tasks, W1.flatten(0, 1).to(dtype), W2.flatten(0, 1).to(dtype), everywhere


class Measure:
    """Measurements of all networks from evaluation to evaluation, each relative to its start."""

    def __init__(self, config: Grokking, training: ModularAdditionTraining):
        self.config, self.training = config, training
        self.shape = (len(config.alphas), config.seeds)
        self.start = [training.W1, training.W2]
        balance = conserved(training.W1, training.W2, config.activation).double().mean(1)
        self.delta_start = balance.cpu().numpy().reshape(self.shape)
        self.milestones = Milestones(*self.shape)
        self.diverged, self.dead = np.zeros(self.shape, dtype=bool), np.zeros(self.shape, dtype=bool)
        self.first_loss = np.full(self.shape, np.inf)
        self.columns: dict[str, np.ndarray] = {}

    def __call__(self, step: int) -> dict[str, np.ndarray]:
        """Return all columns (alphas, seeds) after this step; nan for networks that have diverged."""
        found = self.training.evaluate()
        self.weights = [self.training.W1, self.training.W2]
        self.power = powers(self.weights[0])
        moved = [
            torch.linalg.vector_norm(now - start, dim=(1, 2)) / torch.linalg.vector_norm(start, dim=(1, 2))
            for now, start in zip(self.weights, self.start, strict=True)
        ]
        columns = {
            "train_accuracy": found.train_accuracy,
            "test_accuracy": found.test_accuracy,
            "train_loss": found.train_loss,
            "test_loss": found.test_loss,
            "layer_movement": moved[0],
            "layer_movement_2": moved[1],
            "concentration": concentration(self.power),
        }
        numbers = {name: values.double().cpu().numpy().reshape(self.shape) for name, values in columns.items()}
        loss = numbers["train_loss"]
        if step == 0:
            self.first_loss = loss
        self.dead = found.dead.cpu().numpy().reshape(self.shape)
        self.diverged |= ~np.isfinite(loss) | (loss > DIVERGENCE_RATIO * self.first_loss)
        self.columns = {name: np.where(self.diverged, np.nan, values) for name, values in numbers.items()}
        self.columns["delta_start"] = self.delta_start
        self.correct = found.correct
        self.milestones.note(step, self.columns["train_accuracy"], self.columns["test_accuracy"])
        return self.columns

    def metrics(self) -> dict[str, float]:
        """Return the page's readings: medians over seeds for each alpha."""
        numbers = {"delay": of_seeds(self.milestones.delay)[:, 0]}
        read = {f"delay_{place}": float(value) for place, value in enumerate(numbers["delay"], 1)}
        for name in READINGS:
            read |= multi_network.numbered(name, self.columns[name])
        return read

    def chart_data(self) -> dict[str, np.ndarray]:
        """Return the data of the charts. Pictures of single networks show the first seed."""
        gone = self.diverged[:, 0]
        power = self._first(self.power).double().numpy()
        network = power.sum(1)
        shown = power[:, :DRAWN_NEURONS]
        side = min(self.config.p, DRAWN_SUMS)
        pictures = {
            "spectrum": _shares(network),
            "neurons": _shares(shown),
            "neuron_profile": _shares(np.sort(power, axis=2)[:, :, ::-1].sum(1)),
            "right": self._first(self.correct).double().numpy()[:, :side, :side],
        }
        for picture in pictures.values():
            picture[gone] = np.nan
        return {
            **{name: multi_network.spread(self.columns[name]) for name in COLUMNS},
            "delay": of_seeds(self.milestones.delay),
            "train_steps": of_seeds(self.milestones.trained),
            "grokked": (~np.isnan(self.milestones.grokked)).mean(1).astype(np.float32),
            **{name: picture.astype(np.float32) for name, picture in pictures.items()},
        }

    def verdict(self) -> str:
        """Return the current verdict."""
        columns = self.columns
        accuracies = columns["train_accuracy"], columns["test_accuracy"]
        middle = np.median(self.delta_start, axis=1)
        text = verdict(self.config.alphas, *accuracies, self.milestones, self.diverged, self.dead, middle)
        return multi_network.with_seed_count(text, self.config.seeds)

    def of_first_seed(self) -> list[np.ndarray]:
        """Return W1 (alphas, h, 2 p) and W2 (alphas, p, h) of the first seed."""
        return [self._first(layer).numpy() for layer in self.weights]

    def _first(self, values: Tensor) -> Tensor:
        return values[:: self.config.seeds].cpu()


def conserved(W1: Tensor, W2: Tensor, activation: str) -> Tensor:
    """Return the conserved quantities of all neurons, (B, h).

    delta_i = |a_i|^2 - |w_i|^2, and 2 |a_i|^2 - |w_i|^2 of quadratic neurons. Gradient flow without weight decay keeps
    it, since an activation of degree k gives k <a, dL/da> = <w, dL/dw>. W1 (B, h, 2 p), W2 (B, p, h).
    """
    degree = 2 if activation == "quadratic" else 1
    return degree * W2.square().sum(1) - W1.square().sum(2)


def powers(W1: Tensor) -> Tensor:
    """Return the strength of each frequency in each neuron, (B, h, p // 2), for frequencies 1, 2, ...

    It is the sum of the squared Fourier coefficients of the weights W1 (B, h, 2 p) over a and over b: weights
    proportional to cos(2 pi k a / p) are at k. The mean of the weights is left out.
    """
    networks, h, inputs = W1.shape
    coefficients = torch.fft.rfft(W1.reshape(networks, h, 2, inputs // 2), dim=-1)[..., 1:]
    return coefficients.abs().square().sum(2)


def concentration(power: Tensor) -> Tensor:
    """Return the share of a neuron's strongest frequency, averaged over neurons with their power as weight.

    power (B, h, frequencies). Returns (B,), from 1 / frequencies to 1; random weights are at about 0.22 for p = 23.
    """
    return power.amax(-1).sum(-1) / power.sum((-2, -1))


def _shares(power: np.ndarray) -> np.ndarray:
    """Return values divided by their sum along the last axis; 0 if the sum is 0."""
    total = power.sum(-1, keepdims=True)
    return np.divide(power, total, out=np.zeros_like(power), where=total > 0)


def _diverged(config: Grokking, step: int) -> Diverged:
    rate = max(two_digits_down(config.learning_rate / 3), 1e-5)
    which = "All networks" if config.networks > 1 else "The network"
    message = (
        f"{which} had diverged, or died at an output of 0, by step {step:,}: the learning rate was "
        f"{rounded(config.learning_rate)}. A third of it, {rate:g}, is worth a try. The frames before it are kept."
    )
    return Diverged(message, step, {"learning_rate": rate})
