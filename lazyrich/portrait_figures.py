"""Figures of phase portraits, under the name that they had first; they are in lazyrich.sweeps.figures."""

from lazyrich.sweeps.figures import portrait_curves, portrait_map

__all__ = ["portrait_curves", "portrait_map"]
