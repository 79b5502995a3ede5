"""Compute with all digits of the dtype, even if the calling program has switched on reduced precision.

A program can make torch multiply float32 numbers as TF32 or bfloat16, on graphics cards and on newer CPUs too.
A kernel distance of 1e-6 does not survive that, and the same settings would give other numbers in another program.

    with full_precision:
        ...                     torch's settings belong to the process, so they are restored afterwards
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ContextDecorator
from typing import Any, Final

import torch

__all__ = ["full_precision", "repeatable_convolutions"]

LEVELS: Final = (
    ("generic", "all"),
    *((backend, operation) for backend in ("cuda", "mkldnn") for operation in ("all", "matmul", "conv", "rnn")),
)
"""Places of torch's float32 precision settings (backend, operation), each before those that inherit from it."""


class Shared(ContextDecorator):
    """Settings of the whole process that several threads may need at once.

    The first thread changes them, the last one restores the caller's. Costs 10 µs, or 1 µs if they are already changed.
    """

    def __init__(self, change: Callable[[], Callable[[], None]]):
        self._change = change
        self._lock = threading.Lock()
        self._users = 0
        self._give_back: Callable[[], None] = lambda: None

    def __enter__(self) -> None:
        with self._lock:
            if not self._users:
                self._give_back = self._change()
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                self._give_back()


class FullPrecision(Shared):
    """Precision settings, and the mode in which torch computes float32 products in half precision (`torch.autocast`).

    That mode belongs to a thread, so each thread sets it aside on its own.
    """

    def __init__(self) -> None:
        super().__init__(_full)
        self._of_thread = threading.local()

    def __enter__(self) -> None:
        super().__enter__()
        casting = [kind for kind in ("cpu", "cuda") if torch.is_autocast_enabled(kind)]
        for kind in casting:
            torch.set_autocast_enabled(kind, False)
        self._of_thread.__dict__.setdefault("casting", []).append(casting)

    def __exit__(self, *_: object) -> None:
        for kind in self._of_thread.casting.pop():
            torch.set_autocast_enabled(kind, True)
        super().__exit__()


def _full() -> Callable[[], None]:
    # by backend and operation, because the legacy flags refuse to be read once a program has used the new ones. From
    # the top down, and only settings that do not follow, so that inherited settings stay inherited
    read, write = torch._C._get_fp32_precision_getter, torch._C._set_fp32_precision_setter
    before: list[tuple[str, str, Any]] = []
    for backend, operation in LEVELS:
        precision = read(backend, operation)
        if precision != "ieee":
            before.append((backend, operation, precision))
            write(backend, operation, "ieee")
    sums = [_without_reduced_sums(dtype) for dtype in ("fp16", "bf16")]
    accumulation = torch._C._get_cublas_allow_fp16_accumulation()
    torch._C._set_cublas_allow_fp16_accumulation(False)

    def give_back() -> None:
        for backend, operation, precision in reversed(before):
            write(backend, operation, precision)
        for put in sums:
            put()
        torch._C._set_cublas_allow_fp16_accumulation(accumulation)

    return give_back


def _without_reduced_sums(dtype: str) -> Callable[[], None]:
    """Make CUDA sum products of half precision in float32."""
    name = f"cublas_allow_{dtype}_reduced_precision_reduction"
    read, write = (getattr(torch._C, f"_{verb}_{name}") for verb in ("get", "set"))
    allowed, in_parts = read()
    write(False, in_parts)
    return lambda: write(allowed, in_parts)


def _deterministic() -> Callable[[], None]:
    # one by one, because torch.backends.cudnn.flags() also reads the legacy flag of TF32
    before = torch._C._get_cudnn_enabled(), torch._C._get_cudnn_benchmark(), torch._C._get_cudnn_deterministic()

    def put(enabled: bool, benchmark: bool, deterministic: bool) -> None:
        torch._C._set_cudnn_enabled(enabled)
        torch._C._set_cudnn_benchmark(benchmark)
        torch._C._set_cudnn_deterministic(deterministic)

    put(True, False, True)
    return lambda: put(*before)


full_precision: Final = FullPrecision()
"""Switch off TF32, autocast and all other reduced precision within; restore the caller's settings afterwards.

Also a decorator. Settings of the legacy kind (`allow_tf32`, `set_float32_matmul_precision`) and of the new one
(`fp32_precision`) may be mixed in any way. Does not initialise CUDA."""

repeatable_convolutions: Final = Shared(_deterministic)
"""Restrict cuDNN to deterministic algorithms within; for CUDA alone."""
