"""Chart data of a single neuron that do not depend on training: its hyperboloid, the basins, the loss.

theory.md, section 1. In the space of (w along the target, w across it, a) the conserved quantity eta_w a^2 - eta_a
|w|^2 = delta is a hyperboloid of revolution about the a axis. All data are plain JSON for the header of a run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lazyrich.experiments.common.json_numbers import plain

if TYPE_CHECKING:
    from lazyrich.experiments.single_neuron.config import SingleNeuron, Start

RINGS, SPOKES = 21, 41
"""Number of points of a sheet from its middle to its rim, and around it."""

PADDING = 1.25
"""Factor by which the picture extends beyond the trajectory and the minima."""

LEVELS = (0.02, 0.1, 0.3, 0.6, 1.0, 1.5)
"""Contours of the loss, as shares of the loss of an output of zero."""


def picture(config: SingleNeuron, start: Start, exact: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return the entries of RunHeader.chart_data for the charts "space" and "path" of `lazyrich.charts`.

    Args:
        config: The run's settings.
        start: Its first weights.
        exact: Columns of the exact flow, which determine the extent of the picture; may be empty.

    Returns:
        The entries by name.
    """
    reach = Reach(config, start, exact)
    return {
        "sheets": [sheet.drawn(config, start) for sheet in sheets(config, reach)],
        "space_lines": [*_minima(config, reach), *_boundary(config, reach)],
        "space_points": [*_ends(config, reach), *_saddles(reach)],
        "space_range": {"x": reach.range_w, "y": reach.range_w, "z": reach.range_a},
        **_function_space(config, start, exact),
    }


class Reach:
    """Part of the hyperboloid to draw, in the units of the weights.

    delta: the conserved quantity with the chosen rates. w: largest |w| drawn. a: the corresponding |a|.
    """

    def __init__(self, config: SingleNeuron, start: Start, exact: dict[str, np.ndarray]):
        self.eta_a, self.eta_w = config.eta_a, config.eta_w
        self.delta = config.conserved_delta
        self.Omega = float(np.hypot(self.delta, 2 * (config.eta_a * config.eta_w) ** 0.5 * config.target))
        lengths = [float(np.linalg.norm(start.w)), self.end_w]
        if exact:
            lengths.append(float(np.nanmax(np.hypot(exact["w_along"], exact["w_across"]))))
        self.w = PADDING * max(lengths)
        if self.delta < 0:
            # a short trajectory near a = 0 needs the waist alone; a part of the sheet beyond it shows the waist's shape
            self.w = max(self.w, 1.12 * self.waist)
        self.a = float(np.sqrt((self.delta + self.eta_a * self.w**2) / self.eta_w))
        self.range_w = [-1.05 * self.w, 1.05 * self.w]
        self.range_a = [-1.08 * self.a, 1.08 * self.a]

    @property
    def end_w(self) -> float:
        """Return |w| at the minima on this hyperboloid, eta_a |w|^2 = (Omega - delta) / 2."""
        larger = (self.Omega + abs(self.delta)) / 2
        square = larger if self.delta < 0 else (self.Omega**2 - self.delta**2) / 4 / larger
        return float(np.sqrt(square / self.eta_a))

    @property
    def end_a(self) -> float:
        """Return |a| at the minima, eta_w a^2 = (Omega + delta) / 2."""
        return float(np.sqrt((self.delta + self.eta_a * self.end_w**2) / self.eta_w))

    @property
    def waist(self) -> float:
        """Return |w| at a = 0 for delta < 0."""
        return float(np.sqrt(-self.delta / self.eta_a))


class Sheet:
    """Part of the hyperboloid as a surface of revolution: w (rings,) and a (rings,) along a meridian."""

    def __init__(self, w: np.ndarray, a: np.ndarray):
        self.w, self.a = w, a

    def drawn(self, config: SingleNeuron, start: Start) -> dict[str, Any]:
        """Return x, y, z and the loss as colour, each (rings, spokes)."""
        around = np.linspace(0, 2 * np.pi, SPOKES)
        x, y = np.outer(self.w, np.cos(around)), np.outer(self.w, np.sin(around))
        z = np.repeat(self.a[:, None], SPOKES, axis=1)
        parts = {"x": x, "y": y, "z": z, "colour": loss(z * x, z * y, config, start)}
        return {name: plain(values, 4) for name, values in parts.items()}


