"""The pool of processes of the command line, whose workers are killed at Ctrl-C."""

import multiprocessing
import threading
import time

import pytest

from harness.waiting import eventually
from lazyrich.sweeps.executors import executor, map_as_completed


def test_workers_killed_while_parts_wait_leave_no_traceback(monkeypatch):
    raised = []
    monkeypatch.setattr(threading, "excepthook", raised.append)
    with pytest.raises(KeyboardInterrupt), executor(2) as pool:
        results = map_as_completed(time.sleep, [(0.0,), *[(60.0,)] * 50], pool)
        next(results)
        results.close()
        for worker in multiprocessing.active_children():
            worker.kill()
        eventually(lambda: not multiprocessing.active_children())
        time.sleep(0.3)  # the thread of the pool notices
        raise KeyboardInterrupt
    assert raised == []
