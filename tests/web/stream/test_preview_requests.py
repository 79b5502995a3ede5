"""A visitor's requests for previews: delayed, joined, replaced and withdrawn. The test makes the previews."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from lazyrich import StudentTeacher
from lazyrich.config.limits import Limits
from lazyrich.serving.previews.compute import Preview
from lazyrich.serving.previews.states import RequestState
from lazyrich.serving.rate_limit import RateLimit
from lazyrich.web.stream.preview_requests import ELSEWHERE, Outbox, PreviewRequests, VisitorRequests

MADE = Preview(b'{"count": 1}', b"")


def config(tau: float) -> StudentTeacher:
    return StudentTeacher(tau=tau, steps=20, samples=5, width=4)


class Previews:
    """Previews that the test makes, and the requests for them."""

    def __init__(self) -> None:
        self.kept: dict[str, Preview] = {}
        self.asked: list[tuple[str, Callable[..., None]]] = []
        self.elsewhere: set[str] = set()
        self.cancelled: list[str] = []

    def find(self, key: str) -> Preview | None:
        return self.kept.get(key)

    def is_pending(self, key: str) -> bool:
        return key in self.elsewhere

    def request(self, config: Any, plan: Any, answer: Callable[..., None]) -> str:
        self.asked.append((config.key, answer))
        return config.key

    def cancel(self, job: str, answer: Callable[..., None]) -> None:
        self.cancelled.append(job)

    async def make(self, preview: Preview | None = MADE, why: str = "") -> None:
        """Answer the last request."""
        self.asked[-1][1](preview, why)
        await asyncio.sleep(0)


class Visitor:
    """Requests of a visitor with one or two charts, one at a time. a_minute: their rate; no limit if None."""

    def __init__(self, a_minute: float | None = None):
        self.previews, self.now = Previews(), 0.0
        self._step = 60.0 if a_minute is None else 0.0
        pool: Any = SimpleNamespace(previews=self.previews, limits=Limits())
        self.requests = VisitorRequests(pool, RateLimit(a_minute or 1.0, seconds=0.0, clock=self._clock))
        self.one, self.other = Outbox(self.requests), Outbox(self.requests)

    def _clock(self) -> float:
        self.now += self._step
        return self.now

    @property
    def state(self) -> RequestState:
        return self.requests._state

    @property
    def asked(self) -> list[str]:
        return [key for key, _ in self.previews.asked]


def reply(outbox: Outbox) -> tuple[int, str] | None:
    """Return the serial of the next message, and the reason if it has no preview, else ""."""
    message = outbox.take()
    if message is None:
        return None
    header = json.loads(message[4 : 4 + struct.unpack("<I", message[:4])[0]])
    assert (header["preview"] is None) == bool(header["why"])
    return header["serial"], header["why"]


@pytest.fixture
def played() -> Callable[[Callable[[], Any]], None]:
    return lambda play: asyncio.run(asyncio.wait_for(play(), 10))


def test_past_the_rate_the_latest_request_waits_and_is_computed_later(played):
    async def play():
        visitor = Visitor(a_minute=3000)
        visitor.one.request(1, config(0.1))
        await visitor.previews.make()
        assert reply(visitor.one) == (1, "") and visitor.state is RequestState.NONE
        visitor.one.request(2, config(0.2))
        assert visitor.state is RequestState.PACED and len(visitor.asked) == 1
        visitor.one.request(3, config(0.3))
        assert visitor.state is RequestState.PACED and reply(visitor.one) is None, "a replaced request was answered"
        visitor.now = 60.0
        while visitor.state is RequestState.PACED:
            await asyncio.sleep(0.005)
        assert visitor.asked[1:] == [config(0.3).key]
        await visitor.previews.make()
        assert reply(visitor.one) == (3, "")

    played(play)


def test_a_paced_request_computed_for_another_visitor_is_free_and_answered_at_once(played):
    async def play():
        visitor = Visitor(a_minute=1)
        visitor.one.request(1, config(0.1))
        await visitor.previews.make()
        visitor.one.request(2, config(0.2))
        visitor.previews.elsewhere.add(config(0.3).key)
        visitor.one.request(3, config(0.3))
        assert visitor.asked[1:] == [config(0.3).key] and visitor.requests._timer is None
        await visitor.previews.make()
        assert reply(visitor.one) == (3, "") and visitor.state is RequestState.NONE

    played(play)


def test_closing_a_chart_withdraws_its_requests_and_frees_the_turn_for_the_other(played):
    async def play():
        visitor = Visitor(a_minute=1)
        visitor.one.request(1, config(0.1))
        visitor.one.close()
        assert visitor.previews.cancelled == [config(0.1).key] and visitor.state is RequestState.NONE
        await visitor.previews.make()
        assert reply(visitor.one) is None, "a closed chart was sent a preview"
        visitor.one.request(2, config(0.2))
        assert visitor.state is RequestState.PACED
        visitor.one.close()
        assert visitor.state is RequestState.NONE and visitor.requests._timer is None and len(visitor.asked) == 1

        visitor = Visitor()
        visitor.one.request(1, config(0.1))
        visitor.other.request(2, config(0.2))
        assert visitor.state is RequestState.FOLLOWED and len(visitor.asked) == 1
        visitor.one.close()
        assert visitor.asked[1:] == [config(0.2).key]
        await visitor.previews.make()
        assert reply(visitor.other) == (2, "")

    played(play)


def test_the_later_request_of_two_charts_waits_and_the_other_is_refused(played):
    async def play():
        visitor = Visitor()
        visitor.one.request(1, config(0.1))
        visitor.one.request(2, config(0.2))
        visitor.other.request(3, config(0.3))
        assert reply(visitor.one) == (2, ELSEWHERE)
        # meanwhile it was computed for another visitor
        visitor.previews.kept[config(0.3).key] = MADE
        await visitor.previews.make(None, "It diverged at once.")
        assert reply(visitor.one) == (1, "It diverged at once.")
        assert reply(visitor.other) == (3, "") and len(visitor.asked) == 1 and visitor.state is RequestState.NONE

    played(play)


def test_a_request_already_computed_or_invalid_replaces_the_waiting_one(played):
    async def play():
        for wanted, reason in (
            (config(0.3), ""),
            (config(0.3).changed(samples=10_000, width=2000, dimension=1000), "too much"),
        ):
            visitor = Visitor()
            visitor.previews.kept[config(0.3).key] = MADE
            visitor.one.request(1, config(0.1))
            visitor.one.request(2, config(0.2))
            assert visitor.state is RequestState.FOLLOWED
            visitor.one.request(3, wanted)
            serial, why = reply(visitor.one)
            assert (serial, bool(why)) == (3, bool(reason)) and visitor.state is RequestState.ASKED

    played(play)


def test_a_message_reaches_readers_that_wait_before_or_after_it(played):
    async def play():
        outbox = Visitor().one
        waiting = outbox.arrival()
        assert outbox.arrival() is waiting and not waiting.done()
        outbox.request(1, "No such setting.")
        assert waiting.done() and outbox.arrival().done(), "the message was lost before a reader took it"
        outbox.put(b"another")
        assert outbox.take() == b"another" and outbox.take() is None and not outbox.arrival().done()

    played(play)


def test_an_answer_for_a_server_that_has_ended_is_dropped():
    visitor = Visitor()

    async def play():
        visitor.one.request(1, config(0.1))

    asyncio.run(play())
    visitor.previews.asked[-1][1](MADE, "")
    assert reply(visitor.one) is None


def test_connections_of_one_visitor_share_their_requests(played):
    async def play():
        pool: Any = SimpleNamespace(previews=Previews(), limits=Limits())
        every = PreviewRequests(pool, lambda token: None)
        mine = every.of("a")
        assert every.of("a") is mine and every.of("b") is not mine
        outbox = Outbox(mine)
        outbox.request(4, config(0.1))
        serial, why = reply(outbox)
        assert serial == 4 and "change when a control is released" in why

    played(play)
