"""How many threads training takes: one.

A gradient step of a small network is over before a second thread has woken, and two OpenMP threads that wait for each
other on a busy machine are up to fifty times slower than one. Use the cores for runs: a process, or a thread with its
own Descent, per core.
"""

from __future__ import annotations

import torch

__all__ = ["single_thread"]


def single_thread() -> None:
    """Make torch compute on one thread in this process. To be called once, by every process that trains, before it
    does.

    Importing lazyrich leaves the number of threads as it is.
    """
    torch.set_num_threads(1)
