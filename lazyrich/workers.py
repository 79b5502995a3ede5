"""What trains: a process of its own for each core, or one thread of this process on very small machines.

    worker = ProcessWorker(frames_per_second=150)
    worker.send(("start", "some run", pickle.dumps(config)))
    worker.connection.recv()                              ("frame", "some run", Frame)
    worker.end(seconds=2)

A worker process is started as `python -m lazyrich.workers` rather than with `multiprocessing`, whose children first
import the parent's main module: under Streamlit that is the server's command or, while a page runs, the page.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

from lazyrich.turns import Message, Turns, serve

if TYPE_CHECKING:
    from lazyrich.runs import Run

ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""The networks here are small: two threads for one of them are up to 50 times slower than one on a busy machine."""

NICENESS: Final = 5
"""Training gives way to the web process, whose answers somebody waits for."""


class ProcessWorker:
    """A process that trains. The parent holds one end of a pipe; when that end closes, the process ends at once.

    Raises OSError if no process or pipe is to be had.
    """

    def __init__(self, frames_per_second: float):
        self.runs: dict[str, Run] = {}
        self.ready = False
        self.heard = time.monotonic()
        self.connection, theirs = multiprocessing.Pipe()
        self._outbox: SimpleQueue[Message | None] = SimpleQueue()
        self._posting = threading.Thread(target=self._post, name="lazyrich-outbox", daemon=True)
        # The parent's path as it is now, so that a worker imports what the parent imports.
        path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
        command = [sys.executable, "-P", "-m", "lazyrich.workers", str(theirs.fileno()), str(frames_per_second)]
        try:
            self._process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, **ONE_THREAD, "PYTHONPATH": path},
                # Not in the terminal's group: Ctrl-C is for the parent, which then ends its workers.
                start_new_session=True,
            )
        except OSError:
            self.connection.close()
            raise
        finally:
            theirs.close()
        self._posting.start()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def send(self, command: Message) -> None:
        """Send a command, without waiting for the process to read it: a visitor's own data are more than a pipe
        holds, and who calls this may hold the pool's lock. Nothing happens if the process has gone: who reads its pipe
        sees that."""
        self._outbox.put(command)

    def kill(self) -> None:
        """End the process without asking; its pipe tells the reader."""
        self._process.kill()

    def end(self, seconds: float) -> str:
        """Close the pipe, wait, and kill the process if it is there after `seconds`. Returns how it ended, in words."""
        self._outbox.put(None)
        self._posting.join(max(0.0, seconds) / 3)
        if self._posting.is_alive():
            # it does not read: what is on its way fails when it is gone
            self._process.kill()
            self._posting.join()
        self.connection.close()
        try:
            self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        code = self._process.returncode
        return f"by signal {-code}" if code < 0 else f"with exit code {code}"

    def _post(self) -> None:
        while (command := self._outbox.get()) is not None:
            with suppress(OSError):
                self.connection.send(command)


class ThreadWorker:
    """One thread of this process that trains. It stops between two frames, so a long one delays its end."""

    connection = None
    pid = os.getpid()

    def __init__(self, frames_per_second: float, receive: Callable[[ThreadWorker, Message], None]):
        self.runs: dict[str, Run] = {}
        self.ready = True
        self._commands: SimpleQueue[Message] = SimpleQueue()
        turns = Turns(lambda message: receive(self, message), frames_per_second)
        self._thread = threading.Thread(target=self._train, args=(turns,), name="lazyrich-training", daemon=False)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    @property
    def heard(self) -> float:
        """A thread of this process answers as long as the process does."""
        return time.monotonic()

    def send(self, command: Message) -> None:
        """Send a command."""
        self._commands.put(command)

    def kill(self) -> None:
        """A thread cannot be ended from outside; it quits after its frame."""
        self._commands.put(("quit",))

    def end(self, seconds: float) -> str:
        """Ask the thread to quit and wait for it, at most `seconds`. Returns how it ended, in words."""
        self._commands.put(("quit",))
        self._thread.join(max(0.0, seconds))
        return "in time" if not self._thread.is_alive() else "not yet, it ends after its frame"

    def _train(self, turns: Turns) -> None:
        os.environ.update(ONE_THREAD)  # read when torch is first imported
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)
        serve(self._commands, turns)


Worker = ProcessWorker | ThreadWorker


def main() -> None:
    """The worker process: python -m lazyrich.workers FILE_DESCRIPTOR FRAMES_PER_SECOND."""
    for number in (signal.SIGINT, signal.SIGTERM):
        # Sent to a whole group or container, they are for the parent, which then ends this process in good order.
        signal.signal(number, signal.SIG_IGN)
    with suppress(OSError):
        os.nice(NICENESS)
    descriptor = int(sys.argv[1])
    os.set_inheritable(descriptor, False)
    connection = Connection(descriptor)
    sending = threading.Lock()

    def report(message: Message) -> None:
        try:
            with sending:
                connection.send(message)
        except OSError:
            os._exit(0)

    def listen() -> None:
        """Beside training, so that commands never pile up in the pipe and the parent's end is seen within a frame."""
        try:
            while True:
                command = connection.recv()
                if command[0] == "ping":
                    report(("pong",))
                else:
                    commands.put(command)
        except (EOFError, OSError):
            os._exit(0)

    commands: SimpleQueue[Message] = SimpleQueue()
    threading.Thread(target=listen, daemon=True).start()
    report(("ready",))
    serve(commands, Turns(report, float(sys.argv[2])))


if __name__ == "__main__":
    main()
