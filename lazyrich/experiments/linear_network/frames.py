"""Frames of a LinearNetwork: descent on all layers, beside the exact flow if it is known.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from lazyrich import theory
from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common import verdict
from lazyrich.experiments.common.json_numbers import plain, two_digits_down
from lazyrich.experiments.common.time_to_tenth import TimeToTenth
from lazyrich.experiments.linear_network.config import LinearNetwork
from lazyrich.experiments.linear_network.exact import exact_columns
from lazyrich.experiments.linear_network.start import Target, initial, target
from lazyrich.frame import Diverged, Frame, RunHeader
from lazyrich.moment import TIME_PER_STEP, moment, rounded
from lazyrich.training.linear_descent import LinearDescent

DIVERGENCE_RATIO = 1e6
"""Ratio of the loss to its first value above which a run counts as diverged, as it does not recover."""

LEARNED = 0.1
"""Share of its strength at which a mode counts as learned."""

ROUNDING_LOSS_RATIO = 1e-24
"""Share of the loss of an output of 0 below which the gradient, and each layer's part in it, is rounding error."""


def frames(config: LinearNetwork) -> Iterator[Frame]:
    """See LinearNetwork.frames."""
    task = target(config)
    start = initial(config, task)
    exact, exact_by = exact_columns(config, task, start, np.array(config.schedule) * config.learning_rate)
    descent = LinearDescent(start.weights, task.beta, config.learning_rate, config.rates)
    measure, tenth = Measure(config, task, start.weights), TimeToTenth()
    header: RunHeader | None = RunHeader(
        arrays={"X": np.eye(config.dimension), "Y": task.beta},
        chart_data={
            TIME_PER_STEP: config.learning_rate,
            "exact": {name: plain(values) for name, values in exact.items()},
            "exact_by": exact_by,
            "target": plain(task.values),
        },
        environment=devices.environment(torch.device("cpu"), "float64"),
    )
    differences = Differences(exact)
    last_stable, done = start.weights, 0
    for index, step in enumerate(config.schedule):
        descent.advance(step - done)
        done, weights = step, descent.weights
        loss = measure.loss(weights)
        if not np.isfinite(loss) or loss > DIVERGENCE_RATIO * max(measure.first_loss, measure.zero_loss):
            raise _diverged(config, step, last_stable, start.sizes)
        if loss <= 2 * max(measure.first_loss, measure.zero_loss):
            last_stable = weights
        numbers = measure(weights)
        numbers["time_to_tenth"] = tenth(step * config.learning_rate, loss)
        numbers |= differences(index, numbers)
        yield Frame(
            step=step,
            time=step * config.learning_rate,
            metrics=numbers,
            arrays={f"W{number}": layer for number, layer in enumerate(weights, 1)},
            chart_data={},
            verdict=measure.verdict(step, weights, numbers),
            header=header,
        )
        header = None


class Measure:
    """Measurement of a frame relative to the start of its run."""

    def __init__(self, config: LinearNetwork, task: Target, weights: list[np.ndarray]):
        self.task, self.start = task, weights
        self.X, self.rates = np.eye(config.dimension), config.rates
        self.conserved = theory.conserved_matrices(weights, self.rates)
        # loss of an output of 0, the scale on which losses are judged
        self.zero_loss = float((task.beta**2).sum()) / 2
        self.first_loss = self.loss(weights)

    def loss(self, weights: list[np.ndarray]) -> float:
        """Return half the sum of squares over the whitened inputs."""
        with np.errstate(over="ignore", invalid="ignore"):
            return float(((_product(weights) - self.task.beta.T) ** 2).sum()) / 2

    def __call__(self, weights: list[np.ndarray]) -> dict[str, float]:
        """Return all metrics of a frame (theory.md, sections 4 and 8)."""
        layers = range(1, len(weights) + 1)
        singular = np.linalg.svd(_product(weights), compute_uv=False)
        loss = self.loss(weights)
        speeds = theory.layer_speeds(weights, self.X, self.task.beta, self.rates)
        total = float(speeds.sum()) if loss > ROUNDING_LOSS_RATIO * self.zero_loss else 0.0
        conserved = theory.conserved_matrices(weights, self.rates)
        drift = [now - first for now, first in zip(conserved, self.conserved, strict=True)]
        size = _length([part for pair in _halves(weights, self.rates) for part in pair])
        return {
            "loss": loss,
            "kernel_distance": float(theory.deep_kernel_distance(self.start, weights, self.X, self.rates)),
            **{f"singular_{number}": float(value) for number, value in enumerate(singular, 1)},
            **{f"layer_{number}": float(np.linalg.norm(weights[number - 1], 2)) for number in layers},
            **{f"speed_{number}": float(speeds[number - 1]) / total if total else float("nan") for number in layers},
            "conserved_norm": _length(conserved),
            "conserved_drift": _length(drift) / size if size else 0.0,
        }

    def verdict(self, step: int, weights: list[np.ndarray], numbers: dict[str, float]) -> str:
        """Return the verdict at one frame."""
        if step == 0:
            return "At the start"
        task, count = self.task, len(self.task.values)
        along = np.einsum("ck,cd,dk->k", task.outputs[:, :count], _product(weights), task.inputs[:, :count])
        learned = int((np.abs(along - task.values) < LEARNED * task.values).sum())
        if numbers["loss"] > 1.1 * max(self.first_loss, self.zero_loss):
            return f"{verdict.regime(numbers['kernel_distance'])}: the loss is rising"
        return f"{verdict.regime(numbers['kernel_distance'])}: {verdict.modes(learned, count)}"


