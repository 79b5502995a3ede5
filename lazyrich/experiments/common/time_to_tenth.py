"""Find when a run's training loss falls to a tenth of its first value: the only definition, for all experiments."""

from __future__ import annotations

import math

SHARE = 0.1

HELP = "How long training takes to bring the training loss down to a tenth of its first value; – while it has not yet."
"""Explanation of the number on the page."""

FORMULA = "Flow time t = learning rate × steps, on the straight line between two frames in log t and log loss."
"""How it is computed, where it is shown."""


class TimeToTenth:
    """The first time at which a loss is a tenth of its first value.

    Between two frames the loss follows a straight line in log t and log loss. From t = 0, which no log axis has, the
    line runs in t and log loss.
    """

    def __init__(self) -> None:
        self._goal = math.nan
        self._before = (math.nan, math.nan)
        self._found = math.nan

    def __call__(self, time: float, loss: float) -> float:
        """Take in the next frame.

        Args:
            time: Its time, later than that of the frame before.
            loss: Its training loss.

        Returns:
            The time to a tenth, once reached; nan before, and where the first loss is 0 or not finite.
        """
        if math.isnan(self._before[0]):
            self._goal = SHARE * loss if loss > 0 else math.nan
        elif math.isnan(self._found) and loss <= self._goal:
            self._found = _crossing(*self._before, time, loss, self._goal)
        self._before = (time, loss)
        return self._found


def _crossing(t0: float, loss0: float, t1: float, loss1: float, goal: float) -> float:
    """Return where the line from (t0, loss0 > goal) to (t1, loss1 <= goal) is at goal."""
    if loss1 <= 0:
        return t1  # a loss of 0 is infinitely far down
    share = math.log(loss0 / goal) / math.log(loss0 / loss1)
    return t0 * (t1 / t0) ** share if t0 > 0 else t0 + share * (t1 - t0)
