"""A run: the append-only log of one config's frames, with a status. Viewers read it, each from its own cursor."""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lazyrich.config.schema import Config
from lazyrich.ending import Ending
from lazyrich.frame import Frame, Status
from lazyrich.serving.admission import FRAME_OVERHEAD, log_bytes
from lazyrich.serving.progress import Progress

if TYPE_CHECKING:
    from lazyrich.results.result import Result

RUN_OVERHEAD: Final = 5000
"""Bytes of a run without frames: config, sentences, places in tables."""


class Run:
    """One run. Only the pool changes it; everyone may read it at any time, without a lock.

    id: unguessable. status: waiting, running, finished, stopped or failed. message: one sentence for people on why it
    waits, stopped or failed, else empty. remedy: settings that would mend a failure. frames: appended to, never
    changed, but that a run which is over may lose its weights. expected: frames that a full run has. version: goes up
    with every change. viewers: how many watch. nbytes: of the log and of data that came with the config. claim: bytes
    that are set aside for it: while frames come, at least those of the estimate. pace: how fast it comes on.
    """

    def __init__(self, config: Config):
        self.id = secrets.token_urlsafe(12)
        self.config = config
        self.status: Status = "waiting"
        self.message = ""
        self.remedy: dict[str, Any] = {}
        self.frames: list[Frame] = []
        self.expected = config.expected_frames
        self.version = 0
        self.viewers = 0
        self.nbytes = RUN_OVERHEAD + config.nbytes
        self._weights = 0
        self._estimate = round(log_bytes(config))
        self.final = False
        """Whether a request for the same config gets this run although it is over: finished, or sure to fail again."""
        self.abandoned = False
        """Whether it was ended though nobody stopped it: because nobody watched, or to make room."""
        self.light = False
        """Whether its weights were let go of, for want of memory; all that a chart shows is kept."""
        self.resting = False
        """Whether its last viewer has left: then it gets no turns, also when its place in the queue comes up."""
        self.pace = Progress(config)
        self.sent = 0
        """Frames it was given or its worker has sent: fewer than there are while another worker computes it again."""
        self._ending: Ending | None = None
        self.given = 0
        """Frames that it began with, of a run before it, and that no worker sends."""
        self.again = ""
        """Why it is computed once more, as long as it has not caught up."""
        self.repeats = 0
        """How often it was."""
        self.ends_at: float | None = None
        """When it is ended for want of viewers, on the monotonic clock; None while somebody watches."""

    def __repr__(self) -> str:
        # Without the id: who knows it may read the run, and this is written to logs.
        return (
            f"<Run of {self.config.name} {self.config.key}: {self.status}, {len(self.frames)}/{self.expected} frames>"
        )

    @property
    def over(self) -> bool:
        """Whether no frame will come any more."""
        return self.status in ("finished", "stopped", "failed")

    @property
    def ending(self) -> Ending | None:
        """Whether the losses had settled where it ended; None while it goes on, and where it failed."""
        if self.status not in ("finished", "stopped"):
            return None
        if self._ending is None and self.frames:
            self._ending = self.config.ending(self.frames)
        return self._ending

    @property
    def awaited(self) -> bool:
        """Whether somebody has asked for it a moment ago and has yet to come to watch it."""
        return not (self.viewers or self.resting) and self.ends_at is not None and time.monotonic() < self.ends_at

    @property
    def claim(self) -> int:
        """Bytes set aside for the log, so that a run which was taken in is not ended for want of memory."""
        return self.nbytes if self.over else max(self.nbytes, self._estimate)

    @property
    def weights(self) -> int:
        """Bytes of the weights that `drop_weights` would let go of. A run that goes on, or that another may go on from,
        needs them."""
        return 0 if self.light or not self.over or hasattr(self.config, "going_on") else self._weights

    def drop_weights(self) -> None:
        """Let go of the weights, which nobody sees but who downloads them: most of the bytes of a deep network."""
        self.nbytes -= self.weights
        self.light = True
        self.frames = [replace(frame, arrays={}) for frame in self.frames]

    @property
    def progress(self) -> float:
        """How much of it is done, as a share of the time that it takes; 0 to 1."""
        return 1.0 if self.status == "finished" else self.pace.share

    @property
    def left(self) -> float:
        """Seconds that it still takes, from its own pace, or as estimated before it has one; 0 when it is over."""
        return 0.0 if self.over else self.pace.left

    def rest(self) -> None:
        """Nobody watches it: it gets no turns."""
        self.resting = True
        self.pace.halt()

    def resume(self) -> None:
        """Somebody watches it again, or for the first time."""
        self.resting = False
        if self.status == "running":
            self.pace.go()

    def append(self, frame: Frame) -> None:
        """Add a frame."""
        # The chart data is held twice: in the frame, and in the packed row once somebody has watched.
        size = frame.nbytes + sum(array.nbytes for array in frame.chart_data.values()) + FRAME_OVERHEAD
        self.frames.append(frame)
        self.pace.mark(frame, len(self.frames))
        self._weights += sum(array.nbytes for array in frame.arrays.values())
        self.nbytes += size
        self.version += 1

    def become(self, status: Status, message: str = "", remedy: dict[str, Any] | None = None) -> None:
        """Change the status. It is set last: who reads it first and then the rest never sees half of a change."""
        self.message, self.remedy = message, dict(remedy or {})
        if status == "running" and not self.resting:
            self.pace.go()
        elif status != "running":
            self.pace.halt()
        self.status = status
        self.version += 1

    def result(self) -> Result:
        """What there is of it now, to take away."""
        from lazyrich.results.result import Result  # brings pandas, which training and streaming can do without

        status, message = self.status, self.message
        return Result(self.config, list(self.frames), status, message)
