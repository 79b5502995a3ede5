"""The path of one neuron's weights to the end of a step: a cubic Hermite polynomial, corrected at lines.

It uses Python's own floats: for two numbers an array costs more than its arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Path"]


class Path:
    """Weights (x, y) from now to the end of a step, or to where it is cut.

    Args:
        values: Weights and slopes at the start of the step, then both at its end, x and y of each (8,).
        length: Of the step.
    """

    __slots__ = ("_dx", "_dx_end", "_dy", "_dy_end", "_time", "_x", "_y", "x_end", "y_end")

    def __init__(self, values: Sequence[float], length: float):
        x, y, dx, dy, x_end, y_end, dx_end, dy_end = values
        self._time = length
        self._x, self._y, self._dx, self._dy = x, y, dx * length, dy * length
        self.x_end, self.y_end, self._dx_end, self._dy_end = x_end, y_end, dx_end * length, dy_end * length

    @property
    def way(self) -> tuple[float, float]:
        """Return a direction in which the weights are now, seen from the origin."""
        return (self._x, self._y) if self._x or self._y else (self._dx, self._dy)

    def along(self, nx: float, ny: float) -> tuple[float, float, float, float]:
        """Return the weights' product with (nx, ny) and its slope for the whole way: now, then at the end."""
        return (
            nx * self._x + ny * self._y,
            nx * self._dx + ny * self._dy,
            nx * self.x_end + ny * self.y_end,
            nx * self._dx_end + ny * self._dy_end,
        )

    def skip(self, share: float) -> None:
        """Go on by this share of the way."""
        rest = 1 - share
        self._x, self._y, dx, dy = self._at(share)
        self._dx, self._dy = dx * rest, dy * rest
        self._dx_end, self._dy_end = self._dx_end * rest, self._dy_end * rest
        self._time *= rest

    def add(self, vx: float, vy: float) -> None:
        """Move with an additional speed from now on."""
        x, y = vx * self._time, vy * self._time
        self._dx, self._dy = self._dx + x, self._dy + y
        self.x_end, self.y_end, self._dx_end, self._dy_end = (
            self.x_end + x,
            self.y_end + y,
            self._dx_end + x,
            self._dy_end + y,
        )

    def add_growing(self, vx: float, vy: float) -> None:
        """Move with an additional speed that grows from 0 now to this at the end."""
        x, y = vx * self._time, vy * self._time
        self.x_end, self.y_end = self.x_end + x / 2, self.y_end + y / 2
        self._dx_end, self._dy_end = self._dx_end + x, self._dy_end + y

    def stay_on(self, nx: float, ny: float) -> None:
        """Stay on the line through the origin with the unit normal (nx, ny)."""
        z, dz, z_end, dz_end = self.along(nx, ny)
        self._x, self._y = self._x - z * nx, self._y - z * ny
        self._dx, self._dy = self._dx - dz * nx, self._dy - dz * ny
        self.x_end, self.y_end = self.x_end - z_end * nx, self.y_end - z_end * ny
        self._dx_end, self._dy_end = self._dx_end - dz_end * nx, self._dy_end - dz_end * ny

    def begin_at_origin(self, vx: float, vy: float) -> None:
        """Go from the origin with this speed."""
        x, y = vx * self._time, vy * self._time
        self._x = self._y = 0.0
        self._dx = self.x_end = self._dx_end = x
        self._dy = self.y_end = self._dy_end = y

    def _at(self, s: float) -> tuple[float, float, float, float]:
        """Return the weights at a share of the way, and their slope for the whole way."""
        r = 1 - s
        a, b, c, d = r * r * (1 + 2 * s), s * r * r, s * s * (3 - 2 * s), s * s * r
        p, q, v = 6 * s * r, r * (1 - 3 * s), s * (2 - 3 * s)
        return (
            a * self._x + b * self._dx + c * self.x_end - d * self._dx_end,
            a * self._y + b * self._dy + c * self.y_end - d * self._dy_end,
            p * (self.x_end - self._x) + q * self._dx - v * self._dx_end,
            p * (self.y_end - self._y) + q * self._dy - v * self._dy_end,
        )
