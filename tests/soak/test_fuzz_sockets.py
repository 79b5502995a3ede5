"""Any message over a socket closes at most that socket: the server stays healthy, and other visitors are unaffected."""

from __future__ import annotations

import asyncio
import json
import random
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from harness.faults.odd import NUMBERS, WORDS, often
from harness.server import Server
from harness.visitor import Visitor, on_its_own_thread
from harness.waiting import eventually
from lazyrich.web.stream.subscriber import BAD_MESSAGE, MAX_CHARACTERS, MAX_RUNS, TOO_MANY, UNKNOWN_RUN, UNKNOWN_TOKEN
from tests.soak.stranger import Stranger, odd_state, put_many, right_state

PLACES = ("playground", "linear-networks", "phase-portrait", "phase-portrait?see=phase-portrait", "exact-solutions")
CODES = {BAD_MESSAGE, UNKNOWN_TOKEN, UNKNOWN_RUN, TOO_MANY, 1007, 1009, 1002}
"""Close codes of this project, and those of the protocol for invalid UTF-8, large messages and invalid frames."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with Server(log, LAZYRICH_WORKERS="1", LAZYRICH_MAX_RUNS="4") as server:
        yield server


@pytest.fixture
def well(server: Server) -> Iterator[None]:
    """Check after the test that the server is healthy and has logged no traceback."""
    assert server.log is not None
    before = len(server.log.read_text())
    yield
    # the server reports a delayed event loop for half a minute
    eventually(lambda: server.health()["healthy"], seconds=60)
    log = server.log.read_text()[before:]
    assert "Traceback" not in log, log[-4000:]


@contextmanager
def live(server: Server, token: str) -> Iterator[ClientConnection]:
    """Open a live connection and send its token."""
    url = f"{server.url.replace('http', 'ws', 1)}lazyrich/live"
    with connect(url, max_size=None, close_timeout=0.2) as socket:
        socket.send(json.dumps({"token": token}))
        yield socket


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(max_size=20), st.sampled_from(WORDS)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=12,
)


def messages(run: str) -> st.SearchStrategy[str | bytes]:
    """Return messages for the live socket: nearly valid ones, valid parts in wrong places, and any others."""
    ids = st.one_of(st.just(run), st.just(run[:-1]), st.text(max_size=20), st.sampled_from(WORDS))
    held = st.one_of(st.integers(-1, 2000), NUMBERS, st.none(), st.booleans(), st.lists(NUMBERS, max_size=2))
    after = st.dictionaries(ids, held, max_size=MAX_RUNS + 2)
    values = st.one_of(JSON, st.sampled_from([0.3, 1, -0.5, 7, "flow", "descent", "0.2", True, 1e400]))
    names = st.one_of(
        st.sampled_from(["tau", "delta", "seed", "method", "width", "steps", "device"]), st.text(max_size=8)
    )
    wishes = st.builds(
        lambda id, changed, serial: {"preview": id, "with": changed, "serial": serial},
        ids,
        st.one_of(st.dictionaries(names, values, max_size=4), JSON),
        st.one_of(st.integers(-1, 2**60), JSON),
    )
    right = st.one_of(
        wishes,
        st.builds(lambda delta: {"preview": run, "with": {"delta": delta, "steps": 1000}, "serial": 1}, NUMBERS),
        st.builds(lambda after: {"after": after}, after),
        st.just({"after": {run: 0}}),
        st.builds(lambda id: {"stop": id}, ids.filter(lambda id: id != run)),
        st.builds(lambda after, more: {"after": after, "more": more}, after, JSON),
    )
    text = st.one_of(right, JSON).map(lambda message: json.dumps(message))
    return st.one_of(
        text,
        st.builds(lambda whole, cut: whole[:cut], text, st.integers(0, 40)),
        st.text(max_size=50),
        st.sampled_from(
            ["[" * 4000, "x" * (MAX_CHARACTERS + 1), "x" * 1_000_000, '{"after":{"a":' + "9" * 4000 + "}}"]
        ),
        st.binary(max_size=100),
    )


def test_a_live_connection_takes_any_message_or_closes_with_its_code_and_no_other_notices(long, figure, server, well):
    sent, closed = 0, 0

    async def page() -> dict[str, Any]:
        async with Visitor(server.url, "steps=3000000&width=200&learning_rate=1e-7") as visitor:
            await visitor.run()
            chart = visitor.chart
            await asyncio.to_thread(attack, chart["token"], chart["runs"][0]["id"])
            # the page has stayed connected, and its run trains
            await visitor.set("student-teacher.seed", 3)
            assert not visitor.texts("exception")
            return chart

    def attack(token: str, run: str) -> None:
        with live(server, token) as other:
            # a visitor who has asked for the run watches it, so it trains while strangers come and go
            other.send(json.dumps({"after": {run: 0}}))
            assert header(other.recv(20))

            @often(long, 40, 400)
            @given(st.lists(messages(run), min_size=1, max_size=6))
            def send(all: list[str | bytes]) -> None:
                nonlocal sent, closed
                with live(server, token) as socket, suppress(ConnectionClosed):
                    for message in all:
                        sent += 1
                        socket.send(message)
                    # a valid request is answered, unless an earlier message was so invalid that the socket was closed
                    socket.send(json.dumps({"after": {run: 0}}))
                    while True:
                        answer = socket.recv(20)
                        assert isinstance(answer, bytes)
                        if any(entry["id"] == run for entry in header(answer)):
                            return
                assert socket.close_code in CODES, (socket.close_code, all)
                closed += 1

            send()
            frames = 0
            while not frames:
                other.send(json.dumps({"after": {run: 0}}))
                frames = header(other.recv(20))[0]["count"]

    on_its_own_thread(page())
    figure("messages over live connections", f"{sent}, {closed} of the connections closed")
    assert closed


@pytest.mark.parametrize("token", ["", "x", "../", "a" * 4000, "%00", "\0", "token"])
def test_without_a_token_of_a_session_a_connection_is_closed(server, well, token):
    with live(server, token) as socket:
        with pytest.raises(ConnectionClosed):
            socket.recv(10)
        assert socket.close_code == UNKNOWN_TOKEN


def test_live_connections_of_a_visitor_are_limited_and_closing_one_allows_another(server, well):
    async def page() -> None:
        async with Visitor(server.url) as visitor:
            await visitor.run()
            await asyncio.to_thread(open_many, visitor.chart["token"], visitor.chart["runs"][0]["id"])

    def open_many(token: str, run: str) -> None:
        question = json.dumps({"after": {run: 0}})
        with ExitStack() as sockets:
            for _ in range(8):
                socket = sockets.enter_context(live(server, token))
                socket.send(question)
                assert header(socket.recv(20))
            with live(server, token) as one_more:
                with pytest.raises(ConnectionClosed):
                    one_more.recv(10)
                assert one_more.close_code == TOO_MANY
                assert "8 live charts" in one_more.close_reason
        with live(server, token) as again:
            again.send(question)
            assert header(again.recv(20))

    on_its_own_thread(page())


def header(answer: bytes) -> list[dict[str, Any]]:
    (length,) = struct.unpack_from("<I", answer)
    found: list[dict[str, Any]] = json.loads(answer[4 : 4 + length])["runs"]
    return found


@pytest.mark.parametrize("place", PLACES)
def test_widgets_with_values_that_they_cannot_have_leave_the_page_as_it_is(long, figure, server, well, place):
    figure("widget values out of range", put_many(server, place, 80 if long else 20, right_state, lambda found: found))


@pytest.mark.parametrize("place", PLACES)
def test_widget_values_of_the_wrong_kind_fail_their_own_page_only_without_details(long, figure, server, place):
    def odd(drawn: random.Random, kind: str, id: str) -> WidgetState:
        return odd_state(drawn, id if drawn.random() < 0.9 else drawn.choice(["", "$$ID-1-None", "x" * 1000]))

    # Streamlit itself refuses such values in a sentence; the details are in the log alone
    def revealing(found: list[Any]) -> list[Any]:
        return [one for one in found if one.stack_trace or "File" in one.message]

    figure("widget values of the wrong kind", put_many(server, place, 80 if long else 8, odd, revealing))

    async def other() -> None:
        async with Visitor(server.url) as visitor:
            await visitor.run()
            assert visitor.chart and not visitor.texts("exception")

    on_its_own_thread(other())


def test_streamlits_own_socket_takes_bytes_of_any_kind_and_closes_or_goes_on(long, figure, server):
    drawn = random.Random(1)
    whole = BackMsg()
    whole.rerun_script.query_string = "tau=0.1"
    right = whole.SerializeToString()

    def odd() -> bytes | str:
        kind = drawn.randrange(5)
        if kind == 0:
            return drawn.randbytes(drawn.randrange(200))
        if kind == 1:
            return bytes(byte ^ (drawn.random() < 0.2) * drawn.randrange(256) for byte in right)
        if kind == 2:
            return right[: drawn.randrange(len(right))]
        if kind == 3:
            return drawn.randbytes(1_500_000)
        message = BackMsg()
        message.rerun_script.query_string = "tau=" + "9" * drawn.choice([10, 100_000])
        message.rerun_script.page_script_hash = drawn.choice(["", "x", "a" * 1000])
        message.rerun_script.page_name = drawn.choice(["", "../../etc", "no-such-page", "grokking"])
        return message.SerializeToString()

    async def visit() -> None:
        for _ in range(100 if long else 10):
            with suppress(ConnectionClosed, InvalidStatus):
                async with Stranger(server.url) as visitor:
                    for _ in range(3):
                        await visitor.throw(odd())
        async with Visitor(server.url) as visitor:
            await visitor.run()
            assert visitor.chart

    on_its_own_thread(visit())
    figure("odd messages to Streamlit's socket", 3 * (100 if long else 10))


def test_a_message_to_clear_streamlits_caches_clears_no_session(server):
    clear = BackMsg()
    clear.clear_cache = True

    async def visit() -> None:
        async with Visitor(server.url, "tau=0.1&seed=77") as visitor, Stranger(server.url) as stranger:
            for one in (visitor, stranger):
                await one.run()
            tokens = [one.chart["token"] for one in (visitor, stranger)]
            await stranger.throw(clear.SerializeToString())
            for one, token in zip((stranger, visitor), reversed(tokens), strict=True):
                await one.run()
                assert one.chart["token"] == token

    on_its_own_thread(visit())
