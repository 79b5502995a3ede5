"""Choose the length of the next step from the last errors, the limit of stability and the next time to hit exactly.

Predictive control of Gustafsson (ACM Trans. Math. Softw. 17, 1991; 20, 1994): the errors of two steps show whether a
step was too long, and how fast the error changes.

    control = StepController(order=1, tolerance=2e-3)
    control.stiffness = 3.0
    scheme, size = control.plan(target=10.0)
    control.judge(error)
"""

from __future__ import annotations

from lazyrich.training.gradient_flow.rkc import Scheme, max_stability_bound, scheme_for

__all__ = ["StepController"]

SAFETY, GROWTH, SHRINK, HARDEST_SHRINK = 0.8, 5.0, 0.2, 0.1
"""Safety factor of the predicted step, and the bounds on a step's change: the largest, the smallest after an accepted
step, and the smallest after a refused one."""

MARGIN = 1.1
"""Safety factor of h lambda, because lambda is measured from below and changes between measurements."""

EVERY = 15
"""Accepted steps between two measurements of the stiffness."""

FRESH = 3
"""Number of accepted steps after which a refused step triggers a new measurement: the stiffness may have grown."""


class StepController:
    """Control of the step length of one network, and its current time.

    Args:
        order: Order of the method, 1 or 2.
        tolerance: Unit of error estimates.
    """

    def __init__(self, order: int, tolerance: float):
        self._order, self._tolerance = order, tolerance
        self.now = 0.0
        """Time so far."""
        self.steps = 0
        """Accepted steps so far."""
        self.stiffness = 0.0
        """lambda, the fastest decay; set it after each measurement."""
        self.measure_in = 0
        """Accepted steps until the next measurement of the stiffness."""
        self._wanted = 0.0
        self._size, self._target, self._cut = 0.0, 0.0, False
        self._earlier: tuple[float, float] | None = None
        self._refused = False

    @property
    def may_be_stale(self) -> bool:
        """Return whether the last measurement of the stiffness is old enough to explain a refused step."""
        return self.measure_in <= EVERY - FRESH

    def plan(self, target: float) -> tuple[Scheme, float]:
        """Return the scheme and the length of the next step on the way to the time `target`, which is ahead.

        A size of 0 means that no step is short enough.
        """
        if not self._wanted:
            # short enough that the first step is hardly ever refused; it can grow fivefold a step
            self._wanted = self._tolerance ** (1 / (self._order + 1)) / self.stiffness if self.stiffness else target
        longest = max_stability_bound(self._order) / (MARGIN * self.stiffness) if self.stiffness else float("inf")
        size = self._wanted = min(self._wanted, longest)
        ahead = target - self.now
        # stretch the step a little: a remainder of almost nothing would cost a step
        self._cut = 1.000001 * size >= ahead
        self._size = ahead if self._cut else size
        self._target = target
        if self.now + self._size == self.now and not self._cut:
            self._size = 0.0
        need = min(MARGIN * self._size * self.stiffness, max_stability_bound(self._order))
        return scheme_for(self._order, need), self._size

    def judge(self, error: float) -> bool:
        """Return whether to accept the planned step, given its error in tolerances (nan and inf are refused)."""
        root = 1 / (self._order + 1)
        if not error <= 1:
            factor = SAFETY * error**-root if error > 1 else 0.0
            self._wanted = self._size * max(HARDEST_SHRINK, factor)
            self._refused = True
            return False
        factor = GROWTH
        if error > 0:
            factor = SAFETY * error**-root
            if self._earlier is not None and not self._refused:
                size, before = self._earlier
                factor *= (self._size / size) * (before / error) ** root
        factor = min(1.0 if self._refused else GROWTH, max(SHRINK, factor))
        if self._cut:
            # a step cut short to hit a time tells little about the length of the next
            self._wanted = max(self._wanted, self._size * factor)
            self.now = self._target
        else:
            self._wanted = self._size * factor
            self.now += self._size
            # an error of 0 would predict unlimited growth
            self._earlier = self._size, max(error, 1e-4)
        self._refused = False
        self.steps += 1
        self.measure_in -= 1
        return True

    def cut(self, now: float) -> None:
        """Take the last accepted step as one that ended at this time, within it."""
        self.now = now

    def measured(self, stiffness: float) -> None:
        """Take a new measurement of the stiffness."""
        self.stiffness = stiffness
        self.measure_in = EVERY
