"""Item 1: the phase portrait's students (m = 50, d = 100, n = 1000), many at a time."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from benchmarks.rounds import Rounds, Way
from benchmarks.table import Row
from benchmarks.workloads import peers
from benchmarks.workloads.problems import students
from lazyrich.training import Descent

D, N, M = 100, 1000, 50
FLOPS = 4.0 * N * D * M
"""Floating-point operations of one gradient step of one student: forward pass and gradient, two a multiplication."""


def engine(networks: int, dtype: torch.dtype) -> Way:
    """Return steps of this many students, each with its own learning rate."""
    X, y, W, a = students(D, N, networks, dtype)
    return Descent(X, y, W, a, torch.linspace(1, 2, networks) * peers.TINY).advance


def rows(rounds: Rounds) -> Iterator[Row]:
    single, double = torch.float32, torch.float64
    X, y, W, a = (part.float() for part in students(D, N, 1, double))
    product, product_flops = peers.sgemm(single)
    ways: dict[str, Way] = {
        "numpy": peers.numpy_loop(X, y, W[0], a[0]),
        "module": peers.module_with_sgd(X, y, W[0], a[0]),
        "sgemm": product,
        "64": engine(64, single),
        "64 double": engine(64, double),
        "8": engine(8, single),
        "289": engine(289, single),
    }
    times = rounds.measure(ways)
    faster = 64 * times.ratio("numpy", "64")
    yield Row("1", "64 students, float32, over a float64 numpy loop", faster, 3.4)
    share = times.ratio("sgemm", "64") * 64 * FLOPS / product_flops
    yield Row("1", "64 students, float32: share of the sgemm rate", share, 0.70)
    yield Row("1", "64 students, float32, over nn.Module + SGD", 64 * times.ratio("module", "64"), 1.9)
    yield Row("1", "64 students, float64, over a float64 numpy loop", 64 * times.ratio("numpy", "64 double"), 1.6)
    yield Row("1", "289 students at once: rate a student, over that of 8", times.ratio("8", "289") * 289 / 8, 0.9)
    yield Row("", "thousand student-steps a second, 64 students, float32", 64e-3 / times["64"])
