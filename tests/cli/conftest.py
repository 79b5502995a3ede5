"""Signals as a program at a terminal has them: a shell's background and nohup ignore some."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _signals_are_heard() -> Iterator[None]:
    """Programs that tests start hear Ctrl-C and a closed terminal, although this one was started deaf to them."""
    deaf = [one for one in (signal.SIGINT, signal.SIGHUP) if signal.getsignal(one) is signal.SIG_IGN]
    # a handler of this program is none in a program that it starts
    for one in deaf:
        signal.signal(one, lambda *_: None)
    yield
    for one in deaf:
        signal.signal(one, signal.SIG_IGN)
