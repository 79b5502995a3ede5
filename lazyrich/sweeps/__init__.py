"""Phase portraits on any number of cores or machines.

table = phase_portrait(PhasePortrait(seeds=1, x_points=9, y_points=9))
"""

from lazyrich.sweeps.portrait import Finished, computed, in_order, phase_portrait, portrait_parts, reference

__all__ = ["Finished", "computed", "in_order", "phase_portrait", "portrait_parts", "reference"]
