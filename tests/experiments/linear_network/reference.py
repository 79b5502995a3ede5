"""Independent references for linear networks: flow by DOP853, kernels by automatic differentiation."""

import numpy as np
import torch
from scipy.integrate import solve_ivp

from lazyrich import LinearNetwork
from lazyrich.experiments.linear_network.start import initial, target

SMALL = {"width": 4, "dimension": 3, "outputs": 2, "tau": 0.5, "steps": 150, "learning_rate": 0.02}


def product(weights):
    total = weights[0]
    for layer in weights[1:]:
        total = layer @ total
    return total


def kernel(weights, rates):
    """The tangent kernel over the unit vectors, all outputs, by automatic differentiation (d c, d c)."""
    layers = tuple(torch.tensor(layer) for layer in weights)

    def outputs(*parts):
        return product(parts).T.reshape(-1)

    slopes = torch.func.jacrev(outputs, argnums=tuple(range(len(layers))))(*layers)
    flat = [slope.reshape(slope.shape[0], -1) for slope in slopes]
    return sum(rate * (slope @ slope.T) for rate, slope in zip(rates, flat, strict=True)).numpy()


def apart(K0, K1):
    return 1 - (K0 * K1).sum() / np.linalg.norm(K0) / np.linalg.norm(K1)


def flow(config, until):
    """The weights at time `until` of gradient flow, by DOP853 on gradients by automatic differentiation."""
    task = target(config)
    start = initial(config, task).weights
    ends = np.cumsum([layer.size for layer in start])

    def split(flat):
        return [part.reshape(layer.shape) for part, layer in zip(np.split(flat, ends[:-1]), start, strict=True)]

    def slope(_, flat):
        layers = [torch.tensor(part, requires_grad=True) for part in split(flat)]
        loss = ((product(layers) - torch.tensor(task.beta).T) ** 2).sum() / 2
        slopes = torch.autograd.grad(loss, layers)
        return np.concatenate([-rate * part.numpy().ravel() for rate, part in zip(config.rates, slopes, strict=True)])

    begin = np.concatenate([layer.ravel() for layer in start])
    solved = solve_ivp(slope, (0, until), begin, method="DOP853", rtol=1e-11, atol=1e-13)
    return split(solved.y[:, -1])


EXACT = [
    LinearNetwork(**SMALL),
    LinearNetwork(**SMALL, delta=1.5),
    LinearNetwork(**SMALL, delta=-1.5, start="aligned"),
    LinearNetwork(**SMALL, delta=-0.5, layer_rates=(2.0, 0.5), layer_scales=(1.5,)),
    LinearNetwork(**{**SMALL, "dimension": 2, "outputs": 4}, delta=0.7),
    LinearNetwork(**{**SMALL, "width": 1}, delta=0.7),
    LinearNetwork(**SMALL, start="random", delta=0.3, layer_rates=(1.0, 3.0)),
    LinearNetwork(**{**SMALL, "outputs": 1}, depth=3, layer_rates=(1.0, 2.0, 0.5), delta=0.2),
    LinearNetwork(**{**SMALL, "outputs": 1, "width": 1}, depth=4, start="random"),
    LinearNetwork(**SMALL, depth=3, start="aligned", delta=0.4, layer_rates=(0.5, 1.0, 2.0)),
]
"""One config for every kind of exact flow, and those at the edges of its start."""
