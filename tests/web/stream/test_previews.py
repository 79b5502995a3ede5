"""Previews over real sockets of a real server, while a control moves."""

import json

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed

from harness.experiments import Counter
from harness.routes_server import Server
from harness.waiting import eventually
from lazyrich.config.limits import Limits
from lazyrich.experiments.student_teacher.config import PRESETS, StudentTeacher

BASE = PRESETS[0].config


@pytest.fixture
def visit(server):
    return server.visit(BASE)


def test_a_preview_has_frames_of_the_run_with_the_same_settings(server, visit):
    (run,) = visit.runs
    changed = {"tau": 0.3, "delta": -0.5, "seed": 5, "steps": 200}
    with server.viewer(visit.token) as viewer:
        # the first preview of a worker may exceed its time, since the worker imports modules
        viewer.request_preview(run.id, 6, tau=0.35)
        viewer.preview()
        viewer.request_preview(run.id, 7, **changed)
        preview = viewer.preview()
    entry = preview.entry
    assert (preview.serial, preview.why, entry["whole"], entry["status"]) == (7, "", True, "finished")
    assert 25 <= entry["count"] == entry["header"]["expected"] == len(entry["verdicts"]) <= 60
    config = BASE.changed(**changed)
    assert entry["header"]["config"] == config.model_dump(mode="json")
    full = server.visit(config)
    with server.viewer(full.token) as viewer:
        answers = viewer.follow(full.runs[0].id)
    rows = np.vstack([answer.rows for answer in answers if len(answer.rows)])
    verdicts = [words for answer in answers for words in answer.header["verdicts"]]
    places = np.searchsorted(rows[:, 0], preview.rows[:, 0])
    # equal but for numbers so near 0 that they are rounding themselves
    np.testing.assert_allclose(rows[places], preview.rows, rtol=2e-7, atol=1e-13)
    assert [verdicts[place] for place in places] == entry["verdicts"]
    header = next(answer.header["header"] for answer in answers if "header" in answer.header)
    assert {**entry["header"], "expected": len(rows)} == header
    # the same steps apart in log(step), from the start to the end
    assert preview.rows[0, 0] == 0 and preview.rows[-1, 0] == config.steps
    apart = np.diff(np.log(preview.rows[20:, 0]))
    assert apart.max() < 1.5 * np.log(config.steps) / (entry["count"] - 2)


def test_every_refusal_is_reported_and_the_connection_goes_on(server, visit):
    (run,) = visit.runs
    with server.viewer(visit.token) as viewer:
        for serial, (settings, why) in enumerate(
            [
                ({"tau": 1e9}, "τ must be a number between 0.01 and 10, got 1000000000."),
                ({"tau": float("nan")}, "τ must be a number between 0.01 and 10, got nan."),
                ({"delta": {"a": 1}}, "δ must be a number between -2 and 2"),
                ({"width": 2000, "samples": 10_000, "dimension": 1000}, "This run would compute for about"),
                ({"width": 1000, "samples": 2000}, "too large to follow a control"),
                ({"width": 1000, "samples": 500, "steps": 100}, "take too long to compute to follow a control"),
            ]
        ):
            viewer.request_preview(run.id, serial, **settings)
            preview = viewer.preview()
            assert (preview.serial, preview.entry) == (serial, None)
            assert why in preview.why, preview.why
        viewer.request_preview(run.id, 99, tau=0.2)
        assert viewer.preview().serial == 99


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"with": {}, "serial": 1}, 4400),
        ({"with": [], "serial": 1}, 4400),
        ({"with": {}, "serial": True}, 4400),
        ({"with": {}, "serial": -1}, 4400),
        ({"with": {}, "serial": 1, "more": 1}, 4400),
        ({"with": {"device": "cuda"}, "serial": 1}, 4400),
        ({"with": {"no_such": 1}, "serial": 1}, 4400),
        ({"preview": "unknown", "with": {}, "serial": 1}, 4404),
    ],
)
def test_an_invalid_message_closes_the_connection(server, visit, message, code):
    (run,) = visit.runs
    message = {"preview": run.id} | message
    if message == {"preview": run.id, "with": {}, "serial": 1}:
        del message["serial"]
    with server.viewer(visit.token) as viewer:
        viewer.connection.send(json.dumps(message))
        with pytest.raises(ConnectionClosed) as closed:
            viewer.connection.recv(10)
        assert closed.value.rcvd.code == code


