"""Requests for previews: of each visitor one is computed and one waits, which the next one replaces.

All of it runs on the event loop; previews come from the threads of the pool and are passed to it immediately.

    requests = PreviewRequests(pool, sessions.previews)
    outbox = Outbox(requests.of(token))                one for each connection
    outbox.request(serial, config)
    await outbox.arrival(); outbox.take()              the message to send
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from weakref import WeakValueDictionary

from lazyrich.client import protocol
from lazyrich.config.schema import Config, named
from lazyrich.serving.admission import Refused
from lazyrich.serving.pool import RunPool
from lazyrich.serving.previews.compute import Preview
from lazyrich.serving.previews.plan import Plan, plan_of
from lazyrich.serving.previews.previews import PreviewJob
from lazyrich.serving.previews.states import REQUESTS, RequestEvent, RequestState
from lazyrich.serving.rate_limit import RateLimit
from lazyrich.serving.run_states import next_state

SWITCHED_OFF = "On this server pictures change when a control is released."
ELSEWHERE = "Another chart of this page has asked for a picture since."


class Outbox:
    """The previews for one connection: the latest one, if it is not sent yet."""

    def __init__(self, requests: VisitorRequests):
        self._requests = requests
        self._message: bytes | None = None
        self._arrival: asyncio.Future[None] | None = None

    def request(self, serial: int, config: Config | str) -> None:
        """Request the preview of a config, or report the reason why there can be none."""
        if isinstance(config, str):
            self.put(protocol.pack_refusal(serial, config))
        else:
            self._requests.request(_Request(self, serial, config))

    def put(self, message: bytes) -> None:
        """Set the message to send, which replaces one that was not sent to a slow browser."""
        self._message = message
        if self._arrival is not None and not self._arrival.done():
            self._arrival.set_result(None)

    def take(self) -> bytes | None:
        """Return the message to send, if there is one."""
        message, self._message = self._message, None
        return message

    def arrival(self) -> asyncio.Future[None]:
        """Return a future that is done when there is a message."""
        if self._arrival is None or self._arrival.done():
            self._arrival = asyncio.get_running_loop().create_future()
            if self._message is not None:
                self._arrival.set_result(None)
        return self._arrival

    def close(self) -> None:
        """Withdraw the requests of this connection, which is closed."""
        self._requests.cancel(self)


@dataclass(frozen=True, eq=False)
class _Request:
    """One request, and the outbox for its answer."""

    outbox: Outbox
    serial: int
    config: Config

    def refuse(self, why: str) -> None:
        self.outbox.put(protocol.pack_refusal(self.serial, why))

    def answer(self, preview: Preview) -> None:
        self.outbox.put(protocol.pack_preview(self.serial, preview.entry, preview.rows))


class _PendingRequest:
    """A request that is being computed. Its `answer` is called from any thread, and continues on the event loop."""

    def __init__(self, request: _Request, done: Callable[[_PendingRequest, Preview | None, str], None]):
        self.request = request
        self._done, self._loop = done, asyncio.get_running_loop()

    def answer(self, preview: Preview | None, why: str) -> None:
        with suppress(RuntimeError):  # the server has ended
            self._loop.call_soon_threadsafe(self._done, self, preview, why)


class VisitorRequests:
    """The requests of one visitor, of all connections together; `previews.states.REQUESTS` has the states.

    pool: computes previews. rate: limit of those that are computed for this visitor; None if there may be none.
    """

    def __init__(self, pool: RunPool, rate: RateLimit | None):
        self._pool, self._rate = pool, rate
        self._state = RequestState.NONE
        self._pending: _PendingRequest | None = None
        self._job: PreviewJob | None = None
        self._waiting: tuple[_Request, Plan] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def request(self, request: _Request) -> None:
        """Answer a request at once if its preview is cached or refused; otherwise compute it, or let it wait."""
        previews = self._pool.previews
        if (preview := previews.find(request.config.key)) is not None:
            self._withdraw(request.outbox)
            request.answer(preview)
            return
        try:
            if self._rate is None:
                raise Refused(SWITCHED_OFF)
            plan = plan_of(request.config, self._pool.limits)
        except Refused as refused:
            self._withdraw(request.outbox)
            request.refuse(named(refused.sentence, type(request.config), page=True))
            return
        if self._state is RequestState.NONE:
            self._begin(request, plan, self._rate)
            return
        self._wait(request, plan)
        if self._state is RequestState.PACED and previews.is_pending(request.config.key):
            self._stop_timer()
            self._start_waiting(self._rate)

    def cancel(self, outbox: Outbox) -> None:
        """Withdraw the requests of a connection that is closed."""
        self._withdraw(outbox)
        if self._pending is not None and self._pending.request.outbox is outbox:
            assert self._job is not None
            self._pool.previews.cancel(self._job, self._pending.answer)
            self._start_next()

    def _wait(self, request: _Request, plan: Plan) -> None:
        """Replace the waiting request."""
        if self._waiting and self._waiting[0].outbox is not request.outbox:
            self._waiting[0].refuse(ELSEWHERE)
        self._enter(RequestEvent.REPLACE)
        self._waiting = request, plan

    def _withdraw(self, outbox: Outbox) -> None:
        """Drop the waiting request, if it belongs to this connection."""
        if self._waiting and self._waiting[0].outbox is outbox:
            self._enter(RequestEvent.WITHDRAW)
            self._waiting = None
            self._stop_timer()

    def _begin(self, request: _Request, plan: Plan, rate: RateLimit) -> None:
        """Request a preview now, or as soon as the rate allows. Joining an equal request costs nothing."""
        previews = self._pool.previews
        if not previews.is_pending(request.config.key) and (wait := rate.take()):
            self._enter(RequestEvent.PACE)
            self._waiting = request, plan
            self._timer = asyncio.get_running_loop().call_later(wait, self._start_waiting, rate)
            return
        self._enter(RequestEvent.GRANT)
        self._pending = _PendingRequest(request, self._answered)
        self._job = previews.request(request.config, plan, self._pending.answer)

    def _start_waiting(self, rate: RateLimit) -> None:
        """Start the request that waited for the rate limit."""
        assert self._waiting is not None
        waiting, self._waiting = self._waiting, None
        self._begin(*waiting, rate)

    def _answered(self, pending: _PendingRequest, preview: Preview | None, why: str) -> None:
        if pending is not self._pending:
            return  # its connection is closed
        if preview is None:
            pending.request.refuse(why)
        else:
            pending.request.answer(preview)
        self._start_next()

    def _start_next(self) -> None:
        """Start the request that waits for the previous one, if there is one."""
        self._enter(RequestEvent.SETTLE)
        self._pending = self._job = None
        waiting, self._waiting = self._waiting, None
        if waiting is None or self._rate is None:
            return
        request, plan = waiting
        if (preview := self._pool.previews.find(request.config.key)) is not None:
            request.answer(preview)
        else:
            self._begin(request, plan, self._rate)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _enter(self, event: RequestEvent) -> None:
        self._state = next_state(REQUESTS, self._state, event, "visitor")


class PreviewRequests:
    """The requests of all visitors who are connected, by their token.

    pool: computes previews. rate(token): limit of those of one visitor.
    """

    def __init__(self, pool: RunPool, rate: Callable[[str], RateLimit | None]):
        self._pool, self._rate = pool, rate
        self._all: WeakValueDictionary[str, VisitorRequests] = WeakValueDictionary()

    def of(self, token: str) -> VisitorRequests:
        """Return the requests of a visitor, which all connections of theirs share."""
        if (requests := self._all.get(token)) is None:
            requests = self._all[token] = VisitorRequests(self._pool, self._rate(token))
        return requests