def sheets(config: SingleNeuron, reach: Reach) -> list[Sheet]:
    """Return the sheets of the hyperboloid within reach: two for delta >= 0 (a cone at 0), one below."""
    # denser where it bends most
    spread = np.linspace(0, 1, RINGS) ** 1.5
    if reach.delta >= 0:
        w = spread * reach.w
        a = np.sqrt((reach.delta + reach.eta_a * w**2) / reach.eta_w)
        return [Sheet(w, a), Sheet(w, -a)]
    a = np.concatenate([-spread[:0:-1], spread]) * reach.a
    return [Sheet(np.sqrt((reach.eta_w * a**2 - reach.delta) / reach.eta_a), a)]


def loss(along: np.ndarray, across: np.ndarray, config: SingleNeuron, start: Start) -> np.ndarray:
    """Return half the sum of squares at beta = (along, across, 0, ...) (...)."""
    gram = start.X[:, :2].T @ start.X[:, :2]
    x, y = along - config.target, across
    return (gram[0, 0] * x * x + 2 * gram[0, 1] * x * y + gram[1, 1] * y * y) / 2


def _minima(config: SingleNeuron, reach: Reach) -> list[dict[str, Any]]:
    """Return the minima of the loss: the hyperbola a w = beta over all balances, and its two points on this sheet."""
    # the picture extends beyond the minima on this sheet, so that the hyperbola passes through it
    w = np.geomspace(config.target / reach.range_a[1], reach.range_w[1], 60)
    a = config.target / w
    zero = plain(0 * w)
    return [
        {"label": "loss 0", "role": "minima", "x": plain(side * w), "y": zero, "z": plain(side * a)} for side in (1, -1)
    ]


def _boundary(config: SingleNeuron, reach: Reach) -> list[dict[str, Any]]:
    """Return the edge of the two basins, a (Omega + delta) / 2 + eta_a w . beta = 0; whitened, delta < 0 only."""
    if config.data != "whitened" or not reach.delta < 0:
        return []
    a = np.linspace(-reach.a, reach.a, 81)
    smaller = (reach.Omega**2 - reach.delta**2) / (2 * (reach.Omega - reach.delta))
    along = -a * smaller / (reach.eta_a * config.target)
    across = np.sqrt(np.maximum((reach.eta_w * a**2 - reach.delta) / reach.eta_a - along**2, 0))
    return [
        {"label": "edge of the basins", "role": "boundary", "x": plain(along), "y": plain(side * across), "z": plain(a)}
        for side in (1, -1)
    ]


def _ends(config: SingleNeuron, reach: Reach) -> list[dict[str, Any]]:
    return [
        {
            "label": "minimum",
            "role": "minimum",
            "x": plain(side * reach.end_w),
            "y": 0.0,
            "z": plain(side * reach.end_a),
        }
        for side in (1, -1)
    ]


def _saddles(reach: Reach) -> list[dict[str, Any]]:
    """Return the saddles, a = 0 with w across the target, at which the flow is stationary; for delta < 0."""
    if not reach.delta < 0:
        return []
    return [
        {"label": "saddle", "role": "saddle", "x": 0.0, "y": plain(side * reach.waist), "z": 0.0} for side in (1, -1)
    ]


def _function_space(config: SingleNeuron, start: Start, exact: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return contours of the loss over (beta along, beta across), the target, and the square that holds the path."""
    first = start.a * start.w
    x, y = [0.0, config.target, first[0]], [0.0, first[1]]
    if exact:
        x += [float(exact["beta_along"].min()), float(exact["beta_along"].max())]
        y += [float(exact["beta_across"].min()), float(exact["beta_across"].max())]
    half = 0.6 * max(max(x) - min(x), max(y) - min(y))
    middle = (max(x) + min(x)) / 2, (max(y) + min(y)) / 2
    gram = start.X[:, :2].T @ start.X[:, :2]
    values, vectors = np.linalg.eigh(gram)
    around = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(around), np.sin(around)])
    nothing = float(gram[0, 0]) * config.target**2 / 2
    lines = []
    for level in LEVELS:
        ellipse = vectors @ (np.sqrt(2 * level * nothing / values)[:, None] * circle)
        lines.append(
            {
                "label": f"loss {level:g}",
                "role": "contour",
                "x": plain(config.target + ellipse[0]),
                "y": plain(ellipse[1]),
            }
        )
    note = "" if config.data == "whitened" or config.dimension == 2 else "seen from the plane of β* and the start"
    return {
        "plane_lines": lines,
        "plane_points": [{"label": "target β*", "role": "target", "x": config.target, "y": 0.0}],
        "plane_range": {
            "x": plain([middle[0] - half, middle[0] + half]),
            "y": plain([middle[1] - half, middle[1] + half]),
        },
        "path_note": note,
    }
