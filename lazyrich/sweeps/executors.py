"""Compute the parts of a long computation in this process, in others on this machine, or on a Dask cluster.

with executor(workers=4) as pool:
    for finished in map_as_completed(compute, zip(parts), pool):
        ...
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import Any, TypeVar

from lazyrich.console import interrupts
from lazyrich.frame import CannotRun

__all__ = ["executor", "map_as_completed"]

R = TypeVar("R")

IN_FLIGHT = 2048
"""Number of parts submitted to an executor at a time: enough that every core of a cluster has a next one, few enough
that a sweep of a million students does not fill memory with futures."""


def map_as_completed(compute: Callable[..., R], calls: Iterable[tuple[Any, ...]], executor: Executor) -> Iterator[R]:
    """Make all calls on an executor and yield each result as soon as it is computed.

    When the caller stops iterating, calls that have not begun are cancelled: at once, or, in a pool of `executor`, when
    the pool ends. Errors of the executor are raised.
    """
    waiting = iter(calls)
    begun: set[Future[R]] = set()
    try:
        while True:
            while len(begun) < IN_FLIGHT and (call := next(waiting, None)) is not None:
                begun.add(executor.submit(compute, *call))
            if not begun:
                return
            over, begun = wait_for(begun, return_when=FIRST_COMPLETED)
            for future in over:
                yield future.result()
    except BrokenExecutor:
        # The thread of a pool whose workers have died marks all futures as failed, and would print a traceback at one
        # that is cancelled.
        begun.clear()
        raise
    finally:
        # the workers of such a pool may be killed next, with the same effect
        if not isinstance(executor, _Pool):
            for future in begun:
                future.cancel()


@contextmanager
def executor(workers: int, dask: str | None = None) -> Iterator[Executor | None]:
    """Yield the executor that the command line asks for; None to compute in this process.

    Args:
        workers: Number of processes; 1 is this process.
        dask: Address of a scheduler, whose workers compute instead.

    Raises:
        CannotRun: If Dask is not installed, or there is no scheduler.
    """
    if dask is not None:
        with _dask(dask) as cluster:
            yield cluster
        return
    if workers == 1:
        yield None
        return
    others = multiprocessing.active_children()
    with interrupts.deferred():
        # start the workers' resource tracker here: it must outlive them if their terminal is closed
        resource_tracker.ensure_running()
    pool = _Pool(workers, multiprocessing.get_context("spawn"), initializer=_begin_worker)
    try:
        yield pool
    except BaseException:
        # the calls in progress may take a while, and their results are no longer needed
        for worker in multiprocessing.active_children():
            if worker not in others:
                worker.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class _Pool(ProcessPoolExecutor):
    """Process pool whose workers ignore Ctrl-C from their start on, before they run any code of their own.

    `submit` starts a process when one is needed.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit a call; hold signals back while this starts a process."""
        with interrupts.deferred():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        # imported by name, because Dask is an optional dependency
        distributed = import_module("distributed")
    except ImportError as error:
        raise CannotRun("--dask needs Dask: pip install -r requirements-cluster.txt.") from error
    try:
        client = distributed.Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise CannotRun(f"--dask: there is no scheduler at {address}: {error}.") from error
    with client:
        yield client.get_executor()


def _begin_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it: if the parent is killed, nothing else ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        # signals were held back while this process was started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, interrupts.SIGNALS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def outlived() -> None:
            wait([sentinel])
            os._exit(1)

        threading.Thread(target=outlived, daemon=True).start()
