"""Tokens of sessions: the runs that each may read."""

import logging

import pytest

from lazyrich.config.limits import Limits
from lazyrich.web.server.sessions import MAX_RUNS, SessionEnded, Sessions, TooManySockets, keep_tokens_out_of_logs


def test_a_session_reads_the_runs_it_was_allowed_and_no_others():
    sessions = Sessions()
    mine, theirs = sessions.open(), sessions.open()
    sessions.allow(mine, "run")
    assert sessions.may_read(mine, "run")
    assert not sessions.may_read(theirs, "run")
    assert not sessions.may_read("unknown", "run")


def test_a_closed_session_is_forgotten():
    sessions = Sessions()
    token = sessions.open()
    sessions.allow(token, "run")
    sessions.close(token)
    sessions.close(token)
    assert not sessions.knows(token) and not sessions.may_read(token, "run")
    assert len(sessions) == 0
    for use in (sessions.starts, sessions.reruns, sessions.runs, lambda token: sessions.allow(token, "run")):
        with pytest.raises(SessionEnded):
            use(token)


def test_permission_for_a_run_can_be_withdrawn_also_in_an_ended_session():
    sessions = Sessions()
    token = sessions.open()
    sessions.allow(token, "run")
    sessions.forbid(token, "run")
    sessions.forbid(token, "another")
    assert not sessions.may_read(token, "run") and sessions.runs(token) == []
    sessions.close(token)
    sessions.forbid(token, "run")


def test_connections_of_a_page_are_counted_while_they_are_open():
    sessions = Sessions(Limits(session_sockets=2))
    token = sessions.open()
    for _ in range(3):
        with sessions.socket(token), sessions.socket(token):
            with (
                pytest.raises(
                    TooManySockets, match=r"^2 live charts are connected for this page, as many as it may have"
                ),
                sessions.socket(token),
            ):
                pass
            with sessions.socket(sessions.open()):
                pass


def test_tokens_are_long_and_differ():
    sessions = Sessions()
    tokens = {sessions.open() for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(map(len, tokens)) >= 32


def test_a_session_that_asks_for_runs_all_day_holds_a_bounded_number_the_newest():
    sessions = Sessions()
    token = sessions.open()
    for number in range(10 * MAX_RUNS):
        sessions.allow(token, f"run {number}")
        sessions.allow(token, "shown all the time")
    readable = [number for number in range(10 * MAX_RUNS) if sessions.may_read(token, f"run {number}")]
    assert readable == list(range(9 * MAX_RUNS + 1, 10 * MAX_RUNS))
    assert sessions.may_read(token, "shown all the time")


def test_a_log_line_loses_only_its_token(caplog):
    caplog.set_level(logging.INFO, logger="uvicorn.error")
    keep_tokens_out_of_logs()
    logging.getLogger("uvicorn.error").info("< %s [%d bytes]", """TEXT '{"token": "s3cret-_"}'""", 21)
    logging.getLogger("uvicorn.error").info("""TEXT '{"token":"s3cret"}'""")
    logging.getLogger("uvicorn.error").info("%s tokens", 3)
    assert caplog.messages == ["""< TEXT '{"token": "…"}' [21 bytes]""", """TEXT '{"token":"…"}'""", "3 tokens"]
