"""The workers of a pool and the thread that keeps them: it reads what they send and replaces those that die or hang."""

from __future__ import annotations

import logging
import os
import selectors
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from lazyrich.turns import Message
from lazyrich.workers import ProcessWorker, ThreadWorker, Worker

TICK: Final = 0.25
"""Seconds between two looks at the workers and at what nobody watches."""

PING: Final = 1.0
"""Seconds between two questions to a worker whether it is still there."""

SLOWEST_RETRY: Final = 30.0
"""Seconds at most between two attempts to start a worker, when workers die before they are ready."""

logger = logging.getLogger(__name__)


class Crew:
    """Workers, kept at their number.

    number: worker processes, 0 for one thread. frames_per_second: what all of them may yield together.
    hung_seconds: silence after which a worker is replaced. warm: pickled configs whose first frame each worker computes
    when it starts. received(worker, message), died(worker, how) and tick() are called from the keeper's thread,
    `received` from the training thread if there are no processes. Raises OSError if no process is to be had.
    """

    def __init__(
        self,
        number: int,
        frames_per_second: float,
        hung_seconds: float,
        warm: Sequence[bytes],
        received: Callable[[Worker, Message], None],
        died: Callable[[Worker, str], None],
        tick: Callable[[], None],
    ):
        self.number = max(1, number)
        self._processes = number > 0
        self._share = frames_per_second / self.number
        self._hung_seconds = hung_seconds
        self._warm = warm
        self._received, self._died, self._tick = received, died, tick
        self.workers: tuple[Worker, ...] = ()
        """Those alive. Replaced as a whole, so it can be read from any thread."""
        self._selector = selectors.DefaultSelector()
        self._asleep, self._awake = os.pipe()
        self._selector.register(self._asleep, selectors.EVENT_READ)
        self._stopping = False
        self._deaths = 0
        self._next_start = self._next_ping = 0.0
        try:
            for _ in range(self.number):
                self._hire()
        except OSError:
            self._dismiss(time.monotonic() + 1.0)
            raise
        self._keeper = threading.Thread(target=self._keep, name="lazyrich-keeper", daemon=True)
        self._keeper.start()

    @property
    def healthy(self) -> bool:
        """Whether all workers are there and their keeper is."""
        return self._keeper.is_alive() and len(self.workers) == self.number and all(w.alive for w in self.workers)

    def end(self, seconds: float) -> None:
        """End keeper and workers within about `seconds`."""
        until = time.monotonic() + seconds
        self._stopping = True
        os.write(self._awake, b".")
        if self._keeper is not threading.current_thread():
            self._keeper.join(seconds / 3)
        self._dismiss(until)
        if not self._keeper.is_alive():
            self._selector.close()
            os.close(self._asleep)
            os.close(self._awake)

    def _dismiss(self, until: float) -> None:
        for worker in self.workers:
            how = worker.end(until - time.monotonic())
            logger.debug("worker %s ended %s", worker.pid, how)
        self.workers = ()

    def _hire(self) -> None:
        worker: Worker
        if self._processes:
            worker = ProcessWorker(self._share)
            self._selector.register(worker.connection, selectors.EVENT_READ, worker)
        else:
            worker = ThreadWorker(self._share, self._received)
        for config in self._warm:
            worker.send(("warm", config))
        self.workers = (*self.workers, worker)

    def _keep(self) -> None:
        next_look = 0.0
        while not self._stopping:
            try:
                for key, _ in self._selector.select(TICK):
                    if key.data is not None:
                        self._read(key.data)
                if time.monotonic() >= next_look:
                    next_look = time.monotonic() + TICK
                    self._look_after()
                    self._tick()
            except Exception:
                # One bad moment must not leave all runs without anybody who reads their frames.
                logger.exception("the keeper of the workers goes on after an error")
                time.sleep(TICK)

    def _read(self, worker: ProcessWorker) -> None:
        try:
            message = worker.connection.recv()
        except (EOFError, OSError):
            self._lose(worker)
            return
        except Exception:
            logger.exception("worker %s sent what cannot be read; it is replaced", worker.pid)
            worker.kill()
            self._lose(worker)
            return
        worker.heard = time.monotonic()
        if message[0] == "ready":
            worker.ready = True
            self._deaths = 0
        elif message[0] != "pong":
            self._received(worker, message)

    def _look_after(self) -> None:
        now = time.monotonic()
        ping = now >= self._next_ping
        for worker in self.workers:
            if isinstance(worker, ThreadWorker):
                if not worker.alive:
                    self._lose(worker)
            elif now - worker.heard > self._hung_seconds:
                logger.error("worker %s has not answered for %.0f s; it is replaced", worker.pid, now - worker.heard)
                worker.kill()
                self._lose(worker)
            elif ping:
                worker.send(("ping",))
        if ping:
            self._next_ping = now + PING
        while len(self.workers) < self.number and now >= self._next_start:
            try:
                self._hire()
            except OSError:
                logger.exception("no new worker could be started")
                self._delay(now)

    def _lose(self, worker: Worker) -> None:
        if isinstance(worker, ProcessWorker):
            self._selector.unregister(worker.connection)
        self.workers = tuple(other for other in self.workers if other is not worker)
        how = worker.end(seconds=1.0)
        logger.error("worker %s ended %s", worker.pid, how)
        if not worker.ready:
            self._delay(time.monotonic())
        self._died(worker, how)

    def _delay(self, now: float) -> None:
        """Workers that die before they are ready would die again at once: wait longer each time."""
        self._deaths += 1
        self._next_start = now + min(SLOWEST_RETRY, 0.25 * 2**self._deaths)
