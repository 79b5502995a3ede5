"""Final kernel distance of every start of a single neuron, over balance and initial angle, in closed form.

theory.md, section 1. All else is that of one config, which is a point of the map.

    over = FinalDistances(SingleNeuron(tau=0.3))
    over.S                  (angles, deltas)
"""

from __future__ import annotations

import numpy as np

from lazyrich import theory
from lazyrich.experiments.single_neuron.config import SingleNeuron
from lazyrich.geometry import conserved_delta, layer_norms

DELTAS, ANGLES = 161, 91
"""Points across the map; odd, so that delta = 0 and 90 degrees are among them."""


class FinalDistances:
    """The map around a config, on whitened data.

    delta (deltas,), the balance of the sizes; angle (angles,) in degrees. S (angles, deltas): final kernel distance.
    balanced: the delta at which the conserved quantity with the config's rates is 0, which may be beyond the map. edge
    (deltas,): the angle in degrees at which the two basins meet, nan where the conserved quantity is above 0 and all
    neurons keep the sign of a; changes: on which side of it they do not, above (larger angles) for a > 0 at the start,
    below for a < 0. limits: what S tends to at the config's angle, of theory.kernel_distance_limits.
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
