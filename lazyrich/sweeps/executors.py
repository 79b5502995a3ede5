"""Where parts of a long computation are computed: in this process, in others on this machine, or on a Dask cluster.

with executor(workers=4) as pool:
    for finished in spread(compute, zip(parts), pool):
        ...
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import Any, TypeVar

from lazyrich.console import interrupts
from lazyrich.frame import CannotRun

__all__ = ["executor", "spread"]

R = TypeVar("R")

IN_FLIGHT = 2048
"""Parts given to an executor at a time: enough for every core of a cluster to have the next one waiting, and a sweep of
a million students does not lie in memory as futures."""


def spread(compute: Callable[..., R], calls: Iterable[tuple[Any, ...]], executor: Executor) -> Iterator[R]:
    """Make all calls on an executor, each with its arguments, and give each result as soon as it is there.

    When the caller stops asking, calls that nobody has begun are called off. Raises what the executor raises.
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
    finally:
        for future in begun:
            future.cancel()


@contextmanager
def executor(workers: int, dask: str | None = None) -> Iterator[Executor | None]:
    """Give the executor that the command line asks for.

    Args:
        workers: Processes to compute in; with 1 it is this one, and None is given.
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
    with interrupts.held():
        # a helper of the workers, which is to outlive them when their terminal is closed
        resource_tracker.ensure_running()
    pool = _Pool(workers, multiprocessing.get_context("spawn"), initializer=_begin_worker)
    try:
        yield pool
    except BaseException:
        # what they are computing may take a while, and nobody waits for it any more
        for worker in multiprocessing.active_children():
            if worker not in others:
                worker.kill()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


class _Pool(ProcessPoolExecutor):
    """Workers that ignore Ctrl-C from their first moment on, long before they could say so themselves.

    A process is started where it is wanted, by `submit`.
    """

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Start a call, as every executor does."""
        with interrupts.held():
            return super().submit(fn, *args, **kwargs)


@contextmanager
def _dask(address: str) -> Iterator[Executor]:
    try:
        # by name, as it is none of what the library depends on
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
    """Ctrl-C is for the parent; and where that was killed, nobody else ends the workers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        # they were held back while this process was started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, interrupts.SIGNALS)
    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def outlived() -> None:
            wait([sentinel])
            os._exit(1)

        threading.Thread(target=outlived, daemon=True).start()
