"""Train on one thread.

A gradient step of a small network ends before a second thread has started, and two OpenMP threads that wait for each
other on a busy machine are up to fifty times slower than one. Use the cores for runs: one process, or one thread with
its own Descent, per core.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import torch

__all__ = ["one_thread", "single_thread"]


def single_thread() -> None:
    """Make torch compute on one thread in this process.

    Every process that trains calls it once before. Importing lazyrich does not change the number of threads.
    """
    torch.set_num_threads(1)


class _Before:
    """Return how many threads torch had before the first block in this process that computes on one thread."""

    lock = threading.Lock()
    computing = 0
    threads = 1


@contextmanager
def one_thread() -> Iterator[None]:
    """Compute on one thread within, and restore the number afterwards; the last of several callers restores it."""
    with _Before.lock:
        if not _Before.computing:
            _Before.threads = torch.get_num_threads()
        _Before.computing += 1
        torch.set_num_threads(1)
    try:
        yield
    finally:
        with _Before.lock:
            _Before.computing -= 1
            if not _Before.computing:
                torch.set_num_threads(_Before.threads)
