"""The workers of a pool and the thread that keeps them: it reads what they send and replaces those that die or hang."""

from __future__ import annotations

import logging
import os
import selectors
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from lazyrich.config.limits import MB, Limits
from lazyrich.serving.workers import memory
from lazyrich.serving.workers.heartbeat import Heartbeat
from lazyrich.serving.workers.scheduler import Message
from lazyrich.serving.workers.worker import ProcessWorker, ThreadWorker, Worker

TICK: Final = 0.25
"""Seconds between two looks at the workers and at what nobody watches."""

PING: Final = 1.0
"""Seconds between two questions to a worker whether it is still there."""

SLOWEST_RETRY: Final = 30.0
"""Seconds at most between two attempts to start a worker, when workers die young."""

YOUNG: Final = 10.0
"""Seconds. A worker that dies before, and of nothing that it was told to compute, may die again at once."""

STARTING: Final = 60.0
"""Seconds that a worker may take to start, which is long on a busy machine."""

STALLED: Final = 5.0
"""Seconds without a look at the workers after which their keeper is in trouble."""

STRAYS: Final = 10_000
"""Messages about runs that it was told to stop after which a worker is taken to have gone wild."""

logger = logging.getLogger(__name__)


class Supervisor:
    """Workers, kept at their number.

    limits: how many there are (0 for one thread) and what they may do. frames_per_second: what all of them may yield
    together. warm: pickled configs whose first frame each worker computes when it starts. received(worker, message),
    which returns whether it was of use, died(worker, how, run whose turn it was or "") and tick() are called from the
    keeper's thread, `received` from the training thread if there are no processes. Raises OSError if no process is to
    be had.
    """

    def __init__(
        self,
        limits: Limits,
        frames_per_second: float,
        warm: Sequence[bytes],
        received: Callable[[Worker, Message], bool],
        died: Callable[[Worker, str, str], None],
        tick: Callable[[], None],
    ):
        self.number = max(1, limits.workers)
        self._processes = limits.workers > 0
        self._share = frames_per_second / self.number
        self._limits = limits
        # A frame as large as a whole run may be is told to be too large; what claims to be larger is no frame.
        self._most_bytes = min(2**31 - 1, 2 * limits.run_mb * MB + 16 * MB)
        self._memory = memory.of_worker(limits)
        self._warm = warm
        self._received, self._died, self._tick = received, died, tick
        self.workers: tuple[Worker, ...] = ()
        """Those alive. Replaced as a whole, so it can be read from any thread."""
        self._heartbeats: dict[Worker, Heartbeat] = {}
        self._selector = selectors.DefaultSelector()
        self._asleep, self._awake = os.pipe()
        self._selector.register(self._asleep, selectors.EVENT_READ)
        self._stopping = False
        self._deaths = 0
        self._next_start = self._next_ping = 0.0
        self._looked = time.monotonic()
        try:
            for _ in range(self.number):
                self._hire()
        except OSError:
            self._dismiss(time.monotonic() + 1.0)
            raise
        self._keeper = threading.Thread(target=self._keep, name="lazyrich-keeper", daemon=True)
        self._keeper.start()

    @property
    def trouble(self) -> list[str]:
        """What is wrong with the workers and their keeper, in sentences; empty if all is well."""
        found = []
        ago = time.monotonic() - self._looked
        if not self._keeper.is_alive():
            found.append("The thread that keeps the workers has ended.")
        elif ago > STALLED:
            found.append(f"The thread that keeps the workers has been held up for {ago:.0f} s.")
        workers = self.workers
        there = sum(worker.alive for worker in workers)
        if there < self.number:
            found.append(f"{self.number - there} of {self.number} workers are missing; they are being replaced.")
        late = [watch.frame for worker in workers if (watch := self._heartbeats.get(worker))]
        if not self._processes and max(late, default=0.0) > self._limits.frame_seconds:
            found.append(f"The training thread has computed one frame for {max(late):.0f} s, and cannot be replaced.")
        return found

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
        """End all workers. They have nothing to lose, so they are not asked; those that hang would not answer."""
        workers, self.workers = self.workers, ()
        for worker in workers:
            worker.kill()
        for worker in workers:
            how = worker.end(until - time.monotonic())
            logger.debug("worker %s ended %s", worker.pid, how)

    def _hire(self) -> None:
        worker: Worker
        if self._processes:
            worker = ProcessWorker(self._share, self._most_bytes, self._memory)
            self._selector.register(worker.channel, selectors.EVENT_READ, worker)
        else:
            worker = ThreadWorker(self._share, self._received)
        self._heartbeats[worker] = Heartbeat()
        for config in self._warm:
            worker.send(("warm", config))
        self.workers = (*self.workers, worker)

    def _keep(self) -> None:
        next_look = 0.0
        while not self._stopping:
            try:
                self._mind_what_waits()
                for key, events in self._selector.select(TICK):
                    if key.data in self.workers and events & selectors.EVENT_WRITE:
                        key.data.channel.flush()
                    if key.data in self.workers and events & selectors.EVENT_READ:
                        self._read(key.data)
                if time.monotonic() >= next_look:
                    next_look = time.monotonic() + TICK
                    self._look_after()
                    self._tick()
            except Exception:
                # One bad moment must not leave all runs without anybody who reads their frames.
                logger.exception("the keeper of the workers goes on after an error")
                time.sleep(TICK)

    def _mind_what_waits(self) -> None:
        """Watch for pipes that can take more, where data wait for that.

        A visitor's own data are larger than what one pipe holds.
        """
        for key in [*self._selector.get_map().values()]:
            if isinstance(key.data, ProcessWorker):
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if key.data.channel.waiting else 0)
                if key.events != wanted:
                    self._selector.modify(key.fileobj, wanted, key.data)

    def _read(self, worker: ProcessWorker) -> None:
        watch = self._heartbeats[worker]
        try:
            for message in worker.channel.read():
                watch.heard()
                if message[0] == "ready":
                    worker.ready = True
                elif message[0] != "pong":
                    watch.strays = 0 if self._received(worker, message) else watch.strays + 1
        except EOFError:
            self._lose(worker)
        except Exception as error:
            # What cannot be read, and what can but is nonsense: nothing that it says can be trusted any more.
            logger.exception("worker %s sent what is no message", worker.pid)
            self._replace(worker, f"it sent what cannot be read: {type(error).__name__}")
        else:
            if watch.strays > STRAYS:
                self._replace(worker, "it went on and on with what it was told to stop")

    def _look_after(self) -> None:
        now = time.monotonic()
        # A look that comes late says nothing of the workers: perhaps the whole machine was asleep.
        elapsed = min(now - self._looked, 2 * TICK)
        self._looked = now
        ping = now >= self._next_ping
        for worker in self.workers:
            watch = self._heartbeats[worker]
            watch.look(worker.turn(), elapsed)
            if isinstance(worker, ThreadWorker):
                if not worker.alive:
                    self._lose(worker)
                continue
            patience = self._limits.hung_seconds if worker.ready else max(STARTING, self._limits.hung_seconds)
            if watch.silent > patience:
                self._replace(worker, f"it did not answer for {patience:.0f} s")
            elif watch.frame > self._limits.frame_seconds and watch.frame > (most := self._for_a_frame(worker)):
                self._replace(worker, f"one frame took longer than {most:.0f} s")
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

    def _for_a_frame(self, worker: Worker) -> float:
        """Seconds that the frame at hand may take: some are far above the mean, and estimates are rough."""
        run = worker.runs.get(worker.turn()[1])
        mean = run.config.work().seconds / max(1, run.expected) if run is not None else 0.0
        return self._limits.frame_seconds + 10 * mean

    def _replace(self, worker: ProcessWorker, why: str) -> None:
        worker.kill()
        self._lose(worker, why)

    def _lose(self, worker: Worker, why: str = "") -> None:
        """A worker has ended, or was killed, and why: another takes its place at the next look."""
        if isinstance(worker, ProcessWorker):
            self._selector.unregister(worker.channel)
        self.workers = tuple(other for other in self.workers if other is not worker)
        del self._heartbeats[worker]
        _, run = worker.turn()
        how = worker.end(seconds=1.0)
        how = f"was ended because {why}" if why else f"ended unexpectedly ({how})"
        logger.error("worker %s %s; another takes its place", worker.pid, how)
        now = time.monotonic()
        if run:
            pass  # it is that run which is not started again, so the next worker need not wait
        elif now - worker.born < YOUNG:
            self._delay(now)
        else:
            self._deaths = 0
        self._died(worker, how, run)

    def _delay(self, now: float) -> None:
        """Workers that die young would die again at once: wait longer each time."""
        self._deaths += 1
        self._next_start = now + min(SLOWEST_RETRY, 0.25 * 2**self._deaths)
