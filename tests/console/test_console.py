"""Terminal output and deferred signals, in this process, with clocks and streams of the test."""

from __future__ import annotations

import gc
import io
import signal
import sys
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from lazyrich.console import interrupts, output
from lazyrich.console.output import StatusLine, tell
from lazyrich.console.readable import HANDLER
from lazyrich.sweeps import progress_bar
from lazyrich.sweeps.progress_bar import ProgressBar, duration


class Terminal(io.StringIO):
    """A terminal that remembers all that is written to it."""

    def isatty(self) -> bool:
        return True


def test_a_progress_bar_shows_the_share_done_and_the_time_left_at_the_pace_of_this_run(monkeypatch):
    now, terminal = [1000.0], Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    for module in (output, progress_bar):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now[0]))
    with ProgressBar(whole=100.0, count=10, name="parts") as bar:
        bar.add_earlier(40.0, 4)
        bar.add(0.0, 0)
        assert terminal.getvalue() == "", "the first line comes after a pause"
        now[0] += 60
        bar.add(20.0, 2)  # 20 in 60 s: 40 more take 120 s
        now[0] += 120
        bar.add(20.0, 2)  # 40 in 180 s: 20 more take 90 s
        bar.add(0.0, 0)
    shown = [line.removeprefix("\x1b[K") for line in terminal.getvalue().split("\r")]
    assert shown == [
        "",
        "[##############..........] 6 of 10 parts, 2 min left",
        "[###################.....] 8 of 10 parts, 90 s left",
        "",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.4, "0 s"), (99.4, "99 s"), (100, "2 min"), (5999, "100 min"), (6000, "1.7 h"), (86_400, "24.0 h")],
)
def test_durations_are_shown_in_suitable_units(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize("stream", [None, io.StringIO()])
def test_without_a_standard_error_nothing_is_shown_and_nothing_fails(stream, monkeypatch):
    if stream is not None:
        stream.close()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(output, "PAUSE", 0.0)
    line = StatusLine()
    assert not line.due
    line.change("half")
    line.clear()
    tell("a sentence")


def test_the_handler_of_characters_does_not_hide_decoding_errors():
    assert "δ".encode("ascii", HANDLER) == b"delta"
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", HANDLER)


@pytest.fixture
def heard(monkeypatch) -> Iterator[None]:
    """This process handles Ctrl-C as a command does, until the test is over."""
    for name in ("way", "state", "raised", "blocks", "waiting", "noted"):
        monkeypatch.setattr(interrupts._State, name, getattr(interrupts._State, name))
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    before = {number: signal.getsignal(number) for number in interrupts.SIGNALS}
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell has this program ignore it
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("masks", [True, False], ids=["signals can be masked", "signals cannot be masked"])
def test_a_signal_within_a_held_block_comes_after_it(heard, masks, monkeypatch):
    if not masks:
        monkeypatch.delattr(signal, "pthread_sigmask")  # as on Windows
    interrupts.listen()
    interrupts.stop()
    done = []
    with pytest.raises(interrupts.Interrupted), interrupts.deferred():
        with interrupts.deferred():
            # to this thread: one of a library could take a signal to the process, and a moment later
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)
            done.append("inner")
        done.append("outer")
    assert done == ["inner", "outer"]
    with pytest.raises(interrupts.Interrupted):
        interrupts.verify()


def test_an_interrupt_where_python_cannot_raise_is_silent_and_other_errors_are_printed(heard, monkeypatch):
    errors = []
    monkeypatch.setattr(sys, "unraisablehook", lambda caught: errors.append(type(caught.exc_value)))
    interrupts.listen()

    class Ends:
        def __init__(self, error: BaseException):
            self.error = error

        def __del__(self):
            raise self.error

    for error in (interrupts.Interrupted(int(signal.SIGINT)), OSError("gone")):
        Ends(error)
        gc.collect()
    assert errors == [OSError]
