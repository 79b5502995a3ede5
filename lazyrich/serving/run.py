"""Define a run: the append-only log of one config's frames, with its state. Each viewer reads from its own cursor."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lazyrich.config.schema import Config
from lazyrich.ending import Ending
from lazyrich.frame import Frame, Status
from lazyrich.serving.admission import FRAME_OVERHEAD, log_bytes
from lazyrich.serving.progress import Progress
from lazyrich.serving.run_states import AUDIENCES, PHASES, Audience, AudienceEvent, Event, Phase, next_state

if TYPE_CHECKING:
    from lazyrich.results.result import Result

RUN_OVERHEAD: Final = 5000
"""Bytes of a run without frames: config, sentences, places in tables."""


class Run:
    """One run. Only the pool changes it; everyone may read it at any time, without a lock.

    Attributes:
        id: Unguessable identifier.
        phase, audience: Its state, see `serving.run_states`. Read the phase once and query that value, to get a
            consistent view during a change.
        message: One sentence for people on why it waits, is computed again, stopped or failed; else empty.
        remedy: Settings that would avoid a failure.
        frames: The log, which only grows, except that a run which is over may lose its weights.
        expected: Number of frames of a complete run.
        version: Number that grows with every change of the data sent to viewers.
        viewers: Number of viewers.
        expires_at: Time on the monotonic clock at which it is ended for lack of viewers; None while it is watched.
        interruptions: Number of workers that died while computing it.
        repeat_reason: Reason for computing it again, until it has caught up.
        nbytes: Size of the log and of data that came with the config.
        weights_dropped: Whether its weights were dropped to free memory.
        pace: Its progress over time.
        given: Frames of an earlier run that this one continues, which no worker sends.
    """

    def __init__(self, config: Config, run_frames: float, given: Sequence[Frame] = ()):
        self.id = secrets.token_urlsafe(12)
        self.config = config
        self.phase = Phase.QUEUED
        self.audience = Audience.AWAITED
        self.message = ""
        self.remedy: dict[str, Any] = {}
        self.frames: list[Frame] = []
        self.expected = config.expected_frames
        self.version = 0
        self.viewers = 0
        self.expires_at: float | None = None
        self.interruptions = 0
        self.repeat_reason = ""
        self.nbytes = RUN_OVERHEAD + config.nbytes
        self.weights_dropped = False
        self.pace = Progress(config, run_frames)
        self._weights = 0
        self._estimate = round(log_bytes(config))
        self._ending: Ending | None = None
        for frame in given:
            self._append(frame)
        self._given = self._received = len(self.frames)
        """Number of frames given or sent by its worker; smaller than the log while it is computed again."""

    def __repr__(self) -> str:
        # Leave out the id, because it grants access to the run, and this text is written to logs.
        return (
            f"<Run of {self.config.name} {self.config.key}: {self.status}, {len(self.frames)}/{self.expected} frames>"
        )

    @property
    def status(self) -> Status:
        """Return the status: waiting, running, finished, stopped or failed."""
        return self.phase.status

    @property
    def over(self) -> bool:
        """Return whether no further frame will come."""
        return self.phase.over

    @property
    def final(self) -> bool:
        """Return whether a request for the same config returns this run although it is over."""
        return self.phase.final

    @property
    def abandoned(self) -> bool:
        """Return whether the server ended it: because it had no viewers, or to make room."""
        return self.phase is Phase.ABANDONED

    @property
    def resting(self) -> bool:
        """Return whether its last viewer has left; then it gets no turns, even when its place in the queue comes up."""
        return self.audience is Audience.UNWATCHED

    @property
    def awaited(self) -> bool:
        """Return whether it was requested a moment ago by a visitor who has not connected yet."""
        until = self.expires_at
        return self.audience is Audience.AWAITED and until is not None and time.monotonic() < until

    @property
    def ending(self) -> Ending | None:
        """Return whether the losses had settled when it ended; None while it goes on, and if it failed."""
        if self.status not in ("finished", "stopped"):
            return None
        if self._ending is None and self.frames:
            self._ending = self.config.ending(self.frames)
        return self._ending

    @property
    def reserved_bytes(self) -> int:
        """Return the bytes reserved for the log, so that an admitted run is not ended for lack of memory."""
        return self.nbytes if self.over else max(self.nbytes, self._estimate)

    @property
    def weights(self) -> int:
        """Return the bytes of the weights that `drop_weights` would free.

        0 for a run that is not over, or that another may continue, as these need them.
        """
        return 0 if self.weights_dropped or not self.over or hasattr(self.config, "continuation") else self._weights

    @property
    def progress(self) -> float:
        """Return the share of its time that is done, 0 to 1."""
        return 1.0 if self.status == "finished" else self.pace.share

    @property
    def remaining(self) -> float:
        """Return the remaining seconds, from its own speed or else from the estimate; 0 when it is over."""
        return 0.0 if self.over else self.pace.remaining

    # ---- methods that change it, called with the pool's lock held

    def expect_viewer(self, until: float) -> None:
        """Keep it for a visitor who has requested it and has to connect before `until`."""
        self._attend(AudienceEvent.ASK)
        if self.viewers == 0:
            self.expires_at = until

    def join(self) -> None:
        """Count one viewer more."""
        self._attend(AudienceEvent.JOIN)
        self.viewers += 1
        self.expires_at = None

    def leave(self, until: float) -> None:
        """Count one viewer less. Without viewers it rests, and a viewer has to come back before `until`."""
        self._attend(AudienceEvent.PART if self.viewers > 1 else AudienceEvent.LEAVE)
        self.viewers -= 1
        if self.viewers == 0:
            self.expires_at = until

    def wait(self, why: str) -> None:
        """Set the sentence on why it still waits."""
        if self.message != why:
            self._enter(Event.WAIT, why)

    def start(self) -> None:
        """Mark it as computed by a worker from now on."""
        self._enter(Event.START, self.repeat_reason)

    def interrupt(self, why: str) -> None:
        """Mark its worker as lost; another one will compute it again from the start."""
        self._enter(Event.INTERRUPT, why)
        self.repeat_reason = why
        self._received = self._given
        self.interruptions += 1

    def receive(self, frame: Frame) -> bool:
        """Record the next frame of its worker: a new one, or one that another worker sent before.

        Returns:
            Whether it agrees with the log; if not, nothing has changed.
        """
        if self._received == len(self.frames):
            self._enter(Event.ADD)
            self.repeat_reason = ""
            self._append(frame)
        else:
            next_state(PHASES, self.phase, Event.REPEAT)
            if not self.frames[self._received].same(frame):
                return False
        self._received += 1
        return True

    def end(self, event: Event, message: str = "", remedy: Mapping[str, Any] | None = None) -> None:
        """Finish, stop, abandon, fail or reject it. remedy: settings that would avoid a failure."""
        self._enter(event, message, remedy)

    def drop_weights(self) -> None:
        """Drop the weights, which only downloads need and which are most of the log of a deep network."""
        next_state(PHASES, self.phase, Event.DROP_WEIGHTS)
        self.nbytes -= self.weights
        self.weights_dropped = True
        self.frames = [replace(frame, arrays={}) for frame in self.frames]

    def _append(self, frame: Frame) -> None:
        # The chart data is held twice: in the frame and, once a viewer has read it, in the packed row.
        size = frame.nbytes + sum(array.nbytes for array in frame.chart_data.values()) + FRAME_OVERHEAD
        self.frames.append(frame)
        self.pace.record(frame, len(self.frames))
        self._weights += sum(array.nbytes for array in frame.arrays.values())
        self.nbytes += size
        self.version += 1

    def _enter(self, event: Event, message: str = "", remedy: Mapping[str, Any] | None = None) -> None:
        """Change the phase. Set it last, so that a reader who takes it first never sees half of a change."""
        phase = next_state(PHASES, self.phase, event)
        self.message, self.remedy = message, dict(remedy or {})
        self.phase = phase
        self._keep_time()
        self.version += 1

    def _attend(self, event: AudienceEvent) -> None:
        self.audience = next_state(AUDIENCES, self.audience, event)
        self._keep_time()

    def _keep_time(self) -> None:
        """Run the clock of its progress while a worker gives it turns."""
        if self.status == "running" and not self.resting:
            self.pace.start()
        else:
            self.pace.pause()

    def result(self) -> Result:
        """Return the result up to now, for downloads."""
        from lazyrich.results.result import Result  # imports pandas, which training and streaming do not need

        status, message = self.status, self.message
        return Result(self.config, list(self.frames), status, message)
