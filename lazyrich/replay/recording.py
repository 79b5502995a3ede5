"""The recording in a replay: the responses that a server would send to a live chart, and the data drawn from them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from lazyrich.client import live_data, protocol
from lazyrich.config.schema import Config, beside
from lazyrich.ending import Ending
from lazyrich.experiments import registry
from lazyrich.frame import Frame, Status
from lazyrich.moment import moment_of

MAX_BYTES: Final = 50_000_000
"""Most bytes of frames in a replay, unpacked: browsers hold them at once, and the file is sent by mail."""

RUN: Final = "run"
"""The id of the run in its answers."""


class Recording(Protocol):
    """A run with its frames, such as a Result: the attributes are those of `lazyrich.results.result.Result`."""

    config: Config
    frames: tuple[Frame, ...]
    status: Status
    message: str
    own: tuple[str, ...]

    @property
    def ending(self) -> Ending | None:
        """State of the losses at its end."""

    @property
    def environment(self) -> dict[str, str]:
        """Versions and device of the run."""


def row_bytes(frames: Sequence[Frame]) -> int:
    """Return the bytes that frames take in a browser: float32, a row each, all of one length."""
    if not frames:
        return 0
    first = frames[0]
    return 4 * len(frames) * (2 + len(first.metrics) + sum(array.size for array in first.chart_data.values()))


def obstacle(frames: Sequence[Frame]) -> str:
    """Say in a sentence why frames cannot be replayed; empty if they can."""
    if not frames:
        return "This run has no frame yet: a replay needs at least one."
    if (size := row_bytes(frames)) > MAX_BYTES:
        return (
            f"A replay holds at most {MAX_BYTES / 1e6:.0f} MB of frames, and this run has {size / 1e6:.0f} MB: "
            "choose a smaller network or fewer networks, or take its curves and arrays."
        )
    return ""


def answers(recording: Recording) -> list[bytes]:
    """Return all frames in one answer, and a last one without any, which tells that no more will come.

    A run that still trains is said to have been stopped where it is.

    Raises:
        ValueError: If `obstacle` has a sentence about its frames.
    """
    config, frames = recording.config, recording.frames
    if why := obstacle(frames):
        raise ValueError(why)
    status, message = recording.status, recording.message
    if status not in ("finished", "stopped", "failed"):
        status, message = "stopped", f"Saved while the run was training: this replay ends at {moment_of(frames)}."
    state: dict[str, Any] = {"message": message, "ending": recording.ending}
    entry = protocol.describe_frames(RUN, status, 0, frames, **state)
    expected = max(config.expected_frames, len(frames))
    entry["header"] = protocol.describe_run(frames[0], expected, config.model_dump(mode="json"), config.caption)
    last = protocol.describe_frames(RUN, status, len(frames), (), **state)
    return [protocol.pack_answer([(entry, map(protocol.pack_frame, frames))]), protocol.pack_answer([(last, ())])]


def view(recording: Recording) -> dict[str, Any]:
    """Return what a live chart draws of the run: the charts and readings of its experiment, as on its page."""
    config = recording.config
    # a student on own data has those of StudentTeacher
    module = beside(registry.get(config.name, type(config)), "charts")
    if "task" in recording.own:
        header = recording.frames[0].header
        tested = header is None or len(header.arrays.get("X_test", ())) > 0
        charts, readings = module.charts_on_own_data(config, tested), module.readings_on_own_data(config, tested)
    else:
        charts, readings = module.charts(config), module.readings(config)
    return live_data.view_data(charts, readings) | {"runs": [live_data.run_data(RUN, "current")]}
