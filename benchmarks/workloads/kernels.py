"""Item 4: kernels and kernel distances (n = 1000, d = 100, m = 50), their speed and their digits."""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from benchmarks.rounds import Rounds, Way
from benchmarks.table import Row
from benchmarks.workloads import peers
from benchmarks.workloads.problems import students
from lazyrich.kernels import KernelDistance, kernel_distance, two_layer_ntk


def rows(rounds: Rounds) -> Iterator[Row]:
    for dtype, needed in ((torch.float32, 15.0), (torch.float64, 8.0)):
        X, _, (W,), (a,) = students(100, 1000, 1, dtype)
        K0, recorded = two_layer_ntk(X, W, a), KernelDistance(X, W, a)
        moved = W + 0.01 * torch.randn_like(W)

        def features(count: int, X: Tensor = X, W: Tensor = moved, a: Tensor = a, K0: Tensor = K0) -> None:
            for _ in range(count):
                peers.plain_distance(K0, peers.kernel_from_features(X, W, a))

        def formula(count: int, X: Tensor = X, W: Tensor = moved, a: Tensor = a, K0: Tensor = K0) -> None:
            for _ in range(count):
                kernel_distance(K0, two_layer_ntk(X, W, a))

        def again(count: int, W: Tensor = moved, a: Tensor = a, distance: KernelDistance = recorded) -> None:
            for _ in range(count):
                distance(W, a)

        ways: dict[str, Way] = {"features": features, "formula": formula, "again": again}
        times = rounds.measure(ways)
        name = str(dtype).removeprefix("torch.")
        yield Row("4", f"kernel distance, {name}, over explicit features", times.ratio("features", "formula"), needed)
        ratio = times.ratio("features", "again")
        yield Row("4", f"kernel distance recorded again and again, {name}, over explicit features", ratio, needed)
        yield Row("", f"milliseconds a recorded kernel distance, {name}", times["again"] * 1e3)
    least, error, plain = digits(4 if rounds.count < 7 else 20)
    yield Row("4", "least distance met in float32, for changes of 1e-3 to 1e-8 of the weights", least, 0.0)
    yield Row("4", "largest relative error in float32 where S is about 1e-5", error, 1e-3, at_most=True)
    yield Row("", "the same error of 1 - <K0, K1> / (|K0||K1|) as it stands", plain)


def digits(seeds: int) -> tuple[float, float, float]:
    """Return (smallest distance, largest relative error here, that of the plain form) over `seeds` tasks in float32."""
    least, worst, worst_plain = float("inf"), 0.0, 0.0
    for seed in range(seeds):
        X, _, (W,), (a,) = students(100, 1000, 1, torch.float32, seed)
        distance, K0 = KernelDistance(X, W, a), two_layer_ntk(X, W, a)
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(W.shape, generator=generator) * W.norm(dim=1, keepdim=True) / W.shape[1] ** 0.5
        for size in (1e-3, 1e-5, 1e-8):
            least = min(
                least, distance(W + size * noise, a), kernel_distance(K0, two_layer_ntk(X, W + size * noise, a))
            )
        size = size_for(1e-5, X, W, a, noise)
        now = W + size * noise
        exact = kernel_distance(*(two_layer_ntk(X.double(), part.double(), a.double()) for part in (W, now)))
        K1 = two_layer_ntk(X, now, a)
        worst = max(worst, *(abs(S / exact - 1) for S in (distance(now, a), kernel_distance(K0, K1))))
        worst_plain = max(worst_plain, abs(peers.plain_distance(K0, K1) / exact - 1))
    return least, worst, worst_plain


def size_for(S: float, X: Tensor, W: Tensor, a: Tensor, noise: Tensor) -> float:
    """Return the size of a change along `noise` that gives a kernel distance of about S, by bisection in float64."""
    distance = KernelDistance(X.double(), W.double(), a.double())
    low, high = 1e-7, 1.0
    for _ in range(12):
        middle = (low * high) ** 0.5
        low, high = (low, middle) if distance((W + middle * noise).double(), a.double()) > S else (middle, high)
    return low
