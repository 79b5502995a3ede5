"""Largest size at which a single network is trained in numpy: one bound, for the library and for cost estimates."""

from __future__ import annotations

__all__ = ["MAX_PRODUCTS"]

MAX_PRODUCTS = 100_000
"""Multiplications of a network's first layer on all inputs, m n d. Up to this size a flow of second order with dense
output is faster than one of first order whose steps end at each of 400 frames; above, more pairs of neuron and input
flip and it is slower. numpy's products stay on one thread at this size, whatever its library may use (OpenBLAS: below
2^18). Measured."""
