"""Processor cores and memory of this machine or container.

    machine.total(), machine.available(), machine.cores()

In a container these are the limits of its control group, where they are below those of the machine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final

CGROUP: Final = Path("/sys/fs/cgroup")
OWN_GROUPS: Final = Path("/proc/self/cgroup")
MEMORY: Final = Path("/proc/meminfo")
UNLIMITED: Final = 1 << 60


def cores() -> int:
    """Return the number of cores that this process may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def total() -> int:
    """Return the bytes of memory that this process may use.

    That is the smallest of the limits of its control groups (a container, a batch job, a service) and the memory of the
    machine; UNLIMITED if none of them is known.
    """
    limits = [_memory()[0], *(_number(folder / limit) for folder, limit, _, _ in _groups())]
    return min(limit for limit in limits if limit)


def available() -> int:
    """Return how many of these bytes are free, counting file caches that the kernel can drop."""
    _, free = _memory()
    for folder, limit, used, kept in _groups():
        most = _number(folder / limit)
        if most and most < UNLIMITED:
            free = min(free, most - _number(folder / used) + _entry(folder / "memory.stat", kept))
    return free


def _groups() -> Iterator[tuple[Path, str, str, str]]:
    """Yield the folders of the control groups that this process may be in, from its own to the outermost visible one.

    Each comes with the names of its entries for the limit, the memory used and the memory that could be dropped.
    """
    own = {"": "/", "memory": "/"}
    with suppress(OSError, ValueError):
        for line in OWN_GROUPS.read_text().splitlines():
            _, kinds, path = line.split(":", 2)
            own |= {kind: path for kind in kinds.split(",") if kind in own}
    version_2 = "memory.max", "memory.current", "inactive_file"
    version_1 = "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
    for root, path, names in ((CGROUP, own[""], version_2), (CGROUP / "memory", own["memory"], version_1)):
        inner = PurePosixPath(path.lstrip("/"))
        for group in (inner, *inner.parents):
            yield (root / group, *names)


def _memory() -> tuple[int, int]:
    """Return the machine's memory and the available part of it, in bytes; UNLIMITED if unknown."""
    with suppress(OSError, ValueError, KeyError):
        lines = MEMORY.read_text().splitlines()
        sizes = {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
        return sizes["MemTotal"], sizes["MemAvailable"]
    with suppress(AttributeError, OSError, ValueError):
        whole = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        return whole, whole
    return UNLIMITED, UNLIMITED


def _number(path: Path) -> int:
    """Return the number in a file; 0 if there is none, UNLIMITED if the file says so."""
    try:
        text = path.read_text().strip()
        return UNLIMITED if text == "max" else min(int(text), UNLIMITED)
    except (OSError, ValueError):
        return 0


def _entry(path: Path, name: str) -> int:
    """Return the number after a name in a file of several."""
    with suppress(OSError, ValueError):
        for line in path.read_text().splitlines():
            if line.startswith(f"{name} "):
                return int(line.split()[1])
    return 0
