"""Exact flow of a LinearNetwork, if known, as columns beside the measured ones.

theory.md, sections 3 and 4.

    columns, sentence = exact_columns(config, task, start, times)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lazyrich import theory
from lazyrich.experiments.linear_network.start import Start, Target
from lazyrich.theory.integrate import integrate

if TYPE_CHECKING:
    from lazyrich.experiments.linear_network.config import LinearNetwork

TOLERANCE = 1e-9
"""Tolerance of an integrated flow: far below the error of a step of descent, with half the steps that 1e-11 needs."""

MAX_STEPS = 15_000
"""Largest number of steps of the integration: about two seconds, in which a visitor sees nothing yet."""

AT_ONCE = 50
"""Number of times for which kernels are held in memory together."""

Columns = dict[str, np.ndarray]


def exact_columns(config: LinearNetwork, task: Target, start: Start, times: np.ndarray) -> tuple[Columns, str]:
    """Return the exact flow at some times.

    Args:
        config: The run's settings.
        task: Its target.
        start: Its initial weights.
        times: Increasing flow times (T,).

    Returns:
        (columns with "time", a sentence on the kind of solution). No columns if no exact flow is known or it cannot be
        integrated that far; the sentence then gives the reason.
    """
    try:
        if config.depth == 2 and start.factor is not None:
            W, A = start.factor
            flow = theory.wide_flow_isotropic(times, task.beta, W, A, *_two_rates(config), MAX_STEPS)
            sentence = "Exact: closed form (matrix Riccati), valid because Δ = δ I on whitened data."
            return _wide(config, task, flow, times), sentence
        if config.depth == 2:
            W, A = start.weights[0], start.weights[1].T
            X, rates = np.eye(len(task.beta)), _two_rates(config)
            flow = theory.wide_flow(times, X, task.beta, W, A, *rates, TOLERANCE, MAX_STEPS)
            return _wide(config, task, flow, times), "Exact: width-free flow of C = WᵀW, β and R = AᵀA, integrated."
        if config.outputs == 1 and (config.width == 1 or config.start != "random"):
            return _chain(config, task, start, times), "Exact: chain of single neurons, integrated."
        if config.start == "aligned":
            return _modes(config, task, start, times), "Exact: a chain of single neurons for every mode, integrated."
    except theory.TooManySteps:
        return {}, "No exact curve: the flow is too stiff to be followed so far. Fewer steps or a smaller |δ| help."
    sentence = "No exact curve: none is known for three layers and more, unless the start is aligned with the target"
    return {}, f"{sentence} or, with one output, not random."


def _two_rates(config: LinearNetwork) -> tuple[float, float]:
    """Return eta_a, eta_w of two layers."""
    eta_w, eta_a = config.rates
    return eta_a, eta_w


def _wide(config: LinearNetwork, task: Target, flow: theory.WideFlow, times: np.ndarray) -> Columns:
    # rounding can make it negative
    layers = [np.sqrt(np.maximum(np.linalg.eigvalsh(part)[:, -1], 0)) for part in (flow.C, flow.R)]
    S = theory.wide_kernel_distance(np.eye(len(task.beta)), flow, *_two_rates(config))
    return _columns(times, task, flow.beta, S, np.stack(layers, 1))


def _chain(config: LinearNetwork, task: Target, start: Start, times: np.ndarray) -> Columns:
    """Return the exact flow of one output and rank one, in which only the first layer's input direction turns."""
    if config.width == 1:
        readouts, w0 = np.array([layer[0, 0] for layer in start.weights[1:]]), start.weights[0][0]
    else:
        readouts, w0 = start.sizes[1:], _product(start.weights)[0] / start.sizes[1:].prod()
    identity = np.eye(len(w0))
    a, w = theory.chain_flow(times, readouts, w0, identity, task.beta[:, 0], config.rates, TOLERANCE, MAX_STEPS)
    S = theory.chain_kernel_distance(a, w, config.rates)
    layers = np.concatenate([np.linalg.norm(w, axis=1)[:, None], np.abs(a)], axis=1)
    return _columns(times, task, (a.prod(1)[:, None] * w)[:, :, None], S, layers)


def _modes(config: LinearNetwork, task: Target, start: Start, times: np.ndarray) -> Columns:
    """Return the exact modes, each of which is a chain of scalars.

    Layers that share their singular directions with the target and each other keep them.
    """
    count = min(config.width, len(task.values))
    values, rates = task.values[:count], np.array(config.rates)[:, None]

    def slope(z: np.ndarray) -> np.ndarray:
        return rates * _others(z) * (values - z.prod(0))

    def arrived(z: np.ndarray) -> bool:
        return bool((np.abs(values - z.prod(0)) <= 1e-12 * values).all())

    z = integrate(slope, np.repeat(start.sizes[:, None], count, axis=1), times, TOLERANCE, arrived, MAX_STEPS)
    V, U = task.inputs[:, :count], task.outputs[:, :count]
    beta = V * z.prod(1)[:, None, :] @ U.T
    distance = [_diagonal_distance(config, z[:1], z[at : at + AT_ONCE]) for at in range(0, len(z), AT_ONCE)]
    return _columns(times, task, beta, np.concatenate(distance), np.abs(z).max(2))


def _diagonal_distance(config: LinearNetwork, first: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Return S from `first` (1, L, modes) to z (T, L, modes), the sizes of diagonal layers.

    Rotating inputs and outputs does not change products of kernels.
    """
    count = z.shape[2]

    def layers(sizes: np.ndarray) -> list[np.ndarray]:
        made = [np.eye(count) * sizes[:, index, None, :] for index in range(config.depth)]
        below, above = np.eye(count, config.dimension), np.eye(config.outputs, count)
        return [made[0] @ below, *made[1:-1], above @ made[-1]]

    before = [layer[0] for layer in layers(first)]
    S: np.ndarray = theory.deep_kernel_distance(before, layers(z), np.eye(config.dimension), config.rates)
    return S


def _columns(times: np.ndarray, task: Target, beta: np.ndarray, S: np.ndarray, layers: np.ndarray) -> Columns:
    """Return the columns from beta (T, d, c), S (T,) and the largest singular value of each layer (T, L)."""
    columns = {
        "time": times,
        "loss": ((beta - task.beta) ** 2).sum((1, 2)) / 2,
        "kernel_distance": S,
    }
    values = np.linalg.svd(beta, compute_uv=False)
    columns |= {f"singular_{index + 1}": values[:, index] for index in range(values.shape[1])}
    return columns | {f"layer_{index + 1}": layers[:, index] for index in range(layers.shape[1])}


def _others(z: np.ndarray) -> np.ndarray:
    """Return for each layer the product of the others, (L, modes), without division."""
    one = np.ones_like(z[:1])
    below = np.concatenate([one, z[:-1]]).cumprod(0)
    return below * np.concatenate([z[1:], one])[::-1].cumprod(0)[::-1]


def _product(weights: list[np.ndarray]) -> np.ndarray:
    product: np.ndarray = theory.network_product(weights)
    return product
