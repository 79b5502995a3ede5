"""Training: gradient descent and gradient flow over many two-layer networks at once."""

from lazyrich.training.descent import Descent, descent
from lazyrich.training.gradient_flow.flow import Flow, flow
from lazyrich.training.gradient_flow.trajectory import Trajectory
from lazyrich.training.lazy_twin.twin import LazyTwin
from lazyrich.training.threads import single_thread

__all__ = ["Descent", "Flow", "LazyTwin", "Trajectory", "descent", "flow", "single_thread"]