def test_a_preview_of_a_long_run_is_cut_at_its_time_limit(server):
    visit = server.visit(StudentTeacher(steps=100))
    (run,) = visit.runs
    with server.viewer(visit.token) as viewer:
        viewer.request_preview(run.id, 1, steps=3_000_000)
        preview = viewer.preview()
    assert not preview.entry["whole"] and preview.entry["status"] == "finished"
    assert 10 < preview.entry["count"] < preview.entry["header"]["expected"]
    frames = StudentTeacher(steps=3_000_000).frames()
    run_of = {frame.step: frame.metrics["train_loss"] for frame, _ in zip(frames, range(60), strict=False)}
    losses = {step: loss for step, loss in preview.rows[:, [0, 2]] if step in run_of}
    assert len(losses) > 5
    assert all(np.float32(run_of[step]) == loss for step, loss in losses.items())


def test_a_flood_of_requests_is_answered_for_a_few_and_always_for_the_last(server, visit):
    (run,) = visit.runs
    before = server.pool.counts()["previews_computed"]
    with server.viewer(visit.token) as viewer:
        for serial in range(300):
            viewer.request_preview(run.id, serial, tau=0.2, delta=round(-1 + serial / 150, 3))
        while (last := viewer.preview().serial) != 299:
            pass
    assert last == 299
    assert server.pool.counts()["previews_computed"] - before < 60


def test_equal_requests_of_many_visitors_are_computed_once_and_kept(server):
    visits = [server.visit(BASE) for _ in range(5)]
    before = server.pool.counts()["previews_computed"]
    for _ in range(2):
        for visit in visits:
            with server.viewer(visit.token) as viewer:
                viewer.request_preview(visit.runs[0].id, 1, tau=0.47)
                assert viewer.preview().entry["whole"]
    assert server.pool.counts()["previews_computed"] - before == 1


def test_frames_of_a_run_are_read_beside_previews_and_no_task_remains(server):
    visit = server.visit(Counter(steps=30, pause=0.01))
    (run,) = visit.runs
    other = server.visit(BASE)
    server.sessions.allow(visit.token, other.runs[0].id)
    with server.viewer(visit.token) as viewer:
        viewer.request_preview(run.id, 0)
        assert "change when a control is released" in viewer.preview().why, "this experiment has no previews"
        viewer.request_preview(other.runs[0].id, 1, tau=0.91)
        assert viewer.preview().entry
        viewer.follow(run.id)
    eventually(lambda: server.tasks() <= server.idle_tasks)
    assert server.pool.counts()["previews_waiting"] == 0


def test_charts_of_one_visitor_share_one_request_and_the_replaced_one_is_reported(server):
    visit = server.visit(BASE)
    (run,) = visit.runs

    def last(viewer, serial):
        while (preview := viewer.preview()).serial != serial:
            pass
        return preview

    with server.viewer(visit.token) as one, server.viewer(visit.token) as other:
        for attempt in range(20):
            # the first is computed; of the next two the later one replaces the other and waits
            for place, viewer in enumerate((one, one, other)):
                viewer.request_preview(
                    run.id, 3 * attempt + place, tau=0.33, delta=round(attempt / 20 + place / 100, 2)
                )
            answers = [last(one, 3 * attempt + 1), last(other, 3 * attempt + 2)]
            if lost := [answer for answer in answers if answer.entry is None]:
                break
        assert len(lost) == 1 and "Another chart of this page" in lost[0].why
        # closing a chart withdraws its requests
        other.request_preview(run.id, 100, tau=0.36)
    with server.viewer(visit.token) as again:
        again.request_preview(run.id, 101, tau=0.37)
        assert again.preview().entry
    eventually(lambda: server.pool.counts()["previews_waiting"] == 0)


def test_a_server_may_have_no_previews():
    # messages beyond the rate are answered later; those of two seconds are answered at once
    server = Server(Limits(workers=0, session_previews=0, socket_messages=6000))
    server.start()
    try:
        visit = server.visit(Counter(steps=1), BASE)
        with server.viewer(visit.token) as viewer:
            viewer.request_preview(visit.runs[1].id, 1, tau=0.5)
            assert "change when a control is released" in viewer.preview().why
            for serial in range(2, 212):
                viewer.request_preview(visit.runs[1].id, serial, tau=0.5)
            while viewer.preview().serial != 211:
                pass
    finally:
        server.stop()
