"""Define the time at which a training loss falls to a tenth of its first value; all experiments use this definition."""

from __future__ import annotations

import math

SHARE = 0.1

HELP = "How long training takes to bring the training loss down to a tenth of its first value; – while it has not yet."
"""Explanation of the number on the page."""

FORMULA = "Flow time t = learning rate × steps, on the straight line between two frames in log t and log loss."
"""Explanation of how it is computed, shown beside it."""


class TimeToTenth:
    """The first time at which a loss is a tenth of its first value.

    Between two frames the logarithm of the loss is interpolated linearly in log t, and from t = 0, which has no
    logarithm, in t.
    """

    def __init__(self) -> None:
        self._goal = math.nan
        self._before = (math.nan, math.nan)
        self._found = math.nan

    def __call__(self, time: float, loss: float) -> float:
        """Add the next frame.

        Args:
            time: Its time, later than that of the previous frame.
            loss: Its training loss.

        Returns:
            The time to a tenth, once reached; nan before, and if the first loss is 0 or not finite.
        """
        if math.isnan(self._before[0]):
            self._goal = SHARE * loss if loss > 0 else math.nan
        elif math.isnan(self._found) and loss <= self._goal:
            self._found = _crossing(*self._before, time, loss, self._goal)
        self._before = (time, loss)
        return self._found


def _crossing(t0: float, loss0: float, t1: float, loss1: float, goal: float) -> float:
    """Return the time at which the line from (t0, loss0 > goal) to (t1, loss1 <= goal) reaches goal."""
    if loss1 <= 0:
        return t1  # the logarithm of a loss of 0 is minus infinity
    share = math.log(loss0 / goal) / math.log(loss0 / loss1)
    return t0 * (t1 / t0) ** share if t0 > 0 else t0 + share * (t1 - t0)
