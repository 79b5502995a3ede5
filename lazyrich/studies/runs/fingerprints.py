"""Find what two runs of one seed share by comparing their arrays.

    shared_by([of_header(header_a) | of_start(frame_a), ...], [... of b])
    ("teacher", "training inputs", "start")

Settings cannot tell: which draws a setting changes depends on the order in which an experiment draws.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lazyrich.frame import Frame, RunHeader

__all__ = ["of_header", "of_start", "shared_by"]

Fingerprints = Mapping[str, str]

NAMES = {
    "teacher_W": "teacher",
    "teacher_a": "teacher",
    "X": "training inputs",
    "y": "training outputs",
    "Y": "training outputs",
    "X_test": "test inputs",
    "y_test": "test outputs",
}
"""Array of a header -> its name in sentences; all others keep their names."""

START = "start"

DIGITS = 6
"""Decimals to which starts of different sizes are compared, as their rounding differs."""


def of_header(header: RunHeader) -> dict[str, str]:
    """Return the fingerprints of the arrays of a task, by name."""
    return {name: _hash(array) for name, array in header.arrays.items() if np.size(array)}


def of_start(frame: Frame) -> dict[str, str]:
    """Return the fingerprint of the weights in a run's first frame; empty if it has none.

    It does not depend on their size, which scale and balance change.
    """
    if not frame.arrays:
        return {}
    parts = []
    for name in sorted(frame.arrays):
        array = np.asarray(frame.arrays[name], dtype=np.float64)
        size = np.linalg.norm(array)
        parts.append(name + _hash(np.round(array / size if size > 0 else array, DIGITS) + 0.0))
    return {START: hashlib.sha256("".join(parts).encode()).hexdigest()[:16]}


def shared_by(a: Sequence[Fingerprints], b: Sequence[Fingerprints]) -> tuple[str, ...] | None:
    """Return what the runs of all seeds share.

    Args:
        a: Fingerprints of the runs of A, a mapping for each seed.
        b: Fingerprints of B, for the same seeds.

    Returns:
        Names as in `teacher`, `training data`, `test data` and `start`; None if nothing is recorded to compare.
    """
    known = set.intersection(*(set(one) & set(other) for one, other in zip(a, b, strict=True))) if a else set()
    if not known:
        return None
    order = [*NAMES, *sorted(known - set(NAMES) - {START}), START]
    same = [name for name in order if name in known]
    same = [name for name in same if all(one[name] == other[name] for one, other in zip(a, b, strict=True))]
    # the teacher has two arrays, and is shared if both are equal
    names = [name for name in same if not name.startswith("teacher_") or {"teacher_W", "teacher_a"} <= set(same)]
    shared = list(dict.fromkeys(NAMES.get(name, name) for name in names))
    for kind in ("training", "test"):
        both = [f"{kind} inputs", f"{kind} outputs"]
        if set(both) <= set(shared):
            shared[shared.index(both[0])] = f"{kind} data"
            shared.remove(both[1])
    return tuple(shared)


def _hash(array: Any) -> str:
    array = np.ascontiguousarray(array)
    digest = hashlib.sha256(f"{array.dtype}{array.shape}".encode())
    digest.update(array.tobytes())
    return digest.hexdigest()[:16]
