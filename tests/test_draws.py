"""The numbers of a config depend on the config alone, not on the caller's defaults, modes or random state."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch

from harness.small_runs import SMALL
from lazyrich import StudentTeacher, phase_portrait, stream, train
from lazyrich.experiments import registry
from lazyrich.training import flow

ROOT = Path(__file__).parents[1]

FRAMES = 2


@contextmanager
def other_surroundings():
    """A program that has changed every default and mode that it can."""
    before = torch.get_default_dtype(), torch.get_num_threads(), torch.get_float32_matmul_precision()
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.set_float32_matmul_precision("medium")
    torch.set_grad_enabled(False)
    torch.set_num_threads(2)
    torch.set_flush_denormal(True)
    try:
        with np.errstate(all="raise"), torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            yield
    finally:
        torch.set_flush_denormal(False)
        torch.set_num_threads(before[1])
        torch.set_grad_enabled(True)
        torch.set_float32_matmul_precision(before[2])
        torch.use_deterministic_algorithms(False)
        torch.set_default_device(None)
        torch.set_default_dtype(before[0])


def state():
    """Return every setting of the caller, which lazyrich must leave as it was."""
    half = [2.0**-1022, 0.5]
    return (
        torch.get_default_dtype(), torch.get_default_device(), torch.get_num_threads(), torch.is_grad_enabled(),
        torch.is_inference_mode_enabled(), torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(), torch.get_float32_matmul_precision(),
        half[0] * half[1], str(np.geterr()), torch.random.get_rng_state().numpy().tobytes(),
        str(np.random.get_state()[1:3]), torch.is_autocast_enabled("cpu"),
    )  # fmt: skip


def first_frames(config):
    found = []
    for frame, _ in zip(stream(config), range(FRAMES), strict=False):
        found.append((frame, state()))
    return found


def parts_of(frame):
    arrays = dict(frame.arrays) | {f"view {k}": v for k, v in frame.chart_data.items()} | dict(frame.table or {})
    arrays |= dict(frame.header.arrays) if frame.header else {}
    numbers = {name: np.float64(value).tobytes() for name, value in frame.metrics.items()}
    return {name: (str(np.asarray(a).dtype), np.asarray(a).tobytes()) for name, a in arrays.items()} | numbers


@pytest.mark.parametrize("name", registry)
def test_the_frames_of_a_config_are_the_same_in_every_program(name):
    config = registry[name](**SMALL.get(name, {}))
    torch.manual_seed(0)
    expected = first_frames(config)
    torch.manual_seed(1)
    np.random.seed(5)
    with other_surroundings():
        before = state()
        found = first_frames(config)
        assert state() == before
    assert len(found) == len(expected) > 0
    for (one, _), (other, between) in zip(expected, found, strict=True):
        assert (one.step, one.time, one.verdict) == (other.step, other.time, other.verdict)
        assert parts_of(one) == parts_of(other)
        assert between == before


def test_a_portrait_and_a_run_on_ones_own_arrays_are_the_same_in_every_program():
    config = registry["phase-portrait"](**SMALL["phase-portrait"])
    rng = np.random.default_rng(0)
    task, start = (rng.normal(size=(5, 2)), rng.normal(size=5)), (rng.normal(size=(3, 2)), rng.normal(size=3))

    def both():
        result = train(StudentTeacher(steps=10), task=task, start=start)
        end = flow(*task, *start, [1.0])
        return phase_portrait(config), result.weights(-1)["W"], end.W, end.gradients

    expected = both()
    with other_surroundings():
        found = both()
    assert expected[0].equals(found[0])
    assert all(np.array_equal(one, other) for one, other in zip(expected[1:], found[1:], strict=True))


def test_a_seed_keeps_its_numbers():
    # the authors' draws, as the first release drew them
    task = train(StudentTeacher(seed=0, steps=10)).task
    assert task.X[0].tolist() == pytest.approx([-0.7980009317398071, 0.6026562452316284], abs=1e-7)


MAKERS = {
    *("rand", "randn", "empty", "zeros", "ones", "tensor", "arange", "linspace", "logspace", "eye", "full", "randint"),
    *("randperm", "normal", "as_tensor", "asarray", "scalar_tensor", "tril_indices", "triu_indices"),
}
"""Functions that make a tensor of the default dtype or on the default device, unless it is given."""


@cache
def calls():
    """(file and line, name of what is called, arguments by position, names of the others) of all of lazyrich."""
    found = []
    for path in sorted(ROOT.glob("lazyrich/**/*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                named = {keyword.arg for keyword in node.keywords}
                found.append((f"{path}, line {node.lineno}", name_of(node.func), node.args, named))
    return found


def name_of(called):
    """Return the source of what is called; names with dots, as most are, without ast.unparse, which is slow."""
    match called:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name() | ast.Attribute() as of, attr=name):
            return f"{name_of(of)}.{name}"
    return ast.unparse(called)


def test_every_tensor_is_made_with_a_dtype_and_a_device():
    made = {f"torch.{name}" for name in MAKERS}
    for where, called, given, named in calls():
        if called in made:
            assert {"dtype", "device"} <= named, f"{where}: say dtype and device"
        if called == "torch.where":
            # of two numbers torch makes a tensor of the default dtype
            assert not all(map(number, given[1:])), f"{where}: make one of the two a tensor"


def number(node):
    return isinstance(node, ast.Constant | ast.UnaryOp) or ast.unparse(node) in {"torch.nan", "torch.inf", "math.nan"}


def test_every_draw_has_a_generator_of_its_own():
    drawing = {f"torch.{name}" for name in ("rand", "randn", "randint", "randperm", "normal", "bernoulli")}
    in_place = {"uniform_", "normal_", "random_", "bernoulli_", "exponential_"}
    for where, called, _, named in calls():
        if called in drawing or called.rsplit(".", 1)[-1] in in_place:
            assert "generator" in named, f"{where}: give it a generator"
        assert not called.startswith("np.random.") or called.startswith("np.random.default_rng"), f"{where}: {called}"
