"""Who may read which run.

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
from typing import Final

MOST_RUNS: Final = 64
"""Runs that one session may read; the oldest give way. A page shows at most five, and every control makes a new one."""


class Sessions:
    """The tokens of all sessions. Methods may be called from any thread.

    In a Streamlit script a token lives as long as its session: `st.cache_resource(scope="session", on_release=...)`.
    """

    def __init__(self) -> None:
        self._runs: dict[str, OrderedDict[str, None]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._runs)

    def open(self) -> str:
        """A new session's token."""
        token = secrets.token_urlsafe(24)
        with self._lock:
            self._runs[token] = OrderedDict()
        return token

    def close(self, token: str) -> None:
        """Forget a session; its sockets are closed at their next question."""
        with self._lock:
            self._runs.pop(token, None)

    def knows(self, token: str) -> bool:
        """Whether this is a session's token."""
        return token in self._runs

    def allow(self, token: str, run: str) -> None:
        """Let a session read the run with this id. Raises KeyError if there is no such session."""
        with self._lock:
            runs = self._runs[token]
            runs[run] = None
            runs.move_to_end(run)
            if len(runs) > MOST_RUNS:
                runs.popitem(last=False)

    def may_read(self, token: str, run: str) -> bool:
        """Whether the session may read the run."""
        return run in self._runs.get(token, ())


class _Redacted(logging.Filter):
    """Takes tokens out of what uvicorn logs: it writes the whole address of every WebSocket it accepts."""

    _TOKEN: Final = re.compile(r"(token=)[^&\s\"']+")

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = self._clean(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(map(self._clean, record.args))
        return True

    def _clean(self, part: object) -> object:
        return self._TOKEN.sub(r"\1…", part) if isinstance(part, str) else part


_REDACTED = _Redacted()


def keep_tokens_out_of_logs() -> None:
    """From now on uvicorn's log has no tokens. Call it after uvicorn has set its loggers up, as often as you like."""
    for name in ("uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logging.getLogger(name).addFilter(_REDACTED)
