"""Former name of lazyrich.sweeps.figures, figures of phase portraits."""

from lazyrich.sweeps.figures import portrait_curves, portrait_map

__all__ = ["portrait_curves", "portrait_map"]
