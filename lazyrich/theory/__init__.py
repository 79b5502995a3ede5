"""Exact solutions of linear networks, to draw the predicted run over the trained one.

theory.md, sections 1 to 4. All functions take numpy arrays, lists or torch tensors, and compute in numpy in float64.
The loss is half the sum of squares, L = (1/2) sum_j |f(x_j) - y_j|^2; the time of a run that trains on the mean squared
error of n samples is n / 2 times as long.

    from lazyrich import theory
    a, w = theory.single_neuron(t, a0, w0, beta)
    beta = theory.implicit_bias(X, y, beta0, delta=-1.0)
"""

from __future__ import annotations

from lazyrich.theory.chain import chain_conserved, chain_flow, chain_kernel_distance
from lazyrich.theory.deep import (
    conserved_matrices,
    deep_kernel_distance,
    layer_gradients,
    layer_speeds,
    network_product,
)
from lazyrich.theory.function_space import modulation, modulation_eigenvalues, phase_speed, potential
from lazyrich.theory.implicit_bias import UndecidedSign, implicit_bias, neuron_of
from lazyrich.theory.integrate import TooManySteps
from lazyrich.theory.single_neuron import (
    Limit,
    OnSeparatrix,
    limit,
    separatrix_cosine,
    sign_flip_time,
    single_neuron,
)
from lazyrich.theory.single_neuron_kernel import (
    KernelDistanceLimits,
    final_kernel_distance,
    kernel_distance_limits,
    single_neuron_kernel_distance,
)
from lazyrich.theory.wide import WideFlow, conserved_matrix, wide_flow, wide_kernel_distance, wide_kernel_product
from lazyrich.theory.wide_isotropic import NotIsotropic, wide_flow_isotropic

__all__ = [
    "KernelDistanceLimits",
    "Limit",
    "NotIsotropic",
    "OnSeparatrix",
    "TooManySteps",
    "UndecidedSign",
    "WideFlow",
    "chain_conserved",
    "chain_flow",
    "chain_kernel_distance",
    "conserved_matrices",
    "conserved_matrix",
    "deep_kernel_distance",
    "final_kernel_distance",
    "implicit_bias",
    "kernel_distance_limits",
    "layer_gradients",
    "layer_speeds",
    "limit",
    "modulation",
    "modulation_eigenvalues",
    "network_product",
    "neuron_of",
    "phase_speed",
    "potential",
    "separatrix_cosine",
    "sign_flip_time",
    "single_neuron",
    "single_neuron_kernel_distance",
    "wide_flow",
    "wide_flow_isotropic",
    "wide_kernel_distance",
    "wide_kernel_product",
]
