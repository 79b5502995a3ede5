"""Recording in a replay: the responses that a server would send to a live chart, and the data of its charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from lazyrich.client import live_data, protocol
from lazyrich.config.schema import Config, experiment_module
from lazyrich.ending import Ending
from lazyrich.experiments import registry
from lazyrich.frame import Frame, Status
from lazyrich.moment import moment_of

MAX_BYTES: Final = 50_000_000
"""Largest size of a replay's frames in bytes, unpacked: browsers hold them all, and the file is sent by mail."""

RUN: Final = "run"
"""Identifier of the run in its answers."""


class Recording(Protocol):
    """A run with its frames, such as a Result; attributes as in `lazyrich.results.result.Result`."""

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


@dataclass(frozen=True)
class Kept:
    """A run kept beside the one that is played. label: its name in a legend. place: its index among the colours."""

    recording: Recording
    label: str
    place: int


def row_bytes(frames: Sequence[Frame]) -> int:
    """Return the size of frames in a browser in bytes: a row of float32 for each, all of the same length."""
    if not frames:
        return 0
    first = frames[0]
    return 4 * len(frames) * (2 + len(first.metrics) + sum(array.size for array in first.chart_data.values()))


def obstacle(frames: Sequence[Frame]) -> str:
    """Return a sentence on why frames cannot be replayed; empty if they can."""
    if not frames:
        return "This run has no frame yet: a replay needs at least one."
    if (size := row_bytes(frames)) > MAX_BYTES:
        return (
            f"A replay holds at most {MAX_BYTES / 1e6:.0f} MB of frames, and this run has {size / 1e6:.0f} MB: "
            "choose a smaller network or fewer networks, or take its curves and arrays."
        )
    return ""


def answers(recording: Recording, kept: Sequence[Kept] = ()) -> list[bytes]:
    """Return the server's answers: one with all frames, and one without frames, which marks the end.

    A run that still trains gets the status "stopped".

    Args:
        recording: The run.
        kept: Runs of the same experiment beside it.

    Returns:
        Binary messages as in `lazyrich.client.protocol`.

    Raises:
        ValueError: If the frames of one of them cannot be replayed; see `obstacle`.
    """
    first, last = zip(
        *map(_entries, _named(recording, kept), (recording, *(one.recording for one in kept))), strict=True
    )
    return [protocol.pack_answer(first), protocol.pack_answer(last)]


def _named(recording: Recording, kept: Sequence[Kept]) -> list[str]:
    """Return the ids of the runs in their answers."""
    return [RUN, *(f"{RUN}-{number}" for number in range(1, len(kept) + 1))]


def _entries(id: str, recording: Recording) -> tuple[Any, Any]:
    """Return the entry of a run with its frames, and the one without any."""
    config, frames = recording.config, recording.frames
    if why := obstacle(frames):
        raise ValueError(why)
    status, message = recording.status, recording.message
    if status not in ("finished", "stopped", "failed"):
        status, message = "stopped", f"Saved while the run was training: this replay ends at {moment_of(frames)}."
    state: dict[str, Any] = {"message": message, "ending": recording.ending}
    entry = protocol.describe_frames(id, status, 0, frames, **state)
    expected = max(config.expected_frames, len(frames))
    entry["header"] = protocol.describe_run(frames[0], expected, config.model_dump(mode="json"), config.caption)
    last = protocol.describe_frames(id, status, len(frames), (), **state)
    return (entry, map(protocol.pack_frame, frames)), (last, ())


def view(recording: Recording, label: str = "", kept: Sequence[Kept] = ()) -> dict[str, Any]:
    """Return the charts and readings that a live chart shows for the run, as on the page of its experiment.

    Args:
        recording: The run that is played.
        label: Its name in a legend.
        kept: Runs of the same experiment beside it.
    """
    config = recording.config
    # a student on own data has the charts of StudentTeacher
    module = experiment_module(registry.get(config.name, type(config)), "charts")
    if "task" in recording.own:
        header = recording.frames[0].header
        tested = header is None or len(header.arrays.get("X_test", ())) > 0
        charts, readings = module.charts_on_own_data(config, tested), module.readings_on_own_data(config, tested)
    else:
        charts, readings = module.charts(config), module.readings(config)
    id, *others = _named(recording, kept)
    runs = [live_data.run_data(id, "current", label)]
    runs += [live_data.run_data(other, "kept", one.label, one.place) for other, one in zip(others, kept, strict=True)]
    return live_data.view_data(charts, readings) | {"runs": runs}
