"""Who may read which run, and how much each visitor does.

Each visitor's session has an unguessable token, and the token a set of runs:

    sessions = Sessions()
    token = sessions.open()
    sessions.allow(token, run.id)
    sessions.may_read(token, run.id)
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from lazyrich.config.limits import Limits
from lazyrich.serving.rate_limit import RateLimit

MAX_RUNS: Final = 64
"""Runs that one session may read; the oldest give way. A page shows at most five, and every control makes a new one."""


class TooManySockets(RuntimeError):
    """A session has as many live connections as it may, with a sentence for people."""


class _Session:
    """One visitor: what he may read, how fast he goes on, how many connections he has."""

    def __init__(self, limits: Limits):
        self.runs: OrderedDict[str, None] = OrderedDict()
        self.starts = RateLimit(limits.session_starts)
        # a tenth of a minute's at once: what a hand does in a moment, not what a script does
        self.reruns = RateLimit(limits.session_reruns, seconds=6)
        self.sockets = 0


class Sessions:
    """The tokens of all sessions. Methods may be called from any thread.

    limits: what each session may do; from the defaults if None.

    In a Streamlit script a token lives as long as its session: `st.cache_resource(scope="session", on_release=...)`.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = Limits() if limits is None else limits
        self._sessions: dict[str, _Session] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._sessions)

    def open(self) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._sessions[token] = _Session(self._limits)
        return token

    def close(self, token: str) -> None:
        """Forget a session; its sockets are closed soon."""
        with self._lock:
            self._sessions.pop(token, None)

    def knows(self, token: str) -> bool:
        """Whether this is a session's token."""
        return token in self._sessions

    def allow(self, token: str, run: str) -> None:
        """Let a session read the run with this id. Raises KeyError if there is no such session."""
        with self._lock:
            runs = self._sessions[token].runs
            runs[run] = None
            runs.move_to_end(run)
            if len(runs) > MAX_RUNS:
                runs.popitem(last=False)

    def forbid(self, token: str, run: str) -> None:
        """Take the run from a session again; nothing if it had none such."""
        with self._lock:
            if session := self._sessions.get(token):
                session.runs.pop(run, None)

    def may_read(self, token: str, run: str) -> bool:
        """Whether the session may read the run."""
        session = self._sessions.get(token)
        return session is not None and run in session.runs

    def runs(self, token: str) -> list[str]:
        """The runs that the session may read, least recently asked for first. Raises KeyError if there is none such."""
        with self._lock:
            return list(self._sessions[token].runs)

    def others_read(self, token: str, run: str) -> bool:
        """Whether any other session may read the run."""
        with self._lock:
            return any(run in session.runs for other, session in self._sessions.items() if other != token)

    def starts(self, token: str) -> RateLimit:
        """New runs that the session may start. Raises KeyError if there is no such session."""
        return self._sessions[token].starts

    def reruns(self, token: str) -> RateLimit:
        """Runs of its page that the session may have. Raises KeyError if there is no such session."""
        return self._sessions[token].reruns

    @contextmanager
    def socket(self, token: str) -> Iterator[RateLimit]:
        """While one of the session's live connections is open: the messages it may send.

        Raises TooManySockets if it has as many connections as it may.
        """
        with self._lock:
            # one that was closed a moment ago counts for nobody, and is told so at the first look at it
            session = self._sessions.get(token) or _Session(self._limits)
            if session.sockets >= self._limits.session_sockets:
                raise TooManySockets(
                    f"{session.sockets} live charts are connected for this page, as many as it may have: load it again."
                )
            session.sockets += 1
        try:
            yield RateLimit(self._limits.socket_messages, seconds=2)
        finally:
            with self._lock:
                session.sockets -= 1


class _Redacted(logging.Filter):
    """Takes tokens out of what uvicorn logs: at its debug level, every message that a browser sends."""

    _TOKEN: Final = re.compile(r"""("token":\s*")[^"]+""")

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if self._TOKEN.search(text):
            record.msg, record.args = self._TOKEN.sub(r"\1…", text), None
        return True


_REDACTED = _Redacted()


def keep_tokens_out_of_logs() -> None:
    """From now on uvicorn's log has no tokens. Call it after uvicorn has set its loggers up, as often as you like."""
    logging.getLogger("uvicorn.error").addFilter(_REDACTED)
