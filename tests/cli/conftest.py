"""Signals as a program at a terminal has them: a shell's background and nohup ignore some."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _signals_are_heard() -> Iterator[None]:
    """Let programs that tests start receive SIGINT and SIGHUP, even if this process was started to ignore them."""
    deaf = [one for one in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(one) is signal.SIG_IGN]
    # a program started from here inherits ignored signals, but no handlers
    for one in deaf:
        signal.signal(one, lambda *_: None)
    yield
    for one in deaf:
        signal.signal(one, signal.SIG_IGN)
