"""Measure how long a worker has been silent, and how long it has computed one frame.

Seconds are added at each check and not read from the clock, so that time in which the server itself was stopped,
suspended or delayed does not count against its workers.
"""

from __future__ import annotations


class Heartbeat:
    """The heartbeat of one worker.

    silent: seconds since its last message. frame: seconds spent on the current frame. strays: unused messages since
    the last used one.
    """

    def __init__(self) -> None:
        self.silent = self.frame = 0.0
        self.strays = 0
        self._turn = (0, "")

    def heard(self) -> None:
        """Record that it sent a message."""
        self.silent = 0.0

    def check(self, turn: tuple[int, str], seconds: float) -> None:
        """Record its current turn (`Worker.turn`), `seconds` after the last check."""
        self.silent += seconds
        self.frame = self.frame + seconds if turn[1] and turn == self._turn else 0.0
        self._turn = turn
