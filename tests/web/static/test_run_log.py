"""The browser's log of a run and the server's answers that change it, without a chart."""

from __future__ import annotations

import base64
from typing import Any

from harness.browser.live_chart_server import synthetic_frame
from harness.node import evaluate
from lazyrich.client import protocol

ALL = 12
"""Frames of the run here."""
FRAMES = [synthetic_frame(k, True) for k in range(ALL)]
EXPECTED = 100
"""Frames that it would have had."""

READ = """
    const { RunLog } = await import(`${STATIC}/stream/run_log.js`);
    const { deliver, readAnswer } = await import(`${STATIC}/stream/protocol.js`);
    const [names, answers] = argument;
    const logs = new Map(names.map((name) => [name, new RunLog(name)]));
    return answers.map((answer) => {
        deliver(readAnswer(Uint8Array.from(atob(answer), (c) => c.charCodeAt(0)).buffer), logs);
        return names.map((name) => {
            const log = logs.get(name);
            return [log.status, log.count, log.settled, log.count ? log.step(log.count - 1) : null];
        });
    });
"""


def part(run: str, first: int, last: int, status: str = "stopped") -> tuple[dict[str, Any], list[bytes]]:
    """Frames first to last of a run, the last excluded, as `wire.pack_answer` takes them."""
    entry = {"id": run, "status": status, "message": "", "progress": 1, "remedy": {}, "left": 0, "first": first}
    entry |= {"count": last - first, "verdicts": [frame.verdict for frame in FRAMES[first:last]]}
    if first == 0 and last:
        entry["header"] = protocol.describe_run(FRAMES[0], EXPECTED, {})
    return entry, [protocol.pack_frame(frame) for frame in FRAMES[first:last]]


def read(names: list[str], *answers: list[tuple[dict[str, Any], list[bytes]]]) -> list[Any]:
    """[status, frames, settled, last step] of each run after each answer."""
    return evaluate(READ, [names, [base64.b64encode(protocol.pack_answer(one)).decode() for one in answers]])


def test_a_run_is_complete_after_an_answer_without_further_frames_and_not_after_a_repeat() -> None:
    half = [part("b", 0, 6)]
    states = read(["b"], half, half, [part("b", 6, ALL)], [part("b", 6, ALL)], [part("b", ALL, ALL)])
    steps = [FRAMES[k - 1].step for k in (6, 6, ALL, ALL, ALL)]
    assert [(count, settled, step) for [(_, count, settled, step)] in states] == [
        (6, False, steps[0]),
        (6, False, steps[1]),
        (ALL, False, steps[2]),
        (ALL, False, steps[3]),
        (ALL, True, steps[4]),
    ]


def test_an_answer_about_frames_that_are_not_held_settles_nothing() -> None:
    assert read(["b"], [part("b", 6, 6)], [part("b", 0, 6)]) == [
        [["stopped", 0, False, None]],
        [["stopped", 6, False, FRAMES[5].step]],
    ]


def test_messages_without_frames_are_read_after_the_part_of_a_removed_run() -> None:
    gone = part("gone", 3, 5)
    states = read(
        ["a", "b", "c"],
        [part("a", 0, 6, "running"), gone, part("b", 0, 6), part("c", 0, 0, "failed")],
        [part("a", 6, 6), part("b", 0, 6)],
    )
    # frames behind rows of unknown length are asked for again; they must not be read from the wrong place
    first = [["running", 6, False, FRAMES[5].step], ["waiting", 0, False, None], ["failed", 0, True, None]]
    assert states[0] == first
    assert states[1] == [["stopped", 6, True, FRAMES[5].step], ["stopped", 6, False, FRAMES[5].step], first[2]]
