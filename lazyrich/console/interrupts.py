"""Handle Ctrl-C and other signals that end a process, depending on the work that would be lost.

    interrupts.listen()             once, in the process of a command
    interrupts.exit_at_once("nothing was written")
    ...                             a signal prints one sentence and exits at once, for example during imports
    interrupts.stop()
    ...                             a signal raises Interrupted, a KeyboardInterrupt, in work that can keep its results
    interrupts.finish("writing run.csv")
    ...                             the first signal is only recorded; the second one raises

An exception during an import or a clean-up may be swallowed or print a traceback, so there are several reactions. In a
program that has not called `listen` these functions have no effect, and Python handles Ctrl-C as usual.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from enum import Enum

# type checkers take this name for True; each import here delays the moment from which Ctrl-C is handled
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from typing import Any, Final

__all__ = [
    "WORDS",
    "Interrupted",
    "code_of",
    "deferred",
    "exit_at_once",
    "finish",
    "ignore",
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
    """A signal asks the process to end. number: of the signal."""

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
    """Sentence on the state of the work, printed at an immediate exit, or name of the work that is being finished."""
    raised = 0
    """Signal that was raised as an exception and not caught yet; 0 for none."""
    blocks = 0
    """Number of open nested blocks of `deferred`."""
    waiting = 0
    """Signal received in these blocks; 0 for none."""
    noted = 0
    """First signal received after `finish`; 0 for none."""


def listen() -> None:
    """Start to handle the signals that end a process; until another function is called, they exit at once."""
    exit_at_once("nothing was written")
    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _hear)
    usual = sys.unraisablehook

    def unraisable(caught: Any) -> None:
        # raised where Python cannot propagate it, as in __del__: `verify` raises it again
        if not isinstance(caught.exc_value, Interrupted):
            usual(caught)

    sys.unraisablehook = unraisable


def exit_at_once(state: str = "") -> None:
    """From now on, exit at once. state: printed sentence on the work, such as "nothing was written"."""
    _State.way, _State.state = _Way.LEAVE, state


def stop() -> None:
    """From now on, raise Interrupted; while it propagates, ignore further signals."""
    _State.raised = 0
    _State.way = _Way.STOP


def finish(what: str) -> None:
    """From now on, print that `what`, such as "writing run.csv", continues; raise Interrupted at the second signal."""
    _State.raised = 0
    _State.way, _State.state = _Way.FINISH, what


def ignore() -> None:
    """From now on, ignore all signals, because the work is done.

    The operating system ignores them, because Python removes its own handlers before the process has ended.
    """
    _State.way = _Way.IGNORE
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def noted() -> int:
    """Return the first signal received after `finish`; 0 for none."""
    return _State.noted


def verify() -> None:
    """Raise Interrupted again if it was raised and swallowed. Loops call this once in each round."""
    if _State.raised:
        raise Interrupted(_State.raised)


def code_of(interrupt: KeyboardInterrupt | int) -> int:
    """Return the exit code for a signal: 130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    return 128 + (interrupt if isinstance(interrupt, int) else _number_of(interrupt))


def word_of(interrupt: KeyboardInterrupt | int) -> str:
    """Return the name of a signal for people: Interrupted, Terminated or Hung up."""
    number = interrupt if isinstance(interrupt, int) else _number_of(interrupt)
    return WORDS.get(signal.Signals(number).name, "Interrupted")


@contextmanager
def deferred() -> Iterator[None]:
    """Delay signals until after the block, for a start or an end that must not be interrupted.

    Processes started in the block never receive the signals, unless they unblock them.
    """
    _State.blocks += 1
    # child processes inherit this; in this process the system can still deliver a signal to another thread
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
    """Print without Python's own streams, which may be in the middle of a write."""
    with suppress(OSError):
        os.write(2, f"{sentence}\n".encode("ascii", "backslashreplace"))
