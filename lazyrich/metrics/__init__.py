"""Measures along a run other than losses and kernels."""

from lazyrich.metrics.kernel_reading import effective_rank, kernel_correlations, kernel_spectrum, label_shares
from lazyrich.metrics.two_layer import activation_flips, conserved_drift, parameter_distance, teacher_alignment

__all__ = [
    "activation_flips",
    "conserved_drift",
    "effective_rank",
    "kernel_correlations",
    "kernel_spectrum",
    "label_shares",
    "parameter_distance",
    "teacher_alignment",
]
