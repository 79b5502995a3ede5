"""Measure the error of a step, and distinguish it from rounding, on scales set by the data and the start.

Both solvers (batched_solver.py, small/solver.py) use it, so that they judge steps alike.

    accuracy = Accuracy.of(X, y, eps, tolerance=2e-3)
    accuracy.error(...), accuracy.at_rest(...)
"""

from __future__ import annotations

from typing import Any, Final, Self

__all__ = ["Accuracy"]

FUNCTION_WEIGHT: Final = 0.6
FUNCTION_SHARE: Final = 0.2
"""Weight of errors in the network's linear map, and the share of the outputs' own map that counts as an error of size
one. Lazy students have large weights that hardly change: errors relative to those alone let f drift by several percent.
"""

START_SHARE: Final = 0.1
"""The scale of outputs is the largest of that of the data, that of the network now, and this share of that at the
start. With the data's alone, a start whose outputs are many times larger would be followed more closely than its
rounding allows, at up to a hundred times the cost, and outputs of 0 would have no scale; with the current one alone,
vanishing outputs would be followed down to any size."""

SINGLE: Final = 1e-10
"""A number between the roundings of float64 and float32."""


class Accuracy:
    """Scales of one data set X (n, d), y (n,).

    Args:
        shape: (n, d).
        inputs: Sum of the squares of X.
        outputs: Sum of the squares of y.
        eps: Rounding of the type of the computation.
        tolerance: Unit of errors.
    """

    def __init__(self, shape: tuple[int, int], inputs: float, outputs: float, eps: float, tolerance: float):
        n, d = shape
        self._tolerance = tolerance
        self._data_outputs = outputs**0.5
        # |beta| of a linear map that gives outputs of size 1 on inputs of the size of X
        self._unit_map = (d / inputs) ** 0.5 if inputs else 0.0
        # a slope below this share of outputs times weights is rounding: n residuals rounded by eps |y_j| each
        self._rounding = 4 * eps * (inputs / n) ** 0.5
        # so is a loss below the square of this share of outputs: the stages of long steps leave some 30 roundings that
        # never settle (in float32 a loss that small may still be of interest, so the share is smaller)
        self._exact = (64 if eps < SINGLE else 8) * eps / n**0.5

    @classmethod
    def of(cls, X: Any, y: Any, eps: float, tolerance: float) -> Self:
        """Return the scales of inputs X (n, d) and targets y (n,), numpy or torch."""
        return cls(X.shape, float((X * X).sum()), float((y * y).sum()), eps, tolerance)

    def error(self, size: float, off: float, mapped: float, outputs: float, at_start: float) -> float:
        """Return the error of a step in units of the tolerance.

        It is the larger of the error of the weights and that of the linear map sum_i a_i w_i.

        Args:
            size: Norm of the trained weights.
            off: Norm of their error.
            mapped: Norm of the error of the linear map.
            outputs: Norm of the network's outputs now.
            at_start: The same at the start of training.

        Returns:
            A number; nan where the weights are not finite.
        """
        if not off:
            return 0.0 if size == size else float("nan")
        by_weights, by_map, _ = self.limits(1.0, size, outputs, at_start)
        error = off / by_weights if by_weights else float("inf")
        return max(error, mapped / by_map) if by_map else error

    def limits(self, share: float, size: float, outputs: float, at_start: float) -> tuple[float, float, float]:
        """Return the errors of weights, linear map and outputs that each alone are `share` tolerances. See `error`."""
        unit = share * self._tolerance
        of_outputs = unit * FUNCTION_SHARE / FUNCTION_WEIGHT * max(self._usual(at_start), outputs)
        return unit * size, of_outputs * self._unit_map, of_outputs

    def at_rest(self, slope: float, size: float, loss: float, at_start: float) -> bool:
        """Return whether only rounding would move weights of norm `size` with a slope of norm `slope`."""
        usual = self._usual(at_start)
        return slope <= self.rounding(at_start) * size or loss <= (self._exact * usual) ** 2

    def rounding(self, at_start: float) -> float:
        """Return the slope, per size of the weights, that may be rounding."""
        return self._rounding * self._usual(at_start)

    def _usual(self, at_start: float) -> float:
        """Return the norm of outputs that errors are relative to if the current outputs are smaller."""
        return max(self._data_outputs, START_SHARE * at_start)
