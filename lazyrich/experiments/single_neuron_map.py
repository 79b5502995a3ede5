"""Where every start of a single neuron ends: S(0, infinity) over balance and initial angle, in closed form.

theory.md, section 1. All else is that of one config, which is a point of the map.

    over = FinalDistances(SingleNeuron(tau=0.3))
    over.S                  (angles, deltas)
"""

from __future__ import annotations

import numpy as np

from lazyrich import theory
from lazyrich.experiments.single_neuron import SingleNeuron
from lazyrich.geometry import effective_delta, layer_norms

DELTAS, ANGLES = 161, 91
"""Points across the map; odd, so that delta = 0 and 90 degrees are among them."""


class FinalDistances:
    """The map around a config, on whitened data.

    delta (deltas,), angle (angles,) in degrees. S (angles, deltas): final kernel distance. edge (deltas,): the angle in
    degrees beyond which a neuron ends with the other sign of a, nan for delta > 0 where it never does.
    limits: what S tends to at the config's angle, of theory.kernel_distance_limits.
    """

    def __init__(self, config: SingleNeuron):
        bounds = SingleNeuron.parameters()
        self.delta = np.linspace(bounds["delta"].low, bounds["delta"].high, DELTAS)
        self.angle = np.linspace(bounds["angle"].low, bounds["angle"].high, ANGLES)
        rates = {"eta_a": config.eta_a, "eta_w": config.eta_w}
        conserved = effective_delta(config.tau, self.delta, **rates)
        scale = config.tau**2
        self.S = theory.final_kernel_distance(
            scale, np.cos(np.radians(self.angle))[:, None], conserved, config.target, config.dimension, **rates
        )
        a, w = layer_norms(config.tau, self.delta)
        sign = 1 if config.sign == "positive" else -1
        self.edge = np.degrees(np.arccos(theory.separatrix_cosine(sign * a, w, config.target, **rates)))
        phi = float(np.cos(np.radians(config.angle)))
        self.limits = theory.kernel_distance_limits(scale, phi, config.target, config.dimension, **rates)
