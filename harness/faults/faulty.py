"""Experiment that fails halfway in a given way, inside a real worker."""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
import time
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from harness.experiments import Counter
from lazyrich.config.schema import parameter
from lazyrich.frame import Frame


class Faulty(Counter):
    """Counts to `steps` // 2, and then fails in a given way."""

    name: ClassVar[str] = "faulty"

    how: str = parameter("raise", "How", "What happens halfway: see FAULTS.")

    def frames(self) -> Iterator[Frame]:
        for step in range(self.steps // 2):
            yield self.frame(step)
        FAULTS[self.how]()


def _write(data: bytes) -> None:
    """Write raw bytes into the pipe to the parent, without its message format."""
    channel = int(sys.argv[1])
    while data:
        data = data[os.write(channel, data) :]


def _message(content: object) -> bytes:
    body = pickle.dumps(content)
    return struct.pack("!i", len(body)) + body


def _raise() -> None:
    raise ZeroDivisionError("a secret of the server")


def _take_all_memory() -> None:
    held = []
    while True:
        held.append(np.empty(10_000_000))


def _compute_for_ever() -> None:
    while True:
        np.linalg.norm(np.ones(1000))


def _hold_the_interpreter_for_ever() -> None:
    sum(range(10**15))


def _flood() -> None:
    while True:
        _write(100 * _message(("frame", "a run that there is not", None)))


FAULTS = {
    "raise": _raise,
    "exit": lambda: os._exit(17),
    "be killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "stop": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "take all memory": _take_all_memory,
    "compute for ever": _compute_for_ever,
    "hold the interpreter for ever": _hold_the_interpreter_for_ever,
    "send garbage": lambda: (_write(b"\xff" * 1000), time.sleep(60)),
    "send what is no pickle": lambda: (_write(struct.pack("!i", 9) + b"no pickle"), time.sleep(60)),
    "send what means nothing": lambda: (_write(_message(5)), time.sleep(60)),
    "announce too much": lambda: (_write(struct.pack("!i", 2**31 - 1)), time.sleep(60)),
    "send half a message": lambda: (_write(struct.pack("!i", 1000) + b"half"), time.sleep(60)),
    "flood": _flood,
    "close the pipe": lambda: (os.close(int(sys.argv[1])), time.sleep(60)),
}
