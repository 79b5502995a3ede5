"""Full precision under any settings of the calling program: equal numbers, and settings that are left as they were.

Each program is a forked child of one process, because torch's first settings cannot be put back once they were written.
"""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import torch

from lazyrich.training import precision
from lazyrich.training.precision import full_precision

PROGRAM = r'''
import hashlib, itertools, os, sys, warnings
from importlib import import_module
import numpy as np
import torch
from lazyrich import DeepNetwork, Filters, StudentTeacher, kernels
from lazyrich.training import Descent, Flow
from lazyrich.training.precision import LEVELS, full_precision, repeatable_convolutions

warnings.simplefilter("ignore")
torch.set_num_threads(1)
# what a run imports when it begins, for all children at once
for needed in ("student_teacher", "deep_network", "filters"):
    import_module(f"lazyrich.experiments.{needed}.frames")
import_module("torch._dynamo")
backends, legacy = torch.backends, torch.set_float32_matmul_precision
SETTINGS = {
    "nothing": lambda: None,
    "legacy high": lambda: legacy("high"),
    "legacy medium": lambda: legacy("medium"),
    "legacy cuda": lambda: setattr(backends.cuda.matmul, "allow_tf32", True),
    "legacy no cudnn": lambda: setattr(backends.cudnn, "allow_tf32", False),
    "all ieee": lambda: setattr(backends, "fp32_precision", "ieee"),
    "all tf32": lambda: setattr(backends, "fp32_precision", "tf32"),
    "all bf16": lambda: setattr(backends, "fp32_precision", "bf16"),
    "cudnn ieee": lambda: setattr(backends.cudnn, "fp32_precision", "ieee"),
    "conv ieee": lambda: setattr(backends.cudnn.conv, "fp32_precision", "ieee"),
    "matmul tf32": lambda: setattr(backends.cuda.matmul, "fp32_precision", "tf32"),
    "cpu bf16": lambda: setattr(backends.mkldnn.matmul, "fp32_precision", "bf16"),
}


def attempt(read):
    try:
        return read()
    except RuntimeError:
        return "refused"


def settings():
    flags = [
        torch.get_float32_matmul_precision,
        lambda: backends.cuda.matmul.allow_tf32,
        lambda: backends.cudnn.allow_tf32,
        lambda: (backends.cudnn.enabled, backends.cudnn.benchmark, backends.cudnn.deterministic),
        torch._C._get_cublas_allow_fp16_reduced_precision_reduction,
        torch._C._get_cublas_allow_bf16_reduced_precision_reduction,
        torch._C._get_cublas_allow_fp16_accumulation,
    ]
    return [torch._C._get_fp32_precision_getter(*level) for level in LEVELS] + [attempt(flag) for flag in flags]


def heirs():
    """Return each setting after changes of those above it, which shows what it inherits."""
    found = []
    for value in ("ieee", "tf32", "none"):
        for backend in ("generic", "cuda", "mkldnn"):
            torch._C._set_fp32_precision_setter(backend, "all", value)
            found.append(settings())
    return found


def numbers():
    """Yield results of everything that multiplies float32 numbers."""
    draw = np.random.default_rng(0)
    X, y, W, a = (draw.normal(size=size).astype(np.float32) for size in ((300, 40), 300, (64, 40), 64))
    descent, flow = Descent(X, y, W, a / 64, 1e-3), Flow(X, y, W / 8, a / 8)
    descent.advance(2)
    flow.to(1e-4)
    module = torch.nn.Linear(40, 1)
    torch.nn.init.constant_(module.weight, 0.1)
    yield descent.W
    yield flow.W
    yield kernels.two_layer_ntk(X, W, a)
    yield np.array(kernels.KernelDistance(X, W, a)(W + 0.1, a))
    yield kernels.ntk(module, X)
    for config in (
        StudentTeacher(steps=10, width=64, samples=300, dimension=64, test_samples=300, dtype="float32"),
        DeepNetwork(steps=10, samples=64, alphas=(1.0,), seeds=1),
        Filters(steps=5, samples=200, test_samples=100, alphas=(1.0,), seeds=1),
    ):
        frames = config.changed(device="cpu").frames()
        for _ in range(2):
            frame = next(frames)
            yield from frame.arrays.values()
            yield np.array([*frame.metrics.values()])


def digest():
    whole = hashlib.sha256()
    for array in numbers():
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()


def child(work):
    """Run `work` in a forked process, and return its result as text."""
    reading, writing = os.pipe()
    if os.fork() == 0:
        try:
            answer = repr(work())
        except BaseException as error:
            answer = f"{type(error).__name__}: {error}"
        os.write(writing, answer.encode()[:60_000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answers:
        found = answers.read().decode()
    os.wait()
    return found


def untouched(names, within):
    for name in names:
        SETTINGS[name]()
    before = settings()
    within()
    return (before == settings() or (before, settings()), heirs())


def inside():
    with full_precision, repeatable_convolutions:
        with full_precision:
            pass
        assert settings()[: len(LEVELS)] == ["ieee"] * len(LEVELS), settings()
        assert (backends.cudnn.benchmark, backends.cudnn.deterministic) == (False, True)
        assert not any((settings()[-3][0], settings()[-2][0], settings()[-1]))


old = [name for name in SETTINGS if name.startswith("legacy")]
new = [name for name in SETTINGS if name not in old]
for names in [*itertools.product(old, new), *itertools.product(("all ieee", "all tf32", "conv ieee"), old)]:
    first, second = (child(lambda: untouched(names, within)) for within in (lambda: None, inside))
    assert first == second and first.startswith("(True"), (names, first[:600], second[:600])

expected = child(digest)
for name in ("legacy medium", "all tf32", "cpu bf16"):
    found = child(lambda: (SETTINGS[name](), digest())[1])
    assert len(expected) == 66 and found == expected, (name, found, expected)
print("all the same")
'''


def test_numbers_and_the_callers_settings_stay_under_legacy_and_new_settings_in_any_mixture(forked, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    ended = subprocess.run([*forked.python, path], env=environment, capture_output=True, text=True)
    assert ended.stdout == "all the same\n", ended.stderr[-3000:]


def test_the_last_of_several_threads_gives_the_settings_back():
    before = [torch._C._get_fp32_precision_getter(*level) for level in precision.LEVELS]
    entered, left = threading.Event(), threading.Event()

    def first():
        with full_precision:
            entered.set()
            left.wait(10)

    thread = threading.Thread(target=first)
    with full_precision:
        thread.start()
        entered.wait(10)
    now = {torch._C._get_fp32_precision_getter(*level) for level in precision.LEVELS}
    left.set()
    thread.join(10)
    assert now == {"ieee"} and "tf32" in before
    assert [torch._C._get_fp32_precision_getter(*level) for level in precision.LEVELS] == before
