"""Up to which size a network alone is trained in numpy: one bound, for the library and for the estimates of cost."""

from __future__ import annotations

__all__ = ["MAX_PRODUCTS"]

MAX_PRODUCTS = 100_000
"""Multiplications of a network's first layer on all inputs, m n d. Up to here a flow of second order with dense output
is faster than one of first order whose steps end at each of 400 frames; where more pairs of neuron and input flip, it
is not. numpy's products stay on one thread, whatever its library is allowed (OpenBLAS: below 2^18). Measured."""
