"""Frames of a SingleNeuron: descent by the same code as for every student, beside the exact flow.

Separate from the config because it imports torch, which the web process never does.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from lazyrich import kernels, theory
from lazyrich.experiments.common import device as devices
from lazyrich.experiments.common import verdict
from lazyrich.experiments.common.json_numbers import plain, two_digits_down
from lazyrich.experiments.common.time_to_tenth import TimeToTenth
from lazyrich.experiments.single_neuron import hyperboloid
from lazyrich.experiments.single_neuron.config import SingleNeuron, Start
from lazyrich.frame import Diverged, Frame, RunHeader
from lazyrich.moment import TIME_PER_STEP, moment, rounded
from lazyrich.training import Descent

COMPARED = ("mu", "phi", "kernel_distance")
"""Measures for which the largest difference between training and theory so far is shown."""

TOLERANCE, MAX_STEPS = 1e-9, 8000
"""Tolerance and largest number of steps of an integrated flow: about a second, with far finer steps than training."""

DIVERGENCE_RATIO = 1e6
"""Ratio of the loss to its first value above which a run counts as diverged, as it does not recover."""


def frames(config: SingleNeuron) -> Iterator[Frame]:
    """See SingleNeuron.frames."""
    start = config.start()
    exact, exact_by = exact_columns(config, start, np.array(config.schedule) * config.learning_rate)
    descent = _descent(config, start)
    measure, tenth = Measure(config, start), TimeToTenth()
    header: RunHeader | None = RunHeader(
        arrays={"X": start.X, "y": start.X @ start.beta},
        chart_data={
            TIME_PER_STEP: config.learning_rate,
            "exact": {name: plain(values) for name, values in exact.items()},
            "exact_by": exact_by,
            **hyperboloid.picture(config, start, exact),
        },
        environment=devices.environment(torch.device("cpu"), "float64"),
    )
    largest = dict.fromkeys(COMPARED, 0.0)
    done = 0
    for index, step in enumerate(config.schedule):
        descent.advance(step - done)
        done = step
        a, w = float(descent.a), descent.W[0].numpy().copy()
        numbers = measure(a, w)
        if not np.isfinite([numbers["loss"], a]).all() or numbers["loss"] > DIVERGENCE_RATIO * max(
            measure.first_loss, 1e-12
        ):
            raise _diverged(config, start, step)
        numbers["time_to_tenth"] = tenth(step * config.learning_rate, numbers["loss"])
        if exact:
            numbers |= {f"{name}_exact": float(values[index]) for name, values in exact.items() if name in numbers}
            for name in COMPARED:
                # w = 0 has no angle to compare
                apart = abs(numbers[name] - numbers[f"{name}_exact"])
                largest[name] = max(largest[name], apart if np.isfinite(apart) else 0.0)
            numbers |= {f"{name}_difference": value for name, value in largest.items()}
        yield Frame(
            step=step,
            time=step * config.learning_rate,
            metrics=numbers,
            arrays={"W": w[None], "a": np.array([a])},
            chart_data={},
            verdict=measure.verdict(step, numbers),
            header=header,
        )
        header = None


class Measure:
    """Measurement of a frame. Axes: along the target, across it in the plane of the start, a."""

    def __init__(self, config: SingleNeuron, start: Start):
        self.config, self.start = config, start
        rates = {"eta_a": config.eta_a, "eta_w": config.eta_w}
        self.kernel_distance = kernels.KernelDistance(start.X, start.w[None], np.array([start.a]), leak=1.0, **rates)
        self.delta = float(config.eta_w * start.a**2 - config.eta_a * start.w @ start.w)
        self.first_loss = self._loss(start.a * start.w)
        # loss of an output of 0, the scale on which losses are judged
        self.zero_loss = self._loss(0 * start.w)

    def __call__(self, a: float, w: np.ndarray) -> dict[str, float]:
        """Return all metrics of a frame (theory.md, sections 1 and 2)."""
        config, length = self.config, float(np.linalg.norm(w))
        readout, first = config.eta_w * a * a, config.eta_a * length * length
        return {
            "loss": self._loss(a * w),
            "a": a,
            "w_along": float(w[0]),
            "w_across": float(w[1]),
            "beta_along": a * float(w[0]),
            "beta_across": a * float(w[1]),
            "mu": a * length,
            "phi": float(w[0]) / length if length else float("nan"),
            "kernel_distance": self.kernel_distance(w[None], np.array([a])),
            "eigen_along": readout + first,
            "eigen_across": readout,
            "effective_delta": (readout - first) / (config.eta_a * config.eta_w) ** 0.5,
            "conserved_drift": abs(readout - first - self.delta),
        }

    def verdict(self, step: int, numbers: dict[str, float]) -> str:
        """Return the verdict at one frame."""
        if step == 0:
            return "At the start"
        rising = numbers["loss"] > 1.1 * self.first_loss
        fit = verdict.fit(numbers["loss"] / self.zero_loss, None, rising)
        flipped = "; a has changed its sign" if numbers["a"] * self.start.a < 0 else ""
        return f"{verdict.regime(numbers['kernel_distance'])}: {fit}{flipped}"

    def _loss(self, beta: np.ndarray) -> float:
        return float(np.sum((self.start.X @ (beta - self.start.beta)) ** 2)) / 2


def exact_columns(config: SingleNeuron, start: Start, times: np.ndarray) -> tuple[dict[str, Any], str]:
    """Return the columns of the exact flow at the times (T,), with "time", and a sentence on the kind of solution.

    No columns if the flow cannot be integrated that far; the sentence then says so.
    """
    rates = {"eta_a": config.eta_a, "eta_w": config.eta_w}
    if config.data == "whitened":
        with warnings.catch_warnings():
            # the picture and the sentence already show the saddle
            warnings.simplefilter("ignore", theory.OnSeparatrix)
            a, w = theory.single_neuron(times, start.a, start.w, start.beta, **rates)
            S = theory.single_neuron_kernel_distance(times, start.a, start.w, start.beta, **rates)
        sentence = "Exact: the closed form."
        if theory.limit(start.a, start.w, start.beta, **rates).saddle:
            sentence = "Exact: the closed form, from a start on the boundary of the basins: it ends on the saddle."
    else:
        order = [config.eta_w, config.eta_a]
        try:
            y = start.X @ start.beta
            readouts, w = theory.chain_flow(times, [start.a], start.w, start.X, y, order, TOLERANCE, MAX_STEPS)
        except theory.TooManySteps:
            return (
                {},
                "No exact curve: the flow is too stiff to integrate for so long. Fewer steps or a smaller |δ| help.",
            )
        a = readouts[:, 0]
        first = [start.w[None], np.array([[start.a]])]
        S = theory.deep_kernel_distance(first, [w[:, None, :], a[:, None, None]], start.X, order)
        sentence = "No closed form exists for correlated data: the pale curves are the flow, integrated numerically."
    length = np.linalg.norm(w, axis=1)
    delta = config.eta_w * start.a**2 - config.eta_a * start.w @ start.w
    along, across = theory.modulation_eigenvalues(np.abs(a) * length, delta, **rates)
    beta = a[:, None] * w
    columns = {
        "time": times,
        "loss": (((beta - start.beta) @ start.X.T) ** 2).sum(1) / 2,
        "a": a,
        "w_along": w[:, 0],
        "w_across": w[:, 1],
        "beta_along": beta[:, 0],
        "beta_across": beta[:, 1],
        "mu": a * length,
        "phi": np.divide(w[:, 0], length, out=np.full_like(length, np.nan), where=length > 0),
        "kernel_distance": S,
        "eigen_along": along,
        "eigen_across": across,
    }
    return columns, sentence


def _descent(config: SingleNeuron, start: Start) -> Descent:
    # Descent minimises the mean over n samples of the squared residual; half of their sum is n / 2 times as much
    rate = config.learning_rate * len(start.X) / 2
    weights = (
        torch.tensor(start.w[None], dtype=torch.float64, device="cpu"),
        torch.tensor([start.a], dtype=torch.float64, device="cpu"),
    )
    X = torch.tensor(start.X, dtype=torch.float64, device="cpu")
    y = torch.tensor(start.X @ start.beta, dtype=torch.float64, device="cpu")
    return Descent(X, y, *weights, rate, eta_a=config.eta_a, eta_w=config.eta_w, leak=1.0)


def _diverged(config: SingleNeuron, start: Start, step: int) -> Diverged:
    """Return the error to raise; it suggests half the rate 2 / lambda_max at start or target (theory.md, section 7)."""
    delta = config.eta_w * start.a**2 - config.eta_a * start.w @ start.w
    lengths = np.array([abs(start.a) * np.linalg.norm(start.w), config.target])
    along, _ = theory.modulation_eigenvalues(lengths, delta, config.eta_a, config.eta_w)
    stable = 2 / float(along.max() * np.linalg.eigvalsh(start.X.T @ start.X)[-1])
    rate = min(two_digits_down(stable / 2), two_digits_down(config.learning_rate / 3))
    return Diverged(
        f"Diverged at {moment(step, step * config.learning_rate)}: the learning rate was "
        f"{rounded(config.learning_rate)}, and the largest stable one here about {rounded(stable)} (2/λ_max of the "
        "kernel). The frames before it are kept.",
        step,
        {"learning_rate": max(rate, 1e-6)},
    )
