"""Limit one visitor's use of the server: concurrent runs, their work and memory, new runs in a minute.

    run = request_run(pool, sessions, token, config, page={run.id for run in shown})

A visitor who moves a slider leaves a run for the next. Runs that only this visitor requested and has left are ended
first, so the limits never hinder normal use, only a page that requests too much at once.
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

RETRY_SECONDS = 10.0
"""Seconds after which a page that waits for its own runs tries again."""

_ONE_AT_A_TIME = threading.Lock()
"""Lock of requesting and leaving runs: a run that was just requested must not be ended because another visitor left."""


@dataclass(frozen=True)
class _Limit:
    """One resource that a visitor's runs share."""

    most: Callable[[Limits], float]
    taken: Callable[[Run], float]
    needed: Callable[[Config], float]
    sentence: Callable[[float, float, Config], str]
    """Sentence for the visitor, from the amount requested, the amount allowed and the new config."""


def request_run(pool: RunPool, sessions: Sessions, token: str, config: Config, page: Collection[str] = ()) -> Run:
    """Return the run of this config, which the session may read from now on; new ones within the visitor's share.

    page: ids of the runs that the page shows now, which are not ended for it. Raises Refused with a sentence.
    """
    if pool.has_usable_run(config):
        return _request(pool, sessions, token, config)
    admit(config, pool.limits)
    gone = _to_end(pool, sessions, token, config, page)
    if wait := sessions.starts(token).take():
        raise Busy(
            f"You have started {pool.limits.session_starts:,.0f} runs in a minute, which is what one visitor may. "
            f"The next one starts in {time_in_words(math.ceil(wait))}.",
            retry_after=wait,
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
            return  # another visitor has requested it meanwhile
        if run.over:
            # still watched, by a connection that has not moved on: it is closed
            sessions.forbid(token, run.id)
        pool.abandon(run)


def _to_end(pool: RunPool, sessions: Sessions, token: str, config: Config, page: Collection[str]) -> list[Run]:
    """Return the runs that the visitor has left and that end for the new one, oldest first. Raises Busy if too few."""
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
                raise Busy(limit.sentence(taken, most, config), retry_after=RETRY_SECONDS)
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
        lambda run: float(run.reserved_bytes),
        log_bytes,
        lambda taken, most, config: (
            f"The frames of your runs would take about {size_in_words(taken)} of memory together; "
            f"{size_in_words(most)} are allowed for one visitor. Drop kept runs. {advice(config, log_bytes)}"
        ),
    ),
)
