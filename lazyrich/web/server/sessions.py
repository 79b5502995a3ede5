"""Decide who may read which run, and limit what each visitor does.

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
"""Runs that one session may read; the oldest are dropped. A page shows at most five; each control makes a new one."""


class TooManySockets(RuntimeError):
    """Raised when a session has as many live connections as allowed, with a sentence for people."""


class _Session:
    """One visitor: readable runs, rate limits, number of connections."""

    def __init__(self, limits: Limits):
        self.runs: OrderedDict[str, None] = OrderedDict()
        self.starts = RateLimit(limits.session_starts)
        # at once a tenth of a minute's: as much as a person does in a moment, less than a script does
        self.reruns = RateLimit(limits.session_reruns, seconds=6)
        # a few at once, which a key pressed twice takes
        self.previews = RateLimit(limits.session_previews, seconds=0.2) if limits.session_previews else None
        self.sockets = 0


class SessionEnded(KeyError):
    """There is no such session, or no longer."""


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
        """Return a new session's token."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._sessions[token] = _Session(self._limits)
        return token

    def close(self, token: str) -> None:
        """Forget a session; its sockets are closed soon."""
        with self._lock:
            self._sessions.pop(token, None)

    def knows(self, token: str) -> bool:
        """Return whether this is a session's token."""
        return token in self._sessions

    def allow(self, token: str, run: str) -> None:
        """Let a session read the run with this id. Raises SessionEnded if there is no such session."""
        with self._lock:
            runs = self._of(token).runs
            runs[run] = None
            runs.move_to_end(run)
            if len(runs) > MAX_RUNS:
                runs.popitem(last=False)

    def forbid(self, token: str, run: str) -> None:
        """Withdraw the run from a session; do nothing if it has no such run."""
        with self._lock:
            if session := self._sessions.get(token):
                session.runs.pop(run, None)

    def may_read(self, token: str, run: str) -> bool:
        """Return whether the session may read the run."""
        session = self._sessions.get(token)
        return session is not None and run in session.runs

    def runs(self, token: str) -> list[str]:
        """Return the readable runs, least recently requested first. Raises SessionEnded if there is no such session."""
        with self._lock:
            return list(self._of(token).runs)

    def others_read(self, token: str, run: str) -> bool:
        """Return whether any other session may read the run."""
        with self._lock:
            return any(run in session.runs for other, session in self._sessions.items() if other != token)

    def starts(self, token: str) -> RateLimit:
        """Return the rate limit of the session's new runs. Raises SessionEnded if there is no such session."""
        return self._of(token).starts

    def reruns(self, token: str) -> RateLimit:
        """Return the rate limit of the session's page runs. Raises SessionEnded if there is no such session."""
        return self._of(token).reruns

    def _of(self, token: str) -> _Session:
        try:
            return self._sessions[token]
        except KeyError:
            raise SessionEnded(token) from None

    def previews(self, token: str) -> RateLimit | None:
        """Return the rate limit of the session's previews, None if it may have none or there is no such session."""
        session = self._sessions.get(token)
        return session.previews if session else None

    @contextmanager
    def socket(self, token: str) -> Iterator[RateLimit]:
        """Count one of the session's live connections while it is open, and yield the rate limit of its messages.

        Raises TooManySockets if the session has as many connections as allowed.
        """
        with self._lock:
            # a session that was closed a moment ago has no count; the connection learns so at its first check
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
    """Filter that removes tokens from uvicorn's log: at its debug level it logs every message of a browser."""

    _TOKEN: Final = re.compile(r"""("token":\s*")[^"]+""")

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        if self._TOKEN.search(text):
            record.msg, record.args = self._TOKEN.sub(r"\1…", text), None
        return True


_REDACTED = _Redacted()


def keep_tokens_out_of_logs() -> None:
    """Remove tokens from uvicorn's log. Call it after uvicorn has set its loggers up; it may be called again."""
    logging.getLogger("uvicorn.error").addFilter(_REDACTED)
