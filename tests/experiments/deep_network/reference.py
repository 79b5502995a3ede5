"""A small run of DeepNetwork, and its layers and outputs computed in numpy."""

import numpy as np

from lazyrich.experiments.deep_network.config import DeepNetwork

SMALL = DeepNetwork(task="parity", alphas=(0.5, 4.0), width=24, samples=80, steps=60, seeds=2)
"""A run of 0.2 s."""


def forward(layers, X):
    """(outputs (n,), pre-activations of each hidden layer)."""
    before = []
    for W in layers[:-1]:
        before.append(X @ W.T)
        X = np.maximum(before[-1], 0)
    return (X @ layers[-1].T)[:, 0], before


def layers_of(result, frame, alpha):
    held = result.weights(frame)
    return [held[f"W{number}"][alpha].astype(float) for number in range(1, result.config.depth + 1)]
