"""Neural tangent kernels, with learning rates as in the paper's Theta, and the distances between them.

    K0, K1 = two_layer_ntk(X, W0, a0), two_layer_ntk(X, W1, a1)
    kernel_distance(K0, K1)

Arrays are numpy, torch, pandas or lists (lazyrich.arrays); results have no autograd history. Source: theory.md,
sections 5, 7 and 8.
"""

from lazyrich.kernels.distance import kernel_distance
from lazyrich.kernels.module import ntk
from lazyrich.kernels.recorded import KernelDistance
from lazyrich.kernels.spectrum import largest_eigenvalue, largest_stable_rate
from lazyrich.kernels.two_layer import two_layer_ntk

__all__ = [
    "KernelDistance",
    "kernel_distance",
    "largest_eigenvalue",
    "largest_stable_rate",
    "ntk",
    "two_layer_ntk",
]
