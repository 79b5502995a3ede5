"""Target and start of a LinearNetwork, in numpy: singular directions, and the size of every layer along them.

theory.md, sections 3 and 4.

    task = target(config)
    start = initial(config, task)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lazyrich.geometry import alpha

if TYPE_CHECKING:
    from lazyrich.experiments.linear_network.config import LinearNetwork


class Target(NamedTuple):
    """beta* = inputs diag(values) outputs^T.

    Attributes:
        inputs: Orthogonal matrix (d, d); its first min(c, d) columns are the input directions of the modes.
        values: Singular values (min(c, d),), decreasing.
        outputs: Orthogonal matrix (c, c); its first min(c, d) columns are the output directions of the modes.
        beta: The map (d, c).
    """

    inputs: np.ndarray
    outputs: np.ndarray
    values: np.ndarray
    beta: np.ndarray


class Start(NamedTuple):
    """Initial weights of a LinearNetwork.

    Attributes:
        weights: [W_1, ..., W_L].
        sizes: Initial size (L,) of every layer along the directions that it uses, approximate for random layers.
        factor: W (r, d) and A (r, c), two layers in the hidden directions that they use, if the conserved matrix is a
            multiple of the identity there; None for all other starts.
    """

    weights: list[np.ndarray]
    sizes: np.ndarray
    factor: tuple[np.ndarray, np.ndarray] | None


def target(config: LinearNetwork) -> Target:
    """Return the target drawn with the seed, which does not depend on start, depth or width."""
    rng = np.random.default_rng([config.seed, 0])
    inputs, outputs = _orthogonal(rng, config.dimension), _orthogonal(rng, config.outputs)
    count = min(config.dimension, config.outputs)
    values = config.target / config.ratio ** np.arange(count)
    return Target(inputs, outputs, values, inputs[:, :count] * values @ outputs[:, :count].T)


def initial(config: LinearNetwork, task: Target) -> Start:
    """Return the first weights."""
    rng = np.random.default_rng([config.seed, 1])
    sizes = layer_sizes(config)
    if config.start == "random":
        spread = sizes / config.width**0.5
        drawn = [rng.normal(size=shape) * part for shape, part in zip(config.shapes, spread, strict=True)]
        return Start(drawn, sizes, None)
    V, U = _orthogonal(rng, config.dimension), _orthogonal(rng, config.outputs)
    if config.start == "aligned":
        V, U = task.inputs, task.outputs
    used = min(config.width, max(config.dimension, config.outputs))
    hidden = [_orthogonal(rng, config.width)[:, :used] for _ in range(config.depth - 1)]
    inner = [_rectangle(sizes[index], used, used, config) for index in range(1, config.depth - 1)]
    first = _rectangle(sizes[0], used, config.dimension, config)
    last = _rectangle(sizes[-1], config.outputs, used, config)
    if config.depth == 2:
        _make_isotropic(first, last, config)
    frames = [V, *hidden, U]
    parts = zip([first, *inner, last], frames[:-1], frames[1:], strict=True)
    weights = [above @ part @ below.T for part, below, above in parts]
    if config.depth > 2:
        return Start(weights, sizes, None)
    # hidden directions in which both layers are zero would not be isotropic
    held = (np.abs(first).sum(1) + np.abs(last).sum(0)) > 0
    return Start(weights, sizes, (first[held] @ V.T, (U @ last[:, held]).T))


def layer_sizes(config: LinearNetwork) -> np.ndarray:
    """Return the sizes (L,) of the layers from tau, delta and layer_scales.

    Each is tau^(2/L), the last one multiplied by alpha and the first one divided by it, so that the difference of their
    squares is delta (theory.md, section 6).
    """
    common = config.tau ** (2 / config.depth)
    balance = alpha(common, config.delta)
    sizes = np.full(config.depth, common)
    sizes[0], sizes[-1] = common / balance, common * balance
    return sizes * np.array(config.by_layer("layer_scales"))


def _make_isotropic(first: np.ndarray, last: np.ndarray, config: LinearNetwork) -> None:
    """Set the size of hidden directions that only one layer uses, so that the conserved matrix is delta there too.

    first (r, d), last (c, r): diagonal, changed in place. Beyond the modes only the larger layer has further
    directions.
    """
    sizes, (eta_w, eta_a) = layer_sizes(config), config.rates
    delta = eta_w * sizes[1] ** 2 - eta_a * sizes[0] ** 2
    modes = min(config.width, config.dimension, config.outputs)
    if delta > 0:
        for index in range(modes, min(config.width, config.outputs)):
            last[index, index] = (delta / eta_w) ** 0.5
    else:
        for index in range(modes, min(config.width, config.dimension)):
            first[index, index] = (-delta / eta_a) ** 0.5


def _rectangle(size: float, rows: int, columns: int, config: LinearNetwork) -> np.ndarray:
    """Return (rows, columns) with `size` on the diagonal for every mode that the network can represent, 0 elsewhere."""
    diagonal = np.arange(min(config.width, config.dimension, config.outputs))
    matrix = np.zeros((rows, columns))
    matrix[diagonal, diagonal] = size
    return matrix


def _orthogonal(rng: np.random.Generator, size: int) -> np.ndarray:
    """Return a random orthogonal matrix (size, size), uniform over rotations and reflections."""
    Q, R = np.linalg.qr(rng.normal(size=(size, size)))
    # the signs that qr chooses are not random
    return Q * np.sign(np.diag(R))
