"""Ctrl-C and requests to end, at any time: what they do depends on what there is to lose.

    interrupts.listen()             once, by the process of a command
    interrupts.leave("nothing was written")
    ...                             one sentence and the end, at once: while modules are imported, say
    interrupts.stop()
    ...                             raises Interrupted, a KeyboardInterrupt, for work that keeps what it has
    interrupts.finish("writing run.csv")
    ...                             goes on; only the second one raises

Raising in the midst of an import, or in a clean-up, may be swallowed or print a traceback, which is why there are
several ways. In a program that does not listen these functions change nothing, and Ctrl-C is Python's own.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from enum import Enum

# what type checkers take it for; each import here is time in which Ctrl-C is still Python's own
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any, Final

__all__ = [
    "WORDS",
    "Interrupted",
    "code_of",
    "finish",
    "held",
    "ignore",
    "leave",
    "listen",
    "noted",
    "stop",
    "verify",
    "word_of",
]

WORDS: Final = {"SIGINT": "Interrupted", "SIGTERM": "Terminated", "SIGHUP": "Hung up"}
"""Signal to handle -> word for its effect. A signal that the shell makes a process ignore, as `nohup` does, stays
ignored."""

SIGNALS: Final = tuple(getattr(signal, name) for name in WORDS if hasattr(signal, name))


class Interrupted(KeyboardInterrupt):
    """Somebody wants this to end. number: of the signal."""

    def __init__(self, number: int):
        super().__init__(word_of(number))
        self.number = number


class _Way(Enum):
    LEAVE = "leave"
    STOP = "stop"
    FINISH = "finish"
    IGNORE = "ignore"


class _State:
    """Current reaction to a signal; it is global, as signals belong to the process."""

    way = _Way.IGNORE
    state = ""
    """Sentence on the state of the work, shown at an immediate end, or on the work that is being finished."""
    raised = 0
    """The signal that was raised and has not arrived anywhere yet; 0 for none."""
    blocks = 0
    """Number of nested blocks of `held` that are open."""
    waiting = 0
    """The signal that came meanwhile; 0 for none."""
    noted = 0
    """The first signal that was heard while something was finished; 0 for none."""


def listen() -> None:
    """From now on, hear what asks this process to end; at first it ends at once."""
    leave("nothing was written")
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _hear)
    usual = sys.unraisablehook

    def unraisable(caught: Any) -> None:
        # raised where Python can hand nothing on, as in __del__: `verify` raises it again
        if not isinstance(caught.exc_value, Interrupted):
            usual(caught)

    sys.unraisablehook = unraisable


def leave(state: str = "") -> None:
    """From now on, end at once, with one sentence that says how things are: "nothing was written"."""
    _State.way, _State.state = _Way.LEAVE, state


def stop() -> None:
    """From now on, raise Interrupted; while it is on its way up, nothing is heard."""
    _State.raised = 0
    _State.way = _Way.STOP


def finish(what: str) -> None:
    """From now on, go on with `what`, "writing run.csv", say so, and raise Interrupted the second time only."""
    _State.raised = 0
    _State.way, _State.state = _Way.FINISH, what


def ignore() -> None:
    """From now on, hear nothing: all is done.

    The system is told, because Python gives its handlers up before it has ended.
    """
    _State.way = _Way.IGNORE
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def noted() -> int:
    """Return the signal that was heard while something was finished; 0 for none."""
    return _State.noted


def verify() -> None:
    """Raise Interrupted again if it was raised and swallowed on its way; for loops, once in each round."""
    if _State.raised:
        raise Interrupted(_State.raised)


def code_of(interrupt: KeyboardInterrupt | int) -> int:
    """Return the exit code for a signal: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    return 128 + (interrupt if isinstance(interrupt, int) else _number_of(interrupt))


def word_of(interrupt: KeyboardInterrupt | int) -> str:
    """Return how a signal is told: Interrupted, Terminated, Hung up."""
    number = interrupt if isinstance(interrupt, int) else _number_of(interrupt)
    return WORDS.get(signal.Signals(number).name, "Interrupted")


@contextmanager
def held() -> Iterator[None]:
    """Hear of it only after the block: it begins or ends something that must be whole.

    Processes that are started within never hear of it, unless they ask to.
    """
    _State.blocks += 1
    # inherited by processes; here it is not enough, as the system hands a signal to another thread then
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS) if hasattr(signal, "pthread_sigmask") else None
    try:
        yield
    finally:
        if before is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _State.blocks -= 1
        if _State.waiting and not _State.blocks:
            number, _State.waiting = _State.waiting, 0
            _hear(number, None)


def _number_of(interrupt: KeyboardInterrupt) -> int:
    return interrupt.number if isinstance(interrupt, Interrupted) else int(signal.SIGINT)


def _hear(number: int, _: FrameType | None) -> None:
    if _State.blocks:
        _State.waiting = number
    elif _State.way is _Way.LEAVE:
        _say(f"{word_of(number)}; {_State.state}." if _State.state else f"{word_of(number)}.")
        os._exit(code_of(number))
    elif _State.way is _Way.STOP:
        _State.way, _State.raised = _Way.IGNORE, number
        raise Interrupted(number)
    elif _State.way is _Way.FINISH:
        _State.way, _State.noted = _Way.STOP, number
        _say(f"{word_of(number)} while {_State.state}, which goes on; once more gives it up.")


def _say(sentence: str) -> None:
    """Past Python's own streams, which may be in the midst of something."""
    with suppress(OSError):
        os.write(2, f"{sentence}\n".encode("ascii", "backslashreplace"))
