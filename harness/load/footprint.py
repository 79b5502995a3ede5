"""Resources that a server uses: its processes' memory, threads, open files and computing time.

before = footprint(server.process.pid)
...
after = footprint(server.process.pid)
after.cpu - before.cpu                    seconds of all its processes
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Footprint:
    """Resources of a process and its descendants.

    memory: bytes of all processes, shared memory counted once (PSS), as a container's limit counts it. threads,
    sockets, files: of the process itself; files include sockets. cpu: seconds, user and system, of all processes. web:
    those of the process itself. processes: their number.
    """

    memory: int
    threads: int
    sockets: int
    files: int
    cpu: float
    web: float
    processes: int


def footprint(pid: int) -> Footprint:
    """Return the current use of a process and its descendants. Raises psutil.NoSuchProcess if it has ended."""
    web = psutil.Process(pid)
    memory, cpu, count = 0, 0.0, 0
    for process in [web, *web.children(recursive=True)]:
        with suppress(psutil.NoSuchProcess):
            memory += process.memory_full_info().pss
            cpu += _seconds(process)
            count += 1
    sockets = len(web.net_connections("tcp"))
    return Footprint(memory, web.num_threads(), sockets, web.num_fds(), cpu, _seconds(web), count)


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
