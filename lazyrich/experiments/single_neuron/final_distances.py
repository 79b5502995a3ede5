"""Final kernel distance of every start of a single neuron, over balance and initial angle, in closed form.

theory.md, section 1. All other settings are those of one config, which is a point of the map.

    over = FinalDistances(SingleNeuron(tau=0.3))
    over.S                  (angles, deltas)
"""

from __future__ import annotations

import numpy as np

from lazyrich import theory
from lazyrich.experiments.single_neuron.config import SingleNeuron
from lazyrich.geometry import conserved_delta, layer_norms

DELTAS, ANGLES = 161, 91
"""Points along both axes of the map; odd, so that delta = 0 and 90 degrees are among them."""


class FinalDistances:
    """The map around a config, on whitened data.

    Attributes:
        delta: Balances of the sizes (deltas,).
        angle: Initial angles (angles,) in degrees.
        S: Final kernel distances (angles, deltas).
        balanced: delta at which the conserved quantity with the config's rates is 0; may be outside the map.
        edge: Angles (deltas,) in degrees at which the two basins meet; nan if the conserved quantity is positive, where
            all neurons keep the sign of a.
        changes: Side of the edge on which a changes its sign: "above" (larger angles) for a > 0 at the start, "below"
            for a < 0.
        limits: Limits of S at the config's angle, from theory.kernel_distance_limits.
    """

    def __init__(self, config: SingleNeuron):
        bounds = SingleNeuron.parameters()
        self.delta = np.linspace(bounds["delta"].low, bounds["delta"].high, DELTAS)
        self.angle = np.linspace(bounds["angle"].low, bounds["angle"].high, ANGLES)
        rates = {"eta_a": config.eta_a, "eta_w": config.eta_w}
        conserved = conserved_delta(config.tau, self.delta, **rates)
        scale = config.tau**2
        self.S = theory.final_kernel_distance(
            scale, np.cos(np.radians(self.angle))[:, None], conserved, config.target, config.dimension, **rates
        )
        # a^2 - |w|^2 where eta_w a^2 = eta_a |w|^2 and |a||w| = tau^2
        ratio = (config.eta_w / config.eta_a) ** 0.5
        self.balanced = scale * (1 / ratio - ratio)
        a, w = layer_norms(config.tau, self.delta)
        sign = 1 if config.sign == "positive" else -1
        self.changes = "above" if sign > 0 else "below"
        self.edge = np.degrees(np.arccos(theory.separatrix_cosine(sign * a, w, config.target, **rates)))
        phi = float(np.cos(np.radians(config.angle)))
        self.limits = theory.kernel_distance_limits(scale, phi, config.target, config.dimension, **rates)
