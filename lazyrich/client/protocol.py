"""Messages on the WebSocket between a live chart and the server. A replay holds the same responses in its file.

The browser holds the cursor. Each of its messages is JSON text, and the first one says who it is:

    {"token": TOKEN}                         the session's token; it has no answer

    {"after": {RUN: FRAMES_HELD, ...}}       send what is new beyond these frames, when there is something
    {"stop": RUN}                            end this training; what it has is kept
    {"preview": RUN, "with": {SETTING: VALUE, ...}, "serial": N}
                                             the picture of this run with some settings changed, at once; see below

The server's answer to the first kind is one binary message:

    uint32, little endian                    length of the header in bytes, a multiple of 4
    header                                   JSON, UTF-8, padded with spaces
    float32, little endian                   the frames of each run, in the order of the header

    header = {"runs": [{"id", "status", "message", "remedy", "progress", "left", "first", "count", "verdicts": [...],
    "remarks"?, "header"?, "ending"?}, ...]}

Nothing new for ten seconds is an answer too, with no runs in it: it tells the browser that the line is not cut.
`first` is the index of the first frame sent and `count` how many. `remarks` are further sentences on these frames, left
out where there are none. A frame is one row of floats: the columns (step, time, then the metrics) and then the chart
arrays, flattened. `header` comes with a run's frame 0 and says how to read a row:

    {"columns": [...], "arrays": [[name, shape], ...], "spread": [name, ...], "expected": N, "config": {...},
    "settings": "τ 0.1 · ...", "environment": {...}, "chart_data": {...}}

The last axis of the arrays that `spread` names is (median, lowest, highest) over the seeds. Of one of the shape
(networks, 3), network k has the columns "NAME[k]", "NAME[k].low" and "NAME[k].high", which charts can draw as curves.
`expected` is the number of frames that a full run has. `status` is waiting, running, finished, stopped or failed;
`message` is one sentence for people, `remedy` settings that would mend a failure, `progress` how much of the run is
done as a share of its time, 0 to 1, `left` the seconds that it still takes as the server sees it. Of a
run that is over, `ending` says whether its losses had settled: {"state", "words", "brief", "onward"}, see
lazyrich.ending; onward: whether the page offers to train on until they have.

A preview is a binary message of the same form, in its own time, with the frames of the preview alone:

    header = {"runs": [], "preview": ENTRY | null, "serial": N, "why": ""}

ENTRY is as that of a run with its `header`, and in addition "whole": whether these frames reach to the end of the run,
or are the beginning of it. They are some of the run's, evenly spread in log(step), and equal in all that is sent, but
for numbers so near 0 that they are rounding themselves. `expected` is how many a whole preview has. `id` is the same
for the same settings, and none of a run; `status` is finished, or failed where the run itself would fail. `ending` is
left out, as it takes all frames to say. Where there is no preview, `why` says so in a sentence for people: the settings
are not allowed, or are too expensive, or the server is too busy.
Settings that may change are those that `parameter(..., preview=True)` marks. Of the wishes of one visitor one is
computed and one waits; a later one takes the place of the one that waits, which has no answer then.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from lazyrich.ending import Ending
from lazyrich.frame import Frame, Status


def pack_frame(frame: Frame) -> bytes:
    """One row of float32: step, time, the metrics, then the chart arrays, flattened."""
    scalars = np.array([frame.step, frame.time, *frame.metrics.values()], dtype="<f4")
    return b"".join(
        [scalars.tobytes(), *(np.ascontiguousarray(a, dtype="<f4").tobytes() for a in frame.chart_data.values())]
    )


def describe_run(first: Frame, expected: int, config: Mapping[str, Any], settings: str = "") -> dict[str, Any]:
    """Layout of the rows of a run, and the data that its charts need before they can draw."""
    assert first.header is not None
    return {
        "columns": ["step", "time", *first.metrics],
        "arrays": [[name, list(array.shape)] for name, array in first.chart_data.items()],
        "spread": list(first.header.spread),
        "expected": expected,
        "config": dict(config),
        "settings": settings,
        "environment": dict(first.header.environment),
        "chart_data": dict(first.header.chart_data),
    }


def describe_frames(
    id: str,
    status: Status,
    first: int,
    frames: Sequence[Frame],
    *,
    message: str = "",
    remedy: Mapping[str, Any] | None = None,
    progress: float = 1.0,
    left: float = 0.0,
    ending: Ending | None = None,
    onward: bool = False,
) -> dict[str, Any]:
    """Return the entry of a run in the header, without what `describe_run` adds to frame 0.

    Args:
        id: Of the run.
        status: Of the run.
        first: Index of the first frame.
        frames: Those that are sent.
        message: One sentence for people.
        remedy: Settings that would mend a failure.
        progress: Share of its time that is done, 0 to 1.
        left: Seconds that it still takes.
        ending: Whether its losses had settled, of a run that is over.
        onward: Whether the page offers to train on.
    """
    entry: dict[str, Any] = {
        "id": id,
        "status": status,
        "message": message,
        "remedy": dict(remedy or {}),
        "progress": progress,
        "left": left,
        "first": first,
        "count": len(frames),
        "verdicts": [frame.verdict for frame in frames],
    }
    if any(remarks := [frame.remark for frame in frames]):
        entry["remarks"] = remarks
    if ending:
        entry["ending"] = {"state": ending.state, "words": ending.words, "brief": ending.brief, "onward": onward}
    return entry


def pack_answer(runs: Iterable[tuple[dict[str, Any], Iterable[bytes]]]) -> bytes:
    """The binary message for (entry of the header, packed frames) pairs."""
    entries: list[dict[str, Any]] = []
    rows: list[bytes] = []
    for entry, packed in runs:
        entries.append(entry)
        rows.extend(packed)
    return _packed(to_json({"runs": entries}), rows)


def pack_preview(serial: int, entry: bytes, rows: bytes) -> bytes:
    """Return the binary message of a preview: its entry as JSON, which is the same for all, and its packed frames."""
    told = to_json({"serial": serial, "why": ""})
    return _packed(b'{"runs": [], "preview": ' + entry + b", " + told[1:], [rows])


def pack_refusal(serial: int, why: str) -> bytes:
    """Return the binary message that there is no preview, with the reason in a sentence for people."""
    return _packed(to_json({"runs": [], "preview": None, "serial": serial, "why": why}), [])


def _packed(header: bytes, rows: Iterable[bytes]) -> bytes:
    header += b" " * (-len(header) % 4)
    return struct.pack("<I", len(header)) + header + b"".join(rows)


def to_json(header: Any) -> bytes:
    """JSON as browsers read it. It has no word for a number that is not finite: those become null."""
    try:
        text = json.dumps(header, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(header), ensure_ascii=False, allow_nan=False)
    return text.encode(errors="replace")


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {name: _finite(item) for name, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, (list, tuple)) else value
