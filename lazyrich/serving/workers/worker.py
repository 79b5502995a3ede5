"""Train runs: in one process per core, or in one thread of this process on very small machines.

    worker = ProcessWorker(frames_per_second=150, most=120, most_bytes=100_000_000, memory=2_000_000_000)
    worker.send(("start", "some run", pickle.dumps(config)))
    worker.channel.read()                                 [("frame", "some run", Frame)]
    worker.kill()
    worker.end(seconds=2)

A worker process is `python -m lazyrich.serving.workers.worker` rather than one of `multiprocessing`, whose children
first import the parent's main module: under Streamlit that is the server's command or, while a page runs, the page.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import TYPE_CHECKING, Final

from lazyrich.serving.workers import memory
from lazyrich.serving.workers.channel import Channel
from lazyrich.serving.workers.current_run import CurrentRun
from lazyrich.serving.workers.scheduler import Message, Scheduler, serve

if TYPE_CHECKING:
    from lazyrich.serving.run import Run

ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
"""The networks here are small, and two threads for one of them are up to 50 times slower than one on a busy machine."""

NICENESS: Final = 5
"""Niceness of training, which leaves the processor to the web process, as visitors wait for its answers."""


class ProcessWorker:
    """A process that trains. It ends at once when its parent does, whatever it is doing.

    frames_per_second: limit for all its runs together. most: limit for one of them. most_bytes: limit of one message.
    memory: bytes that the process may hold, 0 for no limit. Raises OSError if no process or pipe can be created.
    """

    def __init__(self, frames_per_second: float, most: float, most_bytes: float, memory: int):
        self.runs: dict[str, Run] = {}
        self.ready = False
        self.born = time.monotonic()
        with ExitStack() as made:
            self.channel = Channel(most_bytes)
            made.callback(self.channel.close)
            self.current_run = CurrentRun()
            made.callback(self.current_run.close)
            # Never written to: the kernel closes this end when this process ends, which the worker notices.
            lifeline, self._lifeline = os.pipe()
            made.callback(os.close, self._lifeline)
            given = [self.channel.theirs.fileno(), self.current_run.descriptor, lifeline]
            numbers = [str(number) for number in (*given, frames_per_second, most, memory)]
            # The parent's path as it is now, so that a worker imports what the parent imports.
            path = os.pathsep.join(os.path.abspath(entry) for entry in sys.path)
            try:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", "-m", "lazyrich.serving.workers.worker", *numbers],
                    pass_fds=given,
                    stdin=subprocess.DEVNULL,
                    env={**os.environ, **ONE_THREAD, "PYTHONPATH": path},
                    # Not in the terminal's group: Ctrl-C is for the parent, which then ends its workers.
                    start_new_session=True,
                )
            finally:
                os.close(lifeline)
                self.channel.theirs.close()
            made.pop_all()

    @property
    def alive(self) -> bool:
        """Return whether the process runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def send(self, command: Message) -> None:
        """Send a command; do nothing if the process has ended, as reading its pipe reports that."""
        self.channel.send(command)

    def turn(self) -> tuple[int, str]:
        """Return a number that changes with every turn, and the run whose turn it is; "" between turns."""
        return self.current_run.read()

    def kill(self) -> None:
        """Kill the process; reading its pipe reports the end."""
        self._process.kill()

    def end(self, seconds: float) -> str:
        """Wait at most `seconds` for a process that is ending, and release its resources.

        Returns how it ended, in words.
        """
        try:
            code = self._process.wait(max(0.0, seconds))
        except subprocess.TimeoutExpired:
            # A killed process may still wait in the kernel for a disk or a graphics card: do not wait for it.
            self._process.kill()
            code = -signal.SIGKILL
        self.channel.close()
        self.current_run.close()
        os.close(self._lifeline)
        return f"by signal {-code}" if code < 0 else f"with exit code {code}"


class ThreadWorker:
    """One thread of this process that trains. It stops between two frames, so a long one delays its end."""

    pid = os.getpid()

    def __init__(self, frames_per_second: float, most: float, receive: Callable[[ThreadWorker, Message], object]):
        self.runs: dict[str, Run] = {}
        self.ready = True
        self.born = time.monotonic()
        self._commands: SimpleQueue[Message] = SimpleQueue()
        self._turn = (0, "")
        scheduler = Scheduler(lambda message: receive(self, message), frames_per_second, most, on_turn=self._note)
        self._thread = threading.Thread(target=self._train, args=(scheduler,), name="lazyrich-training", daemon=False)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Return whether the thread runs."""
        return self._thread.is_alive()

    def turn(self) -> tuple[int, str]:
        """Return a number that changes with every turn, and the run whose turn it is; "" between turns."""
        return self._turn

    def send(self, command: Message) -> None:
        """Send a command."""
        self._commands.put(command)

    def kill(self) -> None:
        """Ask the thread to quit after its frame: a thread cannot be ended from outside."""
        self._commands.put(("quit",))

    def end(self, seconds: float) -> str:
        """Ask the thread to quit and wait for it, at most `seconds`. Returns how it ended, in words."""
        self._commands.put(("quit",))
        self._thread.join(max(0.0, seconds))
        return "in time" if not self._thread.is_alive() else "not yet, it ends after its frame"

    def _note(self, run: str) -> None:
        self._turn = (self._turn[0] + 1, run)

    def _train(self, scheduler: Scheduler) -> None:
        os.environ.update(ONE_THREAD)  # read when torch is first imported
        if "torch" in sys.modules:
            sys.modules["torch"].set_num_threads(1)
        serve(self._commands, scheduler)


Worker = ProcessWorker | ThreadWorker


def main() -> None:
    """Run the worker process: python -m lazyrich.serving.workers.worker with five numbers.

    They are the descriptors of the channel, the current run and the lifeline, the frames per second and the memory.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        # Signals to a whole group or container are for the parent, which then ends this process in an orderly way.
        signal.signal(number, signal.SIG_IGN)
    descriptors = [int(number) for number in sys.argv[1:4]]
    frames_per_second, most, most_memory = map(float, sys.argv[4:7])
    for descriptor in descriptors:
        os.set_inheritable(descriptor, False)
    channel, current_run, lifeline = descriptors
    _die_with(lifeline)
    with suppress(OSError):
        os.nice(NICENESS)
    memory.limit_memory(int(most_memory))
    connection = Connection(channel)
    sending = threading.Lock()

    def report(message: Message) -> None:
        try:
            with sending:
                connection.send(message)
        except OSError:
            os._exit(0)

    def listen() -> None:
        """Read commands during training: they never fill the pipe, and the parent's end is noticed within a frame."""
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
    serve(commands, Scheduler(report, frames_per_second, most, on_turn=CurrentRun(current_run).write))


def _die_with(lifeline: int) -> None:
    """Let the kernel kill this process when the other end of a pipe is closed.

    A thread that reads the pipe would notice the parent's death too, but not in a stopped process, nor during a
    computation that never releases the interpreter. If the kernel cannot do this, such a thread is used.
    """
    with suppress(ImportError, AttributeError, OSError):
        import fcntl

        fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)


if __name__ == "__main__":
    main()
