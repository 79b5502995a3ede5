"""Requests for previews ("wishes"): of each visitor one is computed and one waits, which the next one replaces.

All of it runs on the event loop; previews come from the threads of the pool and are passed to it immediately.

    wishes = AllWishes(pool, sessions.previews)
    outbox = Outbox(wishes.of(token))                  one for each connection
    outbox.wish(serial, config)
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
from lazyrich.serving.previews.states import WISHES, Wish, Wishing
from lazyrich.serving.rate_limit import RateLimit
from lazyrich.serving.run_states import after

SWITCHED_OFF = "On this server pictures change when a control is released."
ELSEWHERE = "Another chart of this page has asked for a picture since."


class Outbox:
    """The previews for one connection: the latest one, if it is not sent yet."""

    def __init__(self, wishes: Wishes):
        self._wishes = wishes
        self._message: bytes | None = None
        self._arrival: asyncio.Future[None] | None = None

    def wish(self, serial: int, config: Config | str) -> None:
        """Request the preview of a config, or report the reason why there can be none."""
        if isinstance(config, str):
            self.put(protocol.pack_refusal(serial, config))
        else:
            self._wishes.wish(_Wished(self, serial, config))

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

    def leave(self) -> None:
        """Withdraw the wishes of this connection, which is closed."""
        self._wishes.leave(self)


@dataclass(frozen=True, eq=False)
class _Wished:
    """One wish, and the outbox for its answer."""

    outbox: Outbox
    serial: int
    config: Config

    def refuse(self, why: str) -> None:
        self.outbox.put(protocol.pack_refusal(self.serial, why))

    def answer(self, preview: Preview) -> None:
        self.outbox.put(protocol.pack_preview(self.serial, preview.entry, preview.rows))


class _Asked:
    """A wish that is being computed. Its `answer` is called from any thread, and continues on the event loop."""

    def __init__(self, wished: _Wished, done: Callable[[_Asked, Preview | None, str], None]):
        self.wished = wished
        self._done, self._loop = done, asyncio.get_running_loop()

    def answer(self, preview: Preview | None, why: str) -> None:
        with suppress(RuntimeError):  # the server has ended
            self._loop.call_soon_threadsafe(self._done, self, preview, why)


class Wishes:
    """The wishes of one visitor, of all connections together; `previews.states.WISHES` has the states.

    pool: computes previews. rate: limit of those that are computed for this visitor; None if there may be none.
    """

    def __init__(self, pool: RunPool, rate: RateLimit | None):
        self._pool, self._rate = pool, rate
        self._state = Wish.NONE
        self._asked: _Asked | None = None
        self._job: PreviewJob | None = None
        self._waiting: tuple[_Wished, Plan] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def wish(self, wished: _Wished) -> None:
        """Answer a wish at once if its preview is cached or refused; otherwise compute it, or let it wait."""
        previews = self._pool.previews
        if (preview := previews.find(wished.config.key)) is not None:
            self._withdraw(wished.outbox)
            wished.answer(preview)
            return
        try:
            if self._rate is None:
                raise Refused(SWITCHED_OFF)
            plan = plan_of(wished.config, self._pool.limits)
        except Refused as refused:
            self._withdraw(wished.outbox)
            wished.refuse(named(refused.sentence, type(wished.config), page=True))
            return
        if self._state is Wish.NONE:
            self._begin(wished, plan, self._rate)
            return
        self._wait(wished, plan)
        if self._state is Wish.PACED and previews.expected(wished.config.key):
            self._stop_timer()
            self._due(self._rate)

    def leave(self, outbox: Outbox) -> None:
        """Withdraw the wishes of a connection that is closed."""
        self._withdraw(outbox)
        if self._asked is not None and self._asked.wished.outbox is outbox:
            assert self._job is not None
            self._pool.previews.leave(self._job, self._asked.answer)
            self._go_on()

    def _wait(self, wished: _Wished, plan: Plan) -> None:
        """Replace the waiting wish."""
        if self._waiting and self._waiting[0].outbox is not wished.outbox:
            self._waiting[0].refuse(ELSEWHERE)
        self._enter(Wishing.REPLACE)
        self._waiting = wished, plan

    def _withdraw(self, outbox: Outbox) -> None:
        """Drop the waiting wish, if it belongs to this connection."""
        if self._waiting and self._waiting[0].outbox is outbox:
            self._enter(Wishing.WITHDRAW)
            self._waiting = None
            self._stop_timer()

    def _begin(self, wished: _Wished, plan: Plan, rate: RateLimit) -> None:
        """Request a preview now, or as soon as the rate allows. Joining an equal request costs nothing."""
        previews = self._pool.previews
        if not previews.expected(wished.config.key) and (wait := rate.take()):
            self._enter(Wishing.PACE)
            self._waiting = wished, plan
            self._timer = asyncio.get_running_loop().call_later(wait, self._due, rate)
            return
        self._enter(Wishing.GRANT)
        self._asked = _Asked(wished, self._answered)
        self._job = previews.ask(wished.config, plan, self._asked.answer)

    def _due(self, rate: RateLimit) -> None:
        """Start the wish that waited for the rate limit."""
        assert self._waiting is not None
        waiting, self._waiting = self._waiting, None
        self._begin(*waiting, rate)

    def _answered(self, asked: _Asked, preview: Preview | None, why: str) -> None:
        if asked is not self._asked:
            return  # its connection has left
        if preview is None:
            asked.wished.refuse(why)
        else:
            asked.wished.answer(preview)
        self._go_on()

    def _go_on(self) -> None:
        """Start the wish that waits for the previous one, if there is one."""
        self._enter(Wishing.SETTLE)
        self._asked = self._job = None
        waiting, self._waiting = self._waiting, None
        if waiting is None or self._rate is None:
            return
        wished, plan = waiting
        if (preview := self._pool.previews.find(wished.config.key)) is not None:
            wished.answer(preview)
        else:
            self._begin(wished, plan, self._rate)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _enter(self, event: Wishing) -> None:
        self._state = after(WISHES, self._state, event, "visitor")


class AllWishes:
    """The wishes of all visitors who are connected, by their token.

    pool: computes previews. rate(token): limit of those of one visitor.
    """

    def __init__(self, pool: RunPool, rate: Callable[[str], RateLimit | None]):
        self._pool, self._rate = pool, rate
        self._all: WeakValueDictionary[str, Wishes] = WeakValueDictionary()

    def of(self, token: str) -> Wishes:
        """Return the wishes of a visitor, which all connections of theirs share."""
        if (wishes := self._all.get(token)) is None:
            wishes = self._all[token] = Wishes(self._pool, self._rate(token))
        return wishes
