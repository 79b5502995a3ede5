"""Access to frames: pages of this server with a session's token; invalid messages close their own socket only."""

import json
import logging

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from harness.experiments import Counter
from harness.routes_server import Subscriber
from harness.waiting import eventually
from tests.web.stream.routes.answers import close_code


@pytest.fixture(scope="module")
def of_another(server):
    """A run of another session, which nobody watches."""
    (run,) = server.visit(Counter(steps=10_000, seed=16)).runs
    yield run
    server.pool.abandon(run)


def test_only_pages_of_this_server_may_open_a_socket(server):
    token = server.visit().token
    for foreign in ("http://evil.example", f"http://{server.place}.evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(InvalidStatus) as refused, server.viewer(token, origin=foreign):
            pass
        assert refused.value.response.status_code == 403, foreign
    for own in (f"http://{server.place}", f"https://{server.place}", None):
        with server.viewer(token, origin=own) as viewer:
            viewer.ask({})


def test_an_unknown_token_is_turned_away(server):
    for token in ("", "x" * 32, "%00"):
        with server.viewer(token) as viewer:
            assert close_code(viewer) == 4403


def test_a_token_in_the_address_opens_nothing(server):
    token = server.visit().token
    with connect(f"ws://{server.place}/lazyrich/live?token={token}") as connection:
        connection.send(json.dumps({"after": {}}))
        assert close_code(Subscriber(connection)) == 4400


@pytest.mark.parametrize(
    "first", ["", "{", '{"after": {}}', '{"stop": "x"}', '{"token": 1}', '{"token": "", "x": 0}', b"x"]
)
def test_a_connection_whose_first_message_is_no_token_is_closed(server, first):
    with connect(f"ws://{server.place}/lazyrich/live") as connection:
        connection.send(first)
        assert close_code(Subscriber(connection)) == 4400


def test_a_connection_closed_without_a_message_leaves_no_task(server, caplog):
    eventually(lambda: server.tasks() == server.idle_tasks)
    with connect(f"ws://{server.place}/lazyrich/live"):
        eventually(lambda: server.tasks() > server.idle_tasks)
    eventually(lambda: server.tasks() == server.idle_tasks)
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_an_unforeseen_error_closes_its_own_socket_with_a_sentence_and_is_logged(server, monkeypatch, caplog):
    def broken(self, text):
        raise RuntimeError("unforeseen")

    visit = server.visit()
    with server.viewer(visit.token) as viewer, monkeypatch.context() as here:
        here.setattr("lazyrich.web.stream.subscriber.Subscriber.handle", broken)
        viewer.ask({})
        with pytest.raises(ConnectionClosed) as closed:
            viewer.connection.recv(10)
    assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (
        1011,
        "The server could not answer; its log has the reason.",
    )
    assert "RuntimeError: unforeseen" in caplog.text
    assert server.tasks() >= server.idle_tasks and server.visit().token


def test_a_connection_without_a_message_is_closed(server, monkeypatch):
    monkeypatch.setattr("lazyrich.web.stream.routes.TOKEN_TIMEOUT", 0.1)
    with connect(f"ws://{server.place}/lazyrich/live") as connection:
        assert close_code(Subscriber(connection)) == 4400


def test_a_second_token_closes_the_connection(server):
    visit = server.visit()
    with server.viewer(visit.token) as viewer:
        viewer.connection.send(json.dumps({"token": visit.token}))
        assert close_code(viewer) == 4400


@pytest.mark.parametrize("message", ["after", "stop"])
def test_a_run_of_another_session_and_a_run_that_is_not_there_are_refused_alike(server, of_another, message):
    mine, run = server.visit(), of_another
    reasons = set()
    for id in (run.id, "no such run"):
        with server.viewer(mine.token) as viewer:
            viewer.connection.send(json.dumps({"after": {id: 0}} if message == "after" else {"stop": id}))
            with pytest.raises(ConnectionClosed) as closed:
                viewer.connection.recv(10)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4404
            reasons.add(closed.value.rcvd.reason)
    assert len(reasons) == 1
    assert (run.status, run.viewers) == ("running", 0)


def test_a_session_that_has_ended_receives_no_more_frames(server):
    visit = server.visit(Counter(seed=17))
    (run,) = visit.runs
    with server.viewer(visit.token) as viewer:
        viewer.ask({run.id: 0})
        viewer.read()
        server.sessions.close(visit.token)
        viewer.ask({run.id: 0})
        assert close_code(viewer) == 4404


@pytest.mark.parametrize(
    "message",
    [
        "",
        "{",
        "[" * 4000,
        "[]",
        "{}",
        '{"after": []}',
        '{"after": {"RUN": -1}}',
        '{"after": {"RUN": 1.5}}',
        '{"after": {"RUN": true}}',
        '{"after": {"RUN": NaN}}',
        '{"after": {"RUN": 99999999999999999999}}',
        '{"after": {"RUN": "0"}}',
        '{"after": {"RUN": 0}, "stop": "RUN"}',
        '{"stop": 1}',
        '{"stop": null}',
        '{"after": {' + ", ".join(f'"{n}": 0' for n in range(100)) + "}}",
        '{"after": {"' + "x" * 5000 + '": 0}}',
        b'{"after": {"RUN": 0}}',
        b"",
    ],
)
def test_an_invalid_message_closes_its_own_socket_only(server, message):
    visit = server.visit(Counter(steps=10_000, seed=18))
    (run,) = visit.runs
    with server.viewer(visit.token) as bad, server.viewer(visit.token) as good:
        good.ask({run.id: 0})
        bad.connection.send(message.replace("RUN", run.id) if isinstance(message, str) else message)
        assert close_code(bad) == 4400
        good.read()
        held = len(run.frames)
        good.ask({run.id: held})
        assert good.read()[run.id].header["first"] == held


def test_no_token_is_written_to_the_log(server, caplog):
    caplog.set_level(logging.DEBUG, logger="uvicorn.error")
    visit = server.visit()
    with server.viewer(visit.token) as viewer:
        viewer.ask({})
        viewer.connection.ping().wait(5)
    assert """TEXT '{"token": "…"}'""" in caplog.text
    assert visit.token not in caplog.text
