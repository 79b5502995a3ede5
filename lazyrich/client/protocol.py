"""Messages on the WebSocket between a live chart and the server. A replay holds the same responses in its file.

The browser keeps the cursor. Each of its messages is JSON text, and the first one identifies the session:

    {"token": TOKEN}                         the session's token; it has no answer

    {"after": {RUN: FRAMES_HELD, ...}}       send the frames after these as soon as there are any
    {"stop": RUN}                            end this training and keep its frames
    {"preview": RUN, "with": {SETTING: VALUE, ...}, "serial": N}
                                             send a preview of this run with some settings changed; see below

The server's answer to the first kind is one binary message:

    uint32, little endian                    length of the header in bytes, a multiple of 4
    header                                   JSON, UTF-8, padded with spaces
    float32, little endian                   frames of each run, in the order of the header

    header = {"runs": [{"id", "status", "message", "remedy", "progress", "left", "first", "count", "verdicts": [...],
    "remarks"?, "header"?, "ending"?}, ...]}

Without news for ten seconds the server sends an answer with no runs, which tells the browser that the connection works.
`first` is the index of the first frame sent and `count` their number. `remarks` are further sentences on these frames,
left out if there are none. A frame is one row of floats: the columns (step, time, then the metrics) and then the chart
arrays, flattened. `header` comes with a run's frame 0 and describes the rows:

    {"columns": [...], "arrays": [[name, shape], ...], "spread": [name, ...], "expected": N, "config": {...},
    "settings": "τ 0.1 · ...", "environment": {...}, "chart_data": {...}}

The last axis of the arrays that `spread` names is (median, lowest, highest) over the seeds. For an array of shape
(networks, 3), network k has the columns "NAME[k]", "NAME[k].low" and "NAME[k].high", which charts can draw as curves.
`expected` is the number of frames of a full run. `status` is waiting, running, finished, stopped or failed; `message`
is one sentence for people, `remedy` settings that would avoid a failure, `progress` the share of the run's time that is
done, 0 to 1, `left` the server's estimate of the remaining seconds. For a run that is over, `ending` tells whether its
losses had settled: {"state", "words", "brief", "onward"}, see lazyrich.ending; onward: whether the page offers to
continue training until they have.

A preview is a binary message of the same form, sent as soon as it is ready, with the frames of the preview alone:

    header = {"runs": [], "preview": ENTRY | null, "serial": N, "why": ""}

ENTRY is the entry of a run with its `header`, and in addition "whole": whether these frames reach the end of the run or
only cover its beginning. They are a subset of the run's frames, evenly spaced in log(step), with equal values, except
for numbers so near 0 that they are rounding errors themselves. `expected` is the number of frames of a whole preview.
`id` is the same for equal settings, and differs from that of every run; `status` is finished, or failed if the run
itself would fail. `ending` is left out, as it depends on all frames. Without a preview, `why` is a sentence for people:
the settings are not allowed, or too expensive, or the server is too busy.

The settings that may change are marked by `parameter(..., preview=True)`. Of one visitor's requests one is computed and
one waits; a later one replaces the waiting one, which then gets no answer.
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
    """Return one row of float32: step, time, the metrics, then the chart arrays, flattened."""
    scalars = np.array([frame.step, frame.time, *frame.metrics.values()], dtype="<f4")
    return b"".join(
        [scalars.tobytes(), *(np.ascontiguousarray(a, dtype="<f4").tobytes() for a in frame.chart_data.values())]
    )


def describe_run(first: Frame, expected: int, config: Mapping[str, Any], settings: str = "") -> dict[str, Any]:
    """Return the layout of a run's rows, and the data that its charts need before they can draw.

    Args:
        first: Frame 0 of the run.
        expected: Number of frames of a full run.
        config: Settings by name.
        settings: Settings as text for people.

    Returns:
        The `header` of the run's entry, ready for JSON.
    """
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
    """Return the entry of a run in the header, without the part that `describe_run` makes for frame 0.

    Args:
        id: Identifier of the run.
        status: Status of the run.
        first: Index of the first frame sent.
        frames: Frames sent.
        message: One sentence for people.
        remedy: Settings that would avoid a failure.
        progress: Share of its time that is done, 0 to 1.
        left: Estimate of the remaining seconds.
        ending: State of the losses at the end of the run, if it is over.
        onward: Whether the page offers to continue training.

    Returns:
        The entry, ready for JSON.
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
    """Return the binary message for pairs of a run's entry in the header and its packed frames."""
    entries: list[dict[str, Any]] = []
    rows: list[bytes] = []
    for entry, packed in runs:
        entries.append(entry)
        rows.extend(packed)
    return _packed(to_json({"runs": entries}), rows)


def pack_preview(serial: int, entry: bytes, rows: bytes) -> bytes:
    """Return the binary message of a preview.

    Args:
        serial: Number of the request.
        entry: Entry of the preview as JSON, the same for all who ask for it.
        rows: Its packed frames.
    """
    fields = to_json({"serial": serial, "why": ""})
    return _packed(b'{"runs": [], "preview": ' + entry + b", " + fields[1:], [rows])


def pack_refusal(serial: int, why: str) -> bytes:
    """Return the binary message for a refused preview; `why` is the reason in a sentence for people."""
    return _packed(to_json({"runs": [], "preview": None, "serial": serial, "why": why}), [])


def _packed(header: bytes, rows: Iterable[bytes]) -> bytes:
    header += b" " * (-len(header) % 4)
    return struct.pack("<I", len(header)) + header + b"".join(rows)


def to_json(header: Any) -> bytes:
    """Return JSON for browsers. Numbers that are not finite become null, as JSON cannot represent them."""
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
