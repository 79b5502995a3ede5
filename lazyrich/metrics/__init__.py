"""What is measured along a run, besides losses and kernels."""

from lazyrich.metrics.two_layer import (
    activation_flips,
    conserved_drift,
    effective_rank,
    parameter_distance,
    teacher_alignment,
)

__all__ = ["activation_flips", "conserved_drift", "effective_rank", "parameter_distance", "teacher_alignment"]
