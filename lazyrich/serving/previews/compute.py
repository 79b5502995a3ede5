"""Compute a preview in a worker, within its plan."""

from __future__ import annotations

import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from lazyrich.client import protocol
from lazyrich.config.schema import Config
from lazyrich.frame import CannotRun, Frame, PreviewTruncated, Status
from lazyrich.serving.previews.plan import MAX_BYTES, Plan

OVERHEAD: Final = 1000
"""Bytes of the Python objects around a preview."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview as it is sent. entry: its entry in the header, as JSON. rows: its packed frames."""

    entry: bytes
    rows: bytes

    @property
    def nbytes(self) -> int:
        """Return its size in bytes."""
        return len(self.entry) + len(self.rows) + OVERHEAD


def compute(pickled: bytes, plan: Plan, spent: Callable[[], float] = time.thread_time) -> Preview:
    """Compute a preview.

    Args:
        pickled: The config.
        plan: Its bounds.
        spent: Clock of the processor seconds of this thread.

    Returns:
        The preview. If it reached a bound, it holds the frames up to there and is marked as not whole. A run that fails
        has a whole preview that fails in the same way.

    Raises:
        CannotRun: If it cannot start.
    """
    config: Config = pickle.loads(pickled)
    steps = config.preview_steps(plan.frames)
    began, size, whole = spent(), 0, False
    frames: list[Frame] = []
    rows: list[bytes] = []
    status: Status = "finished"
    failure: CannotRun | None = None
    try:
        for frame in config.frames_at(steps, plan.ordinary_seconds):
            row = protocol.pack_frame(frame)
            if frames and (size + len(row) > MAX_BYTES or spent() - began > plan.seconds):
                break
            frames.append(frame)
            rows.append(row)
            size += len(row)
        else:
            whole = True
    except PreviewTruncated:
        pass
    except CannotRun as error:
        if not frames:
            raise
        status, failure, whole = "failed", error, True
    return Preview(_entry(config, frames, len(steps), status, failure, whole), b"".join(rows))


def _entry(
    config: Config, frames: list[Frame], expected: int, status: Status, failure: CannotRun | None, whole: bool
) -> bytes:
    entry = protocol.describe_frames(
        config.key,
        status,
        0,
        frames,
        message=str(failure or ""),
        remedy=failure.remedy if failure else None,
    )
    settings = config.model_dump(mode="json")
    entry["header"] = protocol.describe_run(frames[0], expected, settings, config.caption)
    return protocol.to_json(entry | {"whole": whole})
