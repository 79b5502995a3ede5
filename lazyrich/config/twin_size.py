"""Largest problem that can have a lazy twin: one bound, for the library and for the settings of a run."""

from __future__ import annotations

__all__ = ["MAX_TWIN", "twin_too_large"]

MAX_TWIN = 2000
"""The smaller one of samples n and weights m (d + 1), which is the size of the eigenvalue problem."""


def twin_too_large(samples: int, width: int, dimension: int) -> str:
    """Return what is too large for a lazy twin and what to do, as the rest of a sentence; empty if the problem fits."""
    weights = width * (dimension + 1)
    if min(samples, weights) <= MAX_TWIN:
        return ""
    return (
        f"allows at most {MAX_TWIN:,} samples or {MAX_TWIN:,} weights m (d + 1), got {samples:,} samples and "
        f"{weights:,} weights: take {MAX_TWIN:,} samples or fewer, or a narrower network"
    )
