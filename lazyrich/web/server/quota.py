"""What one visitor may have of the server: runs at a time, their work and memory, new ones in a minute.

    run = ask(pool, sessions, token, config, page={run.id for run in those that his page shows})

A visitor who moves a slider leaves a run for the next. What he alone has asked for and has left is ended first, so the
limits never stand in the way of somebody who plays, but only of a page that wants too much at once.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass

from lazyrich.config.limits import MB, Limits
from lazyrich.config.schema import Config
from lazyrich.serving.admission import (
    admit,
    advice,
    compute_seconds,
    log_bytes,
    scratch_bytes,
    size_in_words,
    time_in_words,
)
from lazyrich.serving.pool import Busy, Refused, Run, RunPool
from lazyrich.web.server.sessions import Sessions

SOON = 10.0
"""Seconds after which a page that waits for its own runs looks again."""

_ONE_AT_A_TIME = threading.Lock()
"""Asking for a run and leaving one: what a visitor has just asked for must not be ended because another has left it."""


@dataclass(frozen=True)
class _Limit:
    """One thing that a visitor's runs may take together."""

    most: Callable[[Limits], float]
    taken: Callable[[Run], float]
    needed: Callable[[Config], float]
    sentence: Callable[[float, float, Config], str]
    """From what would be taken, what is allowed and the new config."""


def ask(pool: RunPool, sessions: Sessions, token: str, config: Config, page: Collection[str] = ()) -> Run:
    """The run of this config, which the session may read from now on; new ones within the visitor's share.

    page: ids of the runs that his page shows now, which are not ended for it. Raises Refused with a sentence.
    """
    if pool.there(config):
        return _request(pool, sessions, token, config)
    admit(config, pool.limits)
    gone = _to_end(pool, sessions, token, config, page)
    if wait := sessions.starts(token).take():
        raise Busy(
            f"You have started {pool.limits.session_starts:,.0f} runs in a minute, which is what one visitor may. "
            f"The next one starts in {time_in_words(math.ceil(wait))}.",
            again=wait,
        )
    try:
        run = _request(pool, sessions, token, config)
    except Refused:
        sessions.starts(token).give_back()
        raise
    for left in gone:
        _leave(pool, sessions, token, left)
    return run


def _request(pool: RunPool, sessions: Sessions, token: str, config: Config) -> Run:
    with _ONE_AT_A_TIME:
        run = pool.request(config)
        sessions.allow(token, run.id)
    return run


def _leave(pool: RunPool, sessions: Sessions, token: str, run: Run) -> None:
    with _ONE_AT_A_TIME:
        if sessions.others_read(token, run.id):
            return  # somebody has asked for it meanwhile
        if run.over:
            # watched all the same, by a connection that has not gone on: it is closed
            sessions.forbid(token, run.id)
        pool.leave(run)


def _to_end(pool: RunPool, sessions: Sessions, token: str, config: Config, page: Collection[str]) -> list[Run]:
    """What the visitor has left and has to give up for the new run, oldest first. Raises Busy if that is not enough."""
    shown, left, gone = [], [], []
    for id in sessions.runs(token):
        run = pool.get(id)
        if run is None:
            continue
        if id in page:
            shown.append(run)
        elif (run.viewers or not run.over) and not sessions.others_read(token, id):
            left.append(run)
    for limit in _LIMITS:
        most = limit.most(pool.limits)
        while (taken := sum(map(limit.taken, shown + left)) + limit.needed(config)) > most:
            if not left:
                raise Busy(limit.sentence(taken, most, config), again=SOON)
            gone.append(left.pop(0))
    return gone


def _while_it_computes(cost: Callable[[Config], float]) -> Callable[[Run], float]:
    return lambda run: 0.0 if run.over else cost(run.config)


_HOW = "Wait until one of them is over, stop one, or drop kept runs."

_LIMITS = (
    _Limit(
        lambda limits: limits.session_runs,
        lambda run: float(not run.over),
        lambda config: 1.0,
        lambda taken, most, config: f"{most:,.0f} of your runs are training, as many as one visitor may have. {_HOW}",
    ),
    _Limit(
        lambda limits: limits.session_seconds,
        _while_it_computes(compute_seconds),
        compute_seconds,
        lambda taken, most, config: (
            f"Your runs would compute for about {time_in_words(taken)} together; {time_in_words(most)} are allowed for "
            f"one visitor. {_HOW} {advice(config, compute_seconds)}"
        ),
    ),
    _Limit(
        lambda limits: limits.session_scratch_mb * MB,
        _while_it_computes(scratch_bytes),
        scratch_bytes,
        lambda taken, most, config: (
            f"Your runs would need about {size_in_words(taken)} of memory together to compute with; "
            f"{size_in_words(most)} are allowed for one visitor. {_HOW} {advice(config, scratch_bytes)}"
        ),
    ),
    _Limit(
        lambda limits: limits.session_mb * MB,
        lambda run: float(run.claim),
        log_bytes,
        lambda taken, most, config: (
            f"The frames of your runs would take about {size_in_words(taken)} of memory together; "
            f"{size_in_words(most)} are allowed for one visitor. Drop kept runs. {advice(config, log_bytes)}"
        ),
    ),
)
