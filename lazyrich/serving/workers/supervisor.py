"""Run the workers of a pool, with a thread that reads their messages and replaces those that die or hang."""

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
"""Seconds between two checks of the workers and of unwatched runs."""

PING: Final = 1.0
"""Seconds between two pings of a worker."""

MAX_RETRY_DELAY: Final = 30.0
"""Longest wait in seconds between two attempts to start a worker, when workers die soon after their start."""

EARLY_DEATH: Final = 10.0
"""Seconds. A worker that dies earlier, and not while it computes a run, would probably die again at once."""

START_TIMEOUT: Final = 60.0
"""Seconds that a worker may take to start, which is long on a busy machine."""

STALL_TIMEOUT: Final = 5.0
"""Seconds without a check of the workers after which the supervisor's thread is reported as held up."""

MAX_STRAYS: Final = 10_000
"""Consecutive messages about stopped runs after which a worker is replaced."""

logger = logging.getLogger(__name__)


class Supervisor:
    """Supervisor that keeps the configured number of workers running.

    The callbacks run in the supervisor's thread; `on_message` runs in the training thread if there are no processes.

    Args:
        limits: Number of workers (0 for one thread) and their bounds.
        warm: Pickled configs whose first frame each worker computes when it starts.
        on_message: Called with (worker, message); returns whether the message was used.
        on_death: Called with (worker, how, run whose turn it was or "").
        on_tick: Called at each check.

    Raises:
        OSError: If no process can be started.
    """

    def __init__(
        self,
        limits: Limits,
        warm: Sequence[bytes],
        on_message: Callable[[Worker, Message], bool],
        on_death: Callable[[Worker, str, str], None],
        on_tick: Callable[[], None],
    ):
        self.number = max(1, limits.workers)
        self._processes = limits.workers > 0
        self._pace = limits.all_frames / self.number, limits.run_frames
        self._limits = limits
        # A frame as large as a whole run's limit is reported as too large; a larger message cannot be a frame.
        self._most_bytes = min(2**31 - 1, 2 * limits.run_mb * MB + 16 * MB)
        self._memory = memory.worker_limit(limits)
        self._warm = warm
        self._on_message, self._on_death, self._on_tick = on_message, on_death, on_tick
        self.workers: tuple[Worker, ...] = ()
        """Workers that are alive. The list is replaced as a whole, so any thread can read it."""
        self._heartbeats: dict[Worker, Heartbeat] = {}
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = os.pipe()
        self._selector.register(self._wake_read, selectors.EVENT_READ)
        self._stopping = False
        self._deaths = 0
        self._next_start = self._next_ping = 0.0
        self._checked = time.monotonic()
        try:
            for _ in range(self.number):
                self._start_worker()
        except OSError:
            self._end_all(time.monotonic() + 1.0)
            raise
        self._thread = threading.Thread(target=self._supervise, name="lazyrich-supervisor", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> list[str]:
        """Describe what is wrong with the workers and their supervisor, in sentences; empty if all is well."""
        found = []
        ago = time.monotonic() - self._checked
        if not self._thread.is_alive():
            found.append("The thread that keeps the workers has ended.")
        elif ago > STALL_TIMEOUT:
            found.append(f"The thread that keeps the workers has been held up for {ago:.0f} s.")
        workers = self.workers
        there = sum(worker.alive for worker in workers)
        if there < self.number:
            found.append(f"{self.number - there} of {self.number} workers are missing; they are being replaced.")
        late = [heartbeat.frame for worker in workers if (heartbeat := self._heartbeats.get(worker))]
        if not self._processes and max(late, default=0.0) > self._limits.frame_seconds:
            found.append(f"The training thread has computed one frame for {max(late):.0f} s, and cannot be replaced.")
        return found

    def end(self, seconds: float) -> None:
        """End the supervisor's thread and all workers within about `seconds`."""
        until = time.monotonic() + seconds
        self._stopping = True
        os.write(self._wake_write, b".")
        if self._thread is not threading.current_thread():
            self._thread.join(seconds / 3)
        self._end_all(until)
        if not self._thread.is_alive():
            self._selector.close()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _end_all(self, until: float) -> None:
        """Kill all workers without asking: they hold nothing that must be saved, and those that hang cannot answer."""
        workers, self.workers = self.workers, ()
        for worker in workers:
            worker.kill()
        for worker in workers:
            how = worker.end(until - time.monotonic())
            logger.debug("worker %s ended %s", worker.pid, how)

    def _start_worker(self) -> None:
        worker: Worker
        if self._processes:
            worker = ProcessWorker(*self._pace, self._most_bytes, self._memory)
            self._selector.register(worker.channel, selectors.EVENT_READ, worker)
        else:
            worker = ThreadWorker(*self._pace, self._on_message)
        self._heartbeats[worker] = Heartbeat()
        for config in self._warm:
            worker.send(("warm", config))
        self.workers = (*self.workers, worker)

    def _supervise(self) -> None:
        next_check = 0.0
        while not self._stopping:
            try:
                self._watch_for_writable()
                for key, events in self._selector.select(TICK):
                    if key.data in self.workers and events & selectors.EVENT_WRITE:
                        key.data.channel.flush()
                    if key.data in self.workers and events & selectors.EVENT_READ:
                        self._read(key.data)
                if time.monotonic() >= next_check:
                    next_check = time.monotonic() + TICK
                    self._check()
                    self._on_tick()
            except Exception:
                # Without this thread no further frame of any run would be read.
                logger.exception("the supervisor of the workers goes on after an error")
                time.sleep(TICK)

    def _watch_for_writable(self) -> None:
        """Watch for pipes that can take more, where data wait to be sent.

        A visitor's own data can exceed the buffer of a pipe.
        """
        for key in [*self._selector.get_map().values()]:
            if isinstance(key.data, ProcessWorker):
                wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if key.data.channel.has_unsent else 0)
                if key.events != wanted:
                    self._selector.modify(key.fileobj, wanted, key.data)

    def _read(self, worker: ProcessWorker) -> None:
        heartbeat = self._heartbeats[worker]
        try:
            for message in worker.channel.read():
                heartbeat.heard()
                if message[0] == "ready":
                    worker.ready = True
                elif message[0] != "pong":
                    heartbeat.strays = 0 if self._on_message(worker, message) else heartbeat.strays + 1
        except EOFError:
            self._remove(worker)
        except Exception as error:
            # After bytes that cannot be decoded, or a meaningless message, no later message can be trusted.
            logger.exception("worker %s sent what is no message", worker.pid)
            self._replace(worker, f"it sent what cannot be read: {type(error).__name__}")
        else:
            if heartbeat.strays > MAX_STRAYS:
                self._replace(worker, "it went on and on with what it was told to stop")

    def _check(self) -> None:
        now = time.monotonic()
        # A late check does not mean silent workers: the whole machine may have been suspended.
        elapsed = min(now - self._checked, 2 * TICK)
        self._checked = now
        ping = now >= self._next_ping
        for worker in self.workers:
            heartbeat = self._heartbeats[worker]
            heartbeat.check(worker.turn(), elapsed)
            if isinstance(worker, ThreadWorker):
                if not worker.alive:
                    self._remove(worker)
                continue
            timeout = self._limits.hung_seconds if worker.ready else max(START_TIMEOUT, self._limits.hung_seconds)
            if heartbeat.silent > timeout:
                self._replace(worker, f"it did not answer for {timeout:.0f} s")
            elif heartbeat.frame > self._limits.frame_seconds and heartbeat.frame > (
                most := self._frame_timeout(worker)
            ):
                self._replace(worker, f"one frame took longer than {most:.0f} s")
            elif ping:
                worker.send(("ping",))
        if ping:
            self._next_ping = now + PING
        while len(self.workers) < self.number and now >= self._next_start:
            try:
                self._start_worker()
            except OSError:
                logger.exception("no new worker could be started")
                self._delay(now)

    def _frame_timeout(self, worker: Worker) -> float:
        """Return the seconds allowed for the current frame, with a margin: estimates are rough, and frames vary."""
        run = worker.runs.get(worker.turn()[1])
        mean = run.config.work().seconds / max(1, run.expected) if run is not None else 0.0
        return self._limits.frame_seconds + 10 * mean

    def _replace(self, worker: ProcessWorker, why: str) -> None:
        worker.kill()
        self._remove(worker, why)

    def _remove(self, worker: Worker, why: str = "") -> None:
        """Remove a worker that has ended, or was killed for this reason. The next check starts another."""
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
            pass  # that run is not started again, so the next worker need not wait
        elif now - worker.born < EARLY_DEATH:
            self._delay(now)
        else:
            self._deaths = 0
        self._on_death(worker, how, run)

    def _delay(self, now: float) -> None:
        """Wait longer after each worker that dies soon after its start: the next one would probably do the same."""
        self._deaths += 1
        self._next_start = now + min(MAX_RETRY_DELAY, 0.25 * 2**self._deaths)
