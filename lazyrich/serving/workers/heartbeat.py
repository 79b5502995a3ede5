"""How long a worker has been silent, and how long it has computed one frame.

Counted in looks rather than on the clock: when it is the server that was stopped, put to sleep or held up, the time
that it did not look is not held against its workers.
"""

from __future__ import annotations


class Heartbeat:
    """The heartbeat of one worker.

    silent: seconds since its last message. frame: seconds spent on the current frame. strays: messages of no use since
    the last useful one.
    """

    def __init__(self) -> None:
        self.silent = self.frame = 0.0
        self.strays = 0
        self._turn = (0, "")

    def heard(self) -> None:
        """It sent something."""
        self.silent = 0.0

    def look(self, turn: tuple[int, str], seconds: float) -> None:
        """`seconds` after the last look its turn, as `Worker.turn` tells it, is this."""
        self.silent += seconds
        self.frame = self.frame + seconds if turn[1] and turn == self._turn else 0.0
        self._turn = turn