class Differences:
    """The exact columns of one frame, and the largest difference from the measured ones so far."""

    def __init__(self, exact: dict[str, np.ndarray]):
        self.exact = {name: values for name, values in exact.items() if name != "time"}
        self.largest = dict.fromkeys(("loss", "kernel_distance", "singular"), 0.0) if exact else {}

    def __call__(self, index: int, numbers: dict[str, float]) -> dict[str, float]:
        """Return the columns `..._exact` and `..._difference`; empty without an exact flow."""
        now = {name: float(values[index]) for name, values in self.exact.items()}
        for group in self.largest:
            apart = [abs(numbers[name] - now[name]) for name in now if name.startswith(group)]
            self.largest[group] = max(self.largest[group], *apart)
        columns = {f"{name}_exact": value for name, value in now.items()}
        return columns | {f"{group}_difference": value for group, value in self.largest.items()}


def kernel_top(weights: list[np.ndarray], rates: tuple[float, ...]) -> float:
    """Return the largest eigenvalue of the kernel on whitened inputs, sum_l eta_l (B_l B_l^T) (x) (F_l^T F_l).

    weights: [W_1, ..., W_L]; rates (L,). Near a solution, descent is stable for steps below 2 over this eigenvalue
    (theory.md, sections 4 and 7).
    """
    below, tails = np.eye(weights[0].shape[1]), []
    for layer in weights:
        tails.append(below)
        below = layer @ below
    head, total = np.eye(len(weights[-1])), np.zeros((1, 1))
    for layer, tail, rate in zip(reversed(weights), reversed(tails), reversed(rates), strict=True):
        total = total + rate * np.kron(head @ head.T, tail.T @ tail)
        head = head @ layer
    return float(np.linalg.eigvalsh(total)[-1])


def solution_top(sizes: np.ndarray, rates: tuple[float, ...], strength: float) -> float:
    """Return the largest eigenvalue of the kernel of a chain of scalars that has learned a mode of this strength.

    sizes (L,): initial values; rates (L,). z_l^2 / eta_l all grow by the same x (theory.md, section 4), which bisection
    finds. For two layers the result is sqrt(delta^2 + 4 eta_a eta_w strength^2).
    """
    etas = np.array(rates)
    conserved = sizes**2 / etas
    low, high = -conserved.min(), float(np.max(strength ** (2 / len(etas)) / etas))
    for _ in range(100):
        middle = (low + high) / 2
        smaller = np.prod(etas * np.maximum(conserved + middle, 0)) < strength**2
        low, high = (middle, high) if smaller else (low, middle)
    squares = etas * np.maximum(conserved + high, 0)
    return float(sum(etas[index] * np.delete(squares, index).prod() for index in range(len(etas))))


def _diverged(config: LinearNetwork, step: int, last_stable: list[np.ndarray], sizes: np.ndarray) -> Diverged:
    """Return the error to raise; it suggests half the rate 2 / lambda_max at the last stable frame or at the target.

    Source: theory.md, section 7.
    """
    stable = 2 / max(kernel_top(last_stable, config.rates), solution_top(sizes, config.rates, config.target))
    rate = min(two_digits_down(stable / 2), two_digits_down(config.learning_rate / 3))
    return Diverged(
        f"Diverged at {moment(step, step * config.learning_rate)}: the learning rate was "
        f"{rounded(config.learning_rate)}, and the largest stable one here about {rounded(stable)} (2/λ_max of the "
        "kernel). The frames before it are kept.",
        step,
        {"learning_rate": max(rate, 1e-6)},
    )


def _product(weights: list[np.ndarray]) -> np.ndarray:
    product: np.ndarray = weights[0]
    for layer in weights[1:]:
        product = layer @ product
    return product


def _halves(weights: list[np.ndarray], rates: tuple[float, ...]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the two terms of which each conserved matrix is the difference, the scale on which its drift is judged."""
    pairs = zip(weights[:-1], weights[1:], rates[:-1], rates[1:], strict=True)
    return [(eta * after.T @ after, eta_after * layer @ layer.T) for layer, after, eta, eta_after in pairs]


def _length(matrices: list[np.ndarray]) -> float:
    """Return the Frobenius norm of all matrices together."""
    return float(np.sqrt(sum((matrix * matrix).sum() for matrix in matrices)))
