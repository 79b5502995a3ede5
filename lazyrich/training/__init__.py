"""How networks learn: gradient descent over many two-layer networks at once."""

from lazyrich.training.descent import Descent, descent
from lazyrich.training.threads import single_thread
from lazyrich.training.trajectory import Trajectory

__all__ = ["Descent", "Trajectory", "descent", "single_thread"]
